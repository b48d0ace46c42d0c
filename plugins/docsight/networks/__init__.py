"""The networks, plain nn.Modules without spaCy or Lightning.

They import `layers`, the tables of ids in `vocab` and `tags`, and `batching`.
"""
