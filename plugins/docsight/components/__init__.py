"""spaCy components around the networks: one component a file."""
