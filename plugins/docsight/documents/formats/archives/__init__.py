"""Zip and gzip archives, and reading the parts of any container.

Imports the modules of `formats`.
"""
