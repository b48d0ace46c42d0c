"""Mail messages and mailboxes: `message` and `mbox` read them, with what the standard library leaves undone.

Imports the modules of `formats`, `formats.text` and `formats.archives.parts`.
"""
