"""PDF files.

May import the modules of `formats`, but none of its other packages.
"""
