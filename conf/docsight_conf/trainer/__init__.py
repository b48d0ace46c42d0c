"""Hydra group: trainer."""
