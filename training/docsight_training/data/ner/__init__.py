"""Corpora for `rnn_ner`: their formats, windows of text, augmentation, word vectors.

Imports `data.sources` and `docsight`.
"""
