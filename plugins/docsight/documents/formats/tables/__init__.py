"""CSV, TSV, JSON Lines and Parquet: one document per row, where a column holds text.

Imports the modules of `formats` and `formats.text`.
"""
