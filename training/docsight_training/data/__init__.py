"""Data modules: corpora in, batches of tensors out."""
