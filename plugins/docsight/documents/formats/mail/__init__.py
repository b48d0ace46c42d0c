"""Mail messages and mailboxes: `message` and `mbox` read them, with what the standard library lacks.

Imports the modules of `formats`, `formats.text` and `formats.archives.parts`.
"""
