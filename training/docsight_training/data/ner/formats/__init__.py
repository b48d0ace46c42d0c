"""Formats of annotated text: each is read to `AnnotatedText`, and written from it.

`registry` lists what can be read and written. Imports the rest of `docsight_training.data.ner` only for tags and
findings.
"""
