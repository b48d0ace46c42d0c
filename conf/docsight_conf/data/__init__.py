"""Hydra group: data."""
