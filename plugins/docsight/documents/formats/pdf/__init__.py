"""PDF files.

May import the modules of `formats`, and its package `text`.
"""
