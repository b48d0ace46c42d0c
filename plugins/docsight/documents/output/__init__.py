"""The output files of a run, merged from its shards: JSON Lines, Parquet tables, DocBins and the report.

Imports `runner`, `report` and `store`.
"""
