"""The words that the speller knows: where they come from, how frequent they are, how they follow one another.

Imports nothing else of `spelling` but `arrays` and `tokens`.
"""
