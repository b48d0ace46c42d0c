"""Corpora for `rnn_ner`: reading, augmentation, template sentences, word vectors, batches and the data module.

Imports `data.batching`, `data.sources` and `docsight`.
"""
