"""The vocabularies of a tagger, made from the text that it is trained on, and their pretrained vectors."""

from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path

import torch
from torch import Tensor

from docsight.vocab import UNK, Vocab, char_vocab
from docsight_training.data.ner.annotated_documents import Document
from docsight_training.data.ner.word_vectors import load_vectors
from docsight_training.tagger_transfer import InitialTagger, TaggerVocabularies

_RESERVED_IDS = UNK + 1


def make_vocabularies(
    train: Sequence[Document],
    *,
    min_count: int,
    glove_words: int,
    vectors_path: Path | None = None,
    layout_words: Collection[str] = (),
    start: InitialTagger | None = None,
) -> tuple[TaggerVocabularies, Tensor | None]:
    """Make the vocabularies of words and characters.

    Args:
        train: The documents of the training split.
        min_count: How often a word must occur in them for its vector to be tuned.
        glove_words: How many of the most frequent words of GloVe, or of `vectors_path`, are added; 0 for none.
        vectors_path: A file of word vectors, see `load_vectors`; None for GloVe.
        layout_words: Words whose vectors are tuned, however rare they are.
        start: The model whose vocabularies are extended, instead of GloVe's words; None for GloVe.

    Returns:
        The vocabularies, and the pretrained vectors [num_words, word_dim]; a row of zeros has no pretrained vector.
        None instead of vectors if there are none.
    """
    tokens = [token for document in train for sentence in document.sentences for token in sentence.tokens]
    counts = Counter(token.lower() for token in tokens)
    # The words whose vectors are tuned come first: the network recognizes them by their id.
    frequent = {word for word, count in counts.items() if count >= min_count}
    own = sorted(frequent | set(layout_words))
    chars = char_vocab(sorted(set(tokens)), min_count=2)
    if start is not None:
        return start.extend_vocabularies(own, chars.entries), None
    found, vectors = load_vectors(vectors_path, max_words=glove_words) if glove_words else ([], None)
    tuned = set(own)
    words = Vocab([*own, *(word for word in found if word not in tuned)])
    vocabularies = TaggerVocabularies(words, chars, _RESERVED_IDS + len(own))
    if vectors is None:
        return vocabularies, None
    pretrained = torch.zeros(len(words), vectors.shape[1])
    pretrained[[words.id(word) for word in found]] = torch.from_numpy(vectors)
    return vocabularies, pretrained


def vector_widths(width: int) -> dict[str, int]:
    """Return the arguments that an encoder needs for vectors of this width: a byte for two numbers, if it is even."""
    return {"word_dim": width, "word_parts": width // 2 if width % 2 == 0 else width}
