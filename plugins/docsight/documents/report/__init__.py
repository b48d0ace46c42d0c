"""The HTML report of a run.

Imports `output.summary` and the modules of `documents`; nothing here reads documents.
"""
