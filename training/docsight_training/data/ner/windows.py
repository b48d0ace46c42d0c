"""Windows of running text, cut from the sentences of a document."""

import random
from collections.abc import Sequence

from docsight.tags import TagSpan
from docsight_training.data.ner.corpora import Sentence


def join_sentences(sentences: Sequence[Sentence]) -> Sentence:
    """Concatenate sentences and shift their spans."""
    tokens: list[str] = []
    spans: list[TagSpan] = []
    for sentence in sentences:
        spans += [TagSpan(s + len(tokens), e + len(tokens), label) for s, e, label in sentence.spans]
        tokens += sentence.tokens
    return Sentence(tokens, spans)


def cut_windows(sentences: Sequence[Sentence], max_tokens: int, rng: random.Random) -> list[Sentence]:
    """Join sentences in running order to windows of a random length of at most `max_tokens` tokens.

    A sentence is never cut, so a window of one sentence may be longer.
    """
    windows: list[Sentence] = []
    window: list[Sentence] = []
    size, limit = 0, rng.randint(1, max_tokens)
    for sentence in sentences:
        if window and size + len(sentence.tokens) > limit:
            windows.append(join_sentences(window))
            window, size, limit = [], 0, rng.randint(1, max_tokens)
        window.append(sentence)
        size += len(sentence.tokens)
    return [*windows, join_sentences(window)] if window else windows
