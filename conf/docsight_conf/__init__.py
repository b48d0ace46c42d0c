"""Hydra configs of docsight-train."""
