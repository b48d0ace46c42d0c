"""The networks, plain nn.Modules without spaCy or Lightning. They import `layers` and top-level modules."""
