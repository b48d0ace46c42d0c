"""The output files of a run: merged from its shards into JSON Lines, Parquet tables and DocBins.

Imports `runner.shards`, `runner.plan` and `report`.
"""
