"""Readers of names, spelling and pictures for spaCy."""

__version__ = "0.1.0"
