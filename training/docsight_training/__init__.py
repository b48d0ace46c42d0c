"""Train the networks of docsight with PyTorch Lightning and Hydra."""
