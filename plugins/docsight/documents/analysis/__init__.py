"""What can be said about the text of a document without a pipeline: its language, its quality, and near-duplicates.

Imports `formats`.
"""
