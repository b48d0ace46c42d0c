"""The words that may have been meant: the index that finds them, and the cost of each misspelling.

Imports `lexicon`.
"""
