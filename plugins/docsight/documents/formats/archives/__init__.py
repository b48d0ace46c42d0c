"""Zip and gzip archives, and the reading of parts within a budget, which all containers share.

Imports the modules of `formats`.
"""
