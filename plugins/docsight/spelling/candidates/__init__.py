"""The words that may have been meant: the index that finds them, and the costs of spelling errors.

Imports `lexicon`.
"""
