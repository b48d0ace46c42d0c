"""Plain text, Markdown and HTML, and the encodings of text.

Imports `formats.source` and `formats.content` only.
"""
