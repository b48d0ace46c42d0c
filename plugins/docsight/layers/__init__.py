"""Building blocks of the networks: one layer a file."""
