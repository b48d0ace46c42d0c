"""The words that may have been meant: the index that finds them, and their costs. Imports `lexicon`."""
