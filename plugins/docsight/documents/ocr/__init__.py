"""Text recognition in images.

Imports nothing else of `documents`.
"""
