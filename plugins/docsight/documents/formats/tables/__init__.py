"""CSV, TSV, JSON Lines and Parquet: one document per row.

Imports the modules of `formats` and `formats.text`.
"""
