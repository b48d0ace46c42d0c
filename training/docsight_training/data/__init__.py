"""Data modules: corpora in, batches of tensors out.

`ner`, `images` and `speller` have one package each, and `drawings` draws synthetic images. They share `sources`, which
loads a split, and `batching`, which builds batches lazily. Imports `docsight`, but nothing else of `docsight_training`.
"""
