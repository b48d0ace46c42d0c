"""LightningModules, one per network."""
