"""The subcommands of `docsight-train`: `check` and `convert`. Each is a module with `main(arguments)`.

Imports `docsight_training.data` and Hydra, but neither torch nor Lightning, so that they start quickly.
"""
