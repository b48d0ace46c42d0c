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
from docsight.spelling.tokens import lexicon_id, read_tokens
from docsight.vocab import Vocab
from docsight_training.data.speller.confusions import confusion_sets, confusions
from docsight_training.data.speller.error_model import fit_error_model
from docsight_training.data.speller.letter_error_model import fit_letter_error_model
from docsight_training.data.speller.lexicon import build_lexicon, read_pairs
from docsight_training.data.speller.open_text import Paragraph, count_keys, read_paragraphs
from docsight_training.data.speller.trigrams import count_trigrams

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

    Args:
        text: The folder of the running text; see `read_paragraphs`.
        lists: The folder of the misspelling lists; see `read_pairs`.
        scowl: The folder of SCOWL's word lists; see `build_lexicon`.
        thin: The fraction of the text that is read, by the head of a source's name.
        trigrams: The arguments of `count_trigrams`.

    Returns:
        `words`, the entries of the lexicon, and the state dict of each table by its name in `Speller`.
    """

    def cost_by_id(typed: Ints, meant: Ints) -> np.ndarray:
        letters = (encode_letters([words[word - 2] for word in ids]) for ids in (typed, meant))
        return channel.costs(*letters).numpy()

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
