"""Word and PowerPoint files.

`package` makes a safe copy of a file, the library of the format loads it, and `walker` writes its text and images.
May import the modules of `formats`, `formats.text` and `formats.archives.safe_zip`.
"""
