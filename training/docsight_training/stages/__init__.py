"""The stages of a training run. A model of one network has one stage; a speller has four.

Imports `docsight`, `docsight_training.data` and the top-level modules of `docsight_training`. LightningModules and data
modules come from the config, by `_target_`.
"""
