"""Corrections letter by letter, as one types.

Imports `lexicon` and the networks.
"""
