"""The networks, plain nn.Modules that know nothing of spaCy or Lightning."""
