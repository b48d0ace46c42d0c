"""Hydra group: experiment."""
