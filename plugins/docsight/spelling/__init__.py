"""The parts of spelling correction: lexicon, candidates, error costs, and what ranks them."""
