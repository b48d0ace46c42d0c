"""Corrections of whole texts: candidates for each word, their features, and the corrector that decides.

Imports all of `spelling` but `keystrokes`.
"""
