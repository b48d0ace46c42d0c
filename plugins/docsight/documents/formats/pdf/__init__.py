"""PDF files.

Imports the modules of `formats`, but none of its other packages.
"""
