"""The HTML report of a run.

Imports `output.summary` and `problem`, but nothing that reads documents.
"""
