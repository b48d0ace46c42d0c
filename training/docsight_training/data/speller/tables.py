"""The tables of a speller that are counted from text, word lists and misspelling lists."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tqdm import tqdm

from docsight.errors import MissingExtraError
from docsight.spelling.arrays import Ints
from docsight.spelling.candidates.error_model import encode_letters
from docsight.spelling.lexicon.tables import ZIPF_STEPS
from docsight.spelling.lexicon.trigrams import STEP, Trigrams, hash_ids
from docsight.spelling.tokens import lexicon_id, read_tokens
from docsight.vocab import Vocab
from docsight_training.data.speller.confusions import confusion_sets, confusions
from docsight_training.data.speller.error_model import fit_error_model
from docsight_training.data.speller.letter_error_model import fit_letter_error_model
from docsight_training.data.speller.lexicon import build_lexicon, read_pairs
from docsight_training.data.speller.open_text import Paragraph, count_keys, read_paragraphs

BITS_PER_ID = 21  # three ids fit into 63 bits
# The characters that the context network knows.
CHARS = Vocab("abcdefghijklmnopqrstuvwxyz'0.,!?;:\"()-\u2013\u2014/$%&\u2026[]*+=_#@éèáàâäãåçêëíìîïñóòôöõøúùûüß")


def count_tables(
    text: str,
    *,
    lists: Path,
    scowl: str,
    thin: Mapping[str, float] | None = None,
    trigrams: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Count all tables of a speller; it takes about two minutes.

    The arguments are those of `read_paragraphs`, `read_pairs`, `build_lexicon` and `count_trigrams`.

    Returns:
        `words`, the entries of the lexicon, and the state dict of each table by its name in `Speller`.
    """

    def cost_by_id(typed: Ints, meant: Ints) -> np.ndarray:
        letters = (encode_letters([words[word - 2] for word in ids]) for ids in (typed, meant))
        return np.asarray(channel.costs(*letters))

    with tqdm(total=6, desc="counting", unit="table", mininterval=0) as bar:

        def done(table: Any) -> Any:
            bar.update()
            return table

        paragraphs = list(read_paragraphs(text, "train", thin=thin))
        counts = count_keys(paragraphs)
        weighted_pairs = read_pairs(lists)
        pairs = [(typed, meant) for typed, meant, _ in weighted_pairs]
        words, lexicon, known = done(
            build_lexicon(Path(scowl), frequencies=word_frequencies(), counts=counts, pairs=pairs)
        )
        channel = done(fit_error_model(weighted_pairs))
        sets = [(word, *others) for word, others in confusion_sets().items()]
        offsets, ids = done(confusions(words, lexicon, sets=sets, pairs=pairs, cost=cost_by_id))
        ids_of_text = done(trigram_ids(paragraphs, Vocab(words)))
        zipf = lexicon.zipf.numpy() / ZIPF_STEPS
        trigram_model = done(count_trigrams(ids_of_text, zipf, **(trigrams or {})))
        letters = done(fit_letter_error_model(pairs))
    return {
        "words": words,
        "lexicon": lexicon.state_dict(),
        "pairs": known.state_dict(),
        "channel": channel.state_dict(),
        "confusions": {"offsets": torch.from_numpy(offsets), "ids": torch.from_numpy(ids)},
        "trigrams": trigram_model.state_dict(),
        "letters": letters.state_dict(),
    }


def trigram_ids(paragraphs: Iterable[Paragraph], words: Vocab) -> np.ndarray:
    """Return the ids of a text's tokens for `count_trigrams`; 0 for punctuation and the edges of sentences."""
    known: dict[str, int] = {}
    ids = [0, 0]
    for paragraph in paragraphs:
        for sentence in paragraph.sentences:
            for surface in read_tokens(sentence).surfaces:
                if surface not in known:
                    is_word = any(char.isalnum() for char in surface)
                    known[surface] = lexicon_id(surface, words) if is_word else 0
                ids.append(known[surface])
            ids += [0, 0]
    return np.array(ids, dtype=np.int64)


def word_frequencies() -> Mapping[str, float]:
    """Return the fraction of English running text that each word makes up, from wordfreq."""
    try:
        import wordfreq
    except ModuleNotFoundError as err:
        raise MissingExtraError("The frequency list of a speller", "train") from err
    frequencies: Mapping[str, float] = wordfreq.get_frequency_dict("en", "best")
    return frequencies


