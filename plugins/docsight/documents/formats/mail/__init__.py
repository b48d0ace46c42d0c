"""Mail messages and mailboxes.

Imports the modules of `formats`, `formats.text` and `formats.archives.parts`.
"""
