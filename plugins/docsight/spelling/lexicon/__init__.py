"""The words that the speller knows, and the counts behind them.

Imports nothing else of `spelling`.
"""
