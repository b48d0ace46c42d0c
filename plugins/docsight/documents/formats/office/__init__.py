"""Word and PowerPoint files.

Imports the modules of `formats`, `formats.text` and `formats.archives.safe_zip`.
"""
