"""Say of each word of a text whether it is right, and what was meant."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import torch

from docsight.networks.context import ContextNetwork
from docsight.networks.ranker import Ranker
from docsight.spelling.arrays import Floats, as_array
from docsight.spelling.candidates.confusions import Confusions
from docsight.spelling.candidates.error_model import ErrorModel
from docsight.spelling.candidates.index import CandidateIndex
from docsight.spelling.correction.batch import TokenBatch
from docsight.spelling.correction.candidate_sets import CandidateFinder
from docsight.spelling.correction.features import CandidateGroups, ModelScores, make_features
from docsight.spelling.correction.scorer import Scorer
from docsight.spelling.lexicon.dictionary import Dictionary
from docsight.spelling.lexicon.known_pairs import KnownPairs
from docsight.spelling.lexicon.tables import ZIPF_STEPS, Lexicon
from docsight.spelling.lexicon.trigrams import Trigrams
from docsight.vocab import Vocab, casing

MAX_TOKENS = 8192  # that are worked on at once
DOUBT = -4.0  # a usual word is looked at closely where an alternative is likelier than this, nats
FLAGGED = 0.2  # the least score of a word that is flagged though it is known, or has a capital
EVEN = 0.5
MOST_SUGGESTIONS = 5
_LOWER = casing("a")


class Correction(NamedTuple):
    """A word that is not known, or that may be meant for another one.

    Args:
        start: Offset of its first character.
        end: Offset behind its last one; of two words that should be one, it covers both.
        suggestions: What may have been meant, in the casing of the text, with probabilities; the likeliest first.
        score: How sure it is that the first suggestion should replace what was typed, from 0 to 1; even at 0.5.
        known: Whether what was typed is a known word.
    """

    start: int
    end: int
    suggestions: list[tuple[str, float]]
    score: float
    known: bool


class CorrectionModel(Protocol):
    """The parts of a `Speller` that correct whole texts."""

    lexicon: Lexicon
    pairs: KnownPairs
    confusions: Confusions
    trigrams: Trigrams
    channel: ErrorModel
    context: ContextNetwork
    ranker: Ranker


class Corrector:
    """Corrects texts with a `Speller`.

    Args:
        network: The speller, in evaluation mode.
        vocabularies: `words`, the lexicon, and `chars`.
        device: Where the networks compute; the tables stay on the CPU.
    """

    def __init__(self, network: CorrectionModel, vocabularies: Mapping[str, Vocab], *, device: torch.device) -> None:
        self._network, self._device, self._vocabularies = network, device, vocabularies
        for table in (network.lexicon, network.pairs, network.confusions, network.trigrams, network.channel):
            table.cpu()
        zipf = as_array(network.lexicon.zipf)[2:].astype(np.float32) / ZIPF_STEPS
        self._index = CandidateIndex(vocabularies["words"].entries, zipf)
        self._take_words(frozenset())

    @property
    def user_words(self) -> frozenset[str]:
        """The words of the user."""
        return self._dictionary.user_words

    def set_user_words(self, words: Iterable[str]) -> None:
        """Take words to be right, never flagged, and suggested; a word with capitals in this form alone.

        Not while another thread corrects with this very object.
        """
        if (wanted := frozenset(words)) != self.user_words:
            self._take_words(wanted)

    def _take_words(self, words: frozenset[str]) -> None:
        self._dictionary = Dictionary(self._vocabularies["words"], self._network.lexicon, words, self._network.pairs)
        network = self._network
        self._finder = CandidateFinder(
            network.channel, network.pairs, network.confusions, self._dictionary, self._index
        )
        self._scorer = Scorer(
            network.context, network.trigrams, self._dictionary, self._vocabularies["chars"], self._device
        )

    def correct(
        self,
        texts: Sequence[str],
        *,
        protected: Sequence[Sequence[tuple[int, int]]] | None = None,
        dialect: str = "auto",
    ) -> list[list[Correction]]:
        """Flag the words of texts; time and memory are linear in their length.

        Args:
            texts: Of any length.
            protected: For each text the stretches (start, end), in characters, in which nothing is flagged.
            dialect: Which English the texts are in: us, uk, or auto: seen for each text.

        Returns:
            For each text its flags, in order, without overlaps.
        """
        flags: list[list[Correction]] = [[] for _ in texts]
        reading = self.read(texts, protected=protected, dialect=dialect)
        for groups, features in self.groups(reading):
            with torch.inference_mode():
                logits = self._network.ranker(torch.from_numpy(features).to(self._device)).cpu().numpy()
            for text, flag in self._flags(reading, groups, logits, texts):
                flags[text].append(flag)
        return flags

    def read(
        self,
        texts: Sequence[str],
        *,
        protected: Sequence[Sequence[tuple[int, int]]] | None = None,
        dialect: str = "auto",
    ) -> TokenBatch:
        """Read texts; arguments as for `correct`."""
        return TokenBatch(texts, self._dictionary, protected, dialect)

    def groups(self, reading: TokenBatch) -> Iterator[tuple[CandidateGroups, Floats]]:
        """Find the places worth a close look, with their alternatives and the features of these, (rows, features)."""
        near = self._finder.of_text(reading)
        neighbours = self._finder.guesses(reading, near)
        facts = self._dictionary.facts(reading.types.unknown)
        bounds, start = reading.bounds, 0
        while start < len(bounds) - 1:
            stop = max(start + 1, int(np.searchsorted(bounds, bounds[start] + MAX_TOKENS, side="right")) - 1)
            groups = self._finder.groups(reading, near, int(bounds[start]), int(bounds[stop]))
            if len(groups.token):
                states = self._scorer.states(reading, start, stop)
                context = self._tie_variants(groups, self._scorer.context(reading, groups, states))
                close = self._close(reading, groups, context)
                context = context[np.repeat(close, np.diff(groups.start))]
                groups = groups.select(close)
            if len(groups.token):
                parts = self._scorer.trigrams(reading, neighbours, groups)
                trigrams = (self._tie_variants(groups, part) for part in parts)
                scores = ModelScores(context, *trigrams)
                yield groups, make_features(groups, reading.places(groups), scores, facts)
            start = stop

    def _close(self, reading: TokenBatch, groups: CandidateGroups, context: Floats) -> np.ndarray:
        """Tell which places want a close look: a usual word where something else is likely, by the noisy channel."""
        heads = groups.start[:-1]
        better = np.where(groups.typed, -np.inf, context - context[heads][groups.of] - groups.cost)
        doubtful = np.maximum.reduceat(better, heads) > DOUBT
        return doubtful | reading.suspicious[groups.token] | (groups.span > 1)

    def _tie_variants(self, groups: CandidateGroups, scores: Floats) -> Floats:
        """Give both varieties of a word, where they are alternatives, the score of the better one.

        Which of them fits better says where the training text is from; the letters typed tell what was meant.
        """
        of, variant = groups.of, self._dictionary.variant_of(groups.first)
        rows = np.flatnonzero((variant > 0) & (groups.second == 0))
        keys = (of << 32) | groups.first
        order = np.argsort(keys, kind="stable")
        wanted = (of[rows] << 32) | variant[rows]
        at = order[np.searchsorted(keys[order], wanted).clip(max=max(len(keys) - 1, 0))]
        both = keys[at] == wanted
        evened = scores.copy()
        evened[rows[both]] = np.maximum(scores[rows[both]], scores[at[both]])
        return evened

    def _flags(
        self, reading: TokenBatch, groups: CandidateGroups, logits: Floats, texts: Sequence[str]
    ) -> Iterator[tuple[int, Correction]]:
        """Turn the scores of alternatives into flags, in order; where two overlap, the surer one stays."""
        heads, of = groups.start[:-1], groups.of
        best = np.maximum.reduceat(np.where(groups.typed, -np.inf, logits), heads)
        weights = np.exp(logits - np.maximum.reduceat(logits, heads)[of])
        shares = weights / np.add.reduceat(weights, heads)[of]
        score = 1 / (1 + np.exp(np.clip(logits[heads] - best, -50, 50)))
        known = reading.types.known[reading.tokens[groups.token]]
        # Two words that may be one are right by themselves: they are flagged where one is likelier than not. An unknown
        # word with a capital is a name unless there is a doubt.
        strange = ~known & (reading.casings[groups.token] == _LOWER)
        wanted = np.where(groups.span > 1, score >= EVEN, (score >= FLAGGED) | strange)
        taken: set[int] = set()
        chosen = []
        for g in sorted(np.flatnonzero(wanted).tolist(), key=lambda g: -score[g]):
            covered = range(groups.token[g], groups.token[g] + groups.span[g])
            if taken.isdisjoint(covered):
                taken.update(covered)
                chosen.append(g)
        for g in sorted(chosen, key=lambda g: groups.token[g]):
            token, text = int(groups.token[g]), int(reading.texts[groups.token[g]])
            last = token + int(groups.span[g]) - 1
            start, end = int(reading.starts[token]), int(reading.ends[last])
            rows = np.arange(heads[g] + 1, groups.start[g + 1])
            rows = rows[np.argsort(-logits[rows], kind="stable")][:MOST_SUGGESTIONS]
            ending = texts[text][end - 2 : end] if reading.types.possessive[reading.tokens[last]] else ""
            plain = bool(reading.lower_sentence[reading.sentence[token]])
            variety, typed = int(reading.variety[text]), texts[text][start:end]
            suggestions: dict[str, float] = {}
            for row in rows:  # both varieties of a word may be the same one here
                word = _in_case(self._word(groups, row, variety, plain=plain) + ending, typed)
                suggestions[word] = suggestions.get(word, 0.0) + float(shares[row])
            best_first = sorted(suggestions.items(), key=lambda item: -item[1])
            yield text, Correction(start, end, best_first, float(score[g]) if len(rows) else 0.0, bool(known[g]))

    def _word(self, groups: CandidateGroups, row: int, variety: int, *, plain: bool) -> str:
        """Write an alternative, as the variety of English of the text has it (0: either).

        It has the capital that it always has, but for a sentence where nothing has one.
        """
        dictionary = self._dictionary
        ids = [dictionary.in_variety(int(at), variety) for at in (groups.first[row], groups.second[row]) if at > 0]
        return " ".join(dictionary.names[at] if plain else dictionary.own_case(at) for at in ids)


def _in_case(word: str, typed: str) -> str:
    """Write a word in the manner of what was typed: its casing, its apostrophes."""
    if "\u2019" in typed:
        word = word.replace("'", "\u2019")
    if typed.isupper() and sum(map(str.isalpha, typed)) > 1:
        return word.upper()
    return word[:1].upper() + word[1:] if typed[:1].isupper() and word.islower() else word
