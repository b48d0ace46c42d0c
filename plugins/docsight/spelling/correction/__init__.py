"""Correction of whole texts: candidates for each word, their features, and the corrector that decides.

Imports `model`, `lexicon`, `candidates` and the networks.
"""
