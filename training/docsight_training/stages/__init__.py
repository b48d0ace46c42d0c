"""The stages of a training run. A model of one network has one stage; a speller has four.

Imports `docsight`, `docsight_training.data` and the top-level modules of `docsight_training`, but no LightningModules.
"""
