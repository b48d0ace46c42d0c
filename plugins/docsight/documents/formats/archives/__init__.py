"""Zip and gzip archives, and what all containers share: part by part, within a budget.

Imports the modules of `formats`.
"""
