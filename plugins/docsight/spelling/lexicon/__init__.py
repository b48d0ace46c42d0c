"""The words that the speller knows: their sources, their frequencies, and how they follow one another."""
