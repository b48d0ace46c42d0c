"""Markup of plain text other than Markdown: reStructuredText, AsciiDoc, Org and LaTeX.

The text is what the finished document shows: without the marks, comments, options and preambles. Readers are lenient:
what they do not know is a paragraph, so that no words of the text are lost.
Imports `formats.source`, `formats.content` and `formats.text`.
"""
