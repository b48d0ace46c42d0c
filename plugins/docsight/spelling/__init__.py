"""Spelling correction, of whole texts and letter by letter.

`lexicon` holds the known words, `candidates` finds words for a misspelling, `correction` corrects texts, `keystrokes`
follows a user who types. `correction` imports `candidates`, both import `lexicon`, and `keystrokes` imports `lexicon`
alone. All of them may import `arrays`, `tokens` and the networks. `model` puts the parts together into one network.
"""
