"""Plain text, Markdown and HTML, the encodings of text, and the builder that html, docx and pptx write text with.

Imports `formats.source` and `formats.content`.
"""
