"""Correction and completion letter by letter, as a user types. Imports `lexicon` and the networks."""
