"""Spelling correction, of whole texts and letter by letter.

`lexicon` holds the known words, `candidates` finds words for a misspelling, `keystrokes` follows a user who types.
`model` puts their parts and the networks together into one network, with which `correction` corrects texts.
`candidates`, `keystrokes` and `correction` import `lexicon`; all may import `arrays`, `tokens` and the networks.
"""
