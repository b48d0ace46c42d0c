"""The teacher of `rnn_ner`: an average of several networks that labels open text and never ships.

Imports `data.ner`, `modules` and `docsight`.
"""
