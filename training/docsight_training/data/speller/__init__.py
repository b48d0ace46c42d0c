"""Text, word lists and noise for `rnn_speller`, and the tables that are counted from them.

Imports `docsight` only.
"""
