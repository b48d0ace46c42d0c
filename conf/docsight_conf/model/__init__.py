"""Hydra group: model."""