def count_trigrams(
    sentences: np.ndarray, zipf: np.ndarray, *, min_count: int = 2, discount: float = 0.75, corpus: float = 0.5
) -> Trigrams:
    """Count pairs and triples of words, and smooth the counts by absolute discounting.

    Args:
        sentences: (tokens,) ids, with two zeros before each sentence and two after the last.
        zipf: (num_words,) Zipf frequencies of the words, 0 for none.
        min_count: How often a pair or triple must occur to be stored.
        discount: The probability mass that each count gives to unseen words.
        corpus: The weight of the counts against the Zipf frequencies, in the probability of single words.

    Raises:
        ValueError: There are too many words.
    """
    ids = sentences.astype(np.int64)
    size = len(zipf)
    if size >= 1 << BITS_PER_ID:
        raise ValueError(f"Expected fewer than {1 << BITS_PER_ID:,} words; found {size:,}.")
    single = _single(ids, zipf, corpus)
    pairs, pair_counts = np.unique((ids[:-1] << BITS_PER_ID) | ids[1:], return_counts=True)
    first, second = pairs >> BITS_PER_ID, pairs & ((1 << BITS_PER_ID) - 1)
    seen = np.bincount(first, pair_counts, size)
    followers = np.bincount(first, minlength=size)
    left_over = np.where(seen > 0, discount * followers / np.maximum(seen, 1), 1.0)
    pair = (pair_counts - discount) / seen[first] + left_over[first] * single[second]

    coded = (ids[:-2] << 2 * BITS_PER_ID) | (ids[1:-1] << BITS_PER_ID) | ids[2:]
    triples, triple_counts = np.unique(coded, return_counts=True)
    context = np.searchsorted(pairs, triples >> BITS_PER_ID)
    ending = np.searchsorted(pairs, triples & ((1 << 2 * BITS_PER_ID) - 1))
    pair_seen = np.bincount(context, triple_counts, len(pairs))
    pair_followers = np.bincount(context, minlength=len(pairs))
    pair_left = np.where(pair_seen > 0, discount * pair_followers / np.maximum(pair_seen, 1), 1.0)
    triple = (triple_counts - discount) / pair_seen[context] + pair_left[context] * pair[ending]

    kept, kept3 = pair_counts >= min_count, triple_counts >= min_count
    model = Trigrams(num_words=size, num_bigrams=int(kept.sum()), num_trigrams=int(kept3.sum()))
    model.unigram.copy_(probability_steps(single))
    model.unigram_backoff.copy_(probability_steps(left_over))
    pair_ids = [torch.from_numpy(part[kept]) for part in (first, second)]
    _store(model, "bigram", hash_ids(*pair_ids), bigram=pair[kept], bigram_backoff=pair_left[kept])
    shifts = (2 * BITS_PER_ID, BITS_PER_ID, 0)
    triple_ids = [torch.from_numpy((triples[kept3] >> by) & ((1 << BITS_PER_ID) - 1)) for by in shifts]
    _store(model, "trigram", hash_ids(*triple_ids), trigram=triple[kept3])
    return model


def _single(ids: np.ndarray, zipf: np.ndarray, corpus: float) -> np.ndarray:
    counted = np.bincount(ids, minlength=len(zipf)) + 0.1
    listed = np.where(zipf > 0, 10.0 ** (zipf - 9), 0)
    listed[:2] = counted[:2] / counted.sum()
    single: np.ndarray = corpus * counted / counted.sum() + (1 - corpus) * listed / listed.sum()
    return single


def probability_steps(probabilities: np.ndarray) -> torch.Tensor:
    """Return probabilities as steps of their logarithm, one byte each."""
    steps = np.round(-np.log(np.clip(probabilities, 1e-12, 1.0)) / STEP)
    return torch.from_numpy(steps.clip(0, 255).astype(np.uint8))


def _store(model: Trigrams, name: str, keys: torch.Tensor, **values: np.ndarray) -> None:
    order = keys.argsort()
    getattr(model, f"{name}_keys").copy_(keys[order])
    for table, probabilities in values.items():
        getattr(model, table).copy_(probability_steps(probabilities)[order])
