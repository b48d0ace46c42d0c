"""The corrector: which words of a text are misspelled, and what was meant."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import torch

from docsight.networks.context import ContextNetwork
from docsight.networks.ranker import Ranker
from docsight.spelling.arrays import Bools, Floats, as_array
from docsight.spelling.candidates.confusions import Confusions
from docsight.spelling.candidates.error_model import ErrorModel
from docsight.spelling.candidates.index import CandidateIndex
from docsight.spelling.correction.batch import TokenBatch
from docsight.spelling.correction.candidate_finder import CandidateFinder
from docsight.spelling.correction.candidate_groups import CandidateGroups, ModelScores
from docsight.spelling.correction.features import make_features
from docsight.spelling.correction.scorer import Scorer
from docsight.spelling.correction.suggestions import Suggestion, write_suggestions
from docsight.spelling.lexicon.dictionary import Dictionary
from docsight.spelling.lexicon.known_pairs import KnownPairs
from docsight.spelling.lexicon.tables import ZIPF_STEPS, Lexicon
from docsight.spelling.lexicon.trigrams import Trigrams
from docsight.spelling.tokens import LOWER
from docsight.vocab import Vocab

MAX_TOKENS_AT_ONCE = 8192
MIN_LOG_ODDS = -4.0  # nats: a usual word is ranked where a candidate is likelier than this
MIN_SCORE = 0.2  # from which a known word, or one with a capital, is reported
MIN_JOIN_SCORE = 0.5  # from which two words are reported as one


class Correction(NamedTuple):
    """A word that is unknown, or that may have been typed for another one.

    Args:
        start: The offset of its first character.
        end: The offset after its last character. The span of two words that should be one covers both.
        suggestions: What may have been meant, in the casing of the text, with probabilities, the likeliest first.
        score: The probability, from 0 to 1, that the first suggestion should replace the word.
        known: Whether the word as typed is known.
    """

    start: int
    end: int
    suggestions: list[Suggestion]
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
        self._build_dictionary(frozenset())

    @property
    def user_words(self) -> frozenset[str]:
        """The words of the user."""
        return self._dictionary.user_words

    def set_user_words(self, words: Iterable[str]) -> None:
        """Set the words that are correct, never reported, and suggested. A word with capitals is correct only as is.

        Must not be called while another thread corrects with this object.
        """
        if (wanted := frozenset(words)) != self.user_words:
            self._build_dictionary(wanted)

    def _build_dictionary(self, user_words: frozenset[str]) -> None:
        network, vocabularies = self._network, self._vocabularies
        self._dictionary = Dictionary(vocabularies["words"], network.lexicon, user_words, network.pairs)
        self._finder = CandidateFinder(
            network.channel, network.pairs, network.confusions, self._dictionary, self._index
        )
        self._scorer = Scorer(network.context, network.trigrams, self._dictionary, vocabularies["chars"], self._device)

    def correct(
        self,
        texts: Sequence[str],
        *,
        protected: Sequence[Sequence[tuple[int, int]]] | None = None,
        dialect: str = "auto",
    ) -> list[list[Correction]]:
        """Correct texts, in time and memory linear in their length.

        Args:
            texts: Texts of any length.
            protected: For each text, the spans (start, end), in characters, in which nothing is corrected.
            dialect: The variety of English: us, uk, or auto, which detects it for each text.

        Returns:
            The corrections of each text, in order, without overlaps.
        """
        corrections: list[list[Correction]] = [[] for _ in texts]
        batch = self.read(texts, protected=protected, dialect=dialect)
        for groups, features in self.ranker_inputs(batch):
            with torch.inference_mode():
                logits = self._network.ranker(torch.from_numpy(features).to(self._device)).cpu().numpy()
            for text, correction in self._decide(batch, groups, logits, texts):
                corrections[text].append(correction)
        return corrections

    def read(
        self,
        texts: Sequence[str],
        *,
        protected: Sequence[Sequence[tuple[int, int]]] | None = None,
        dialect: str = "auto",
    ) -> TokenBatch:
        """Read texts; arguments as for `correct`."""
        return TokenBatch(texts, self._dictionary, protected, dialect)

    def ranker_inputs(self, batch: TokenBatch) -> Iterator[tuple[CandidateGroups, Floats]]:
        """Yield the places to rank with their candidates, and the features of these, (rows, features)."""
        table = self._finder.find(batch)
        neighbours = self._finder.restore(batch, table)
        facts = self._dictionary.facts(batch.types.unknown)
        bounds, start = batch.bounds, 0
        while start < len(bounds) - 1:
            stop = max(start + 1, int(np.searchsorted(bounds, bounds[start] + MAX_TOKENS_AT_ONCE, side="right")) - 1)
            groups = self._finder.group(batch, table, int(bounds[start]), int(bounds[stop]))
            if len(groups.token):
                states = self._scorer.states(batch, start, stop)
                context = self._tie_variants(groups, self._scorer.context(batch, groups, states))
                doubtful = self._doubtful(batch, groups, context)
                context = context[np.repeat(doubtful, np.diff(groups.start))]
                groups = groups.select(doubtful)
            if len(groups.token):
                parts = self._scorer.trigrams(batch, neighbours, groups)
                scores = ModelScores(context, *(self._tie_variants(groups, part) for part in parts))
                yield groups, make_features(groups, batch.place_facts(groups), scores, facts)
            start = stop

    def _doubtful(self, batch: TokenBatch, groups: CandidateGroups, context: Floats) -> Bools:
        """Tell which places to rank: of the usual words, those where the noisy channel prefers a candidate."""
        heads = groups.start[:-1]
        log_odds = np.where(groups.typed, -np.inf, context - context[heads][groups.of] - groups.cost)
        is_likely = np.maximum.reduceat(log_odds, heads) > MIN_LOG_ODDS
        is_doubtful: Bools = is_likely | batch.suspicious[groups.token] | (groups.span > 1)
        return is_doubtful

    def _tie_variants(self, groups: CandidateGroups, scores: Floats) -> Floats:
        """Give both varieties of a word, where both are candidates, the score of the better one.

        Which one fits better depends on the origin of the training text; the typed letters decide which was meant.
        """
        of, variant = groups.of, self._dictionary.variant_of(groups.first)
        rows = np.flatnonzero((variant > 0) & (groups.second == 0))
        keys = (of << 32) | groups.first
        order = np.argsort(keys, kind="stable")
        wanted = (of[rows] << 32) | variant[rows]
        at = order[np.searchsorted(keys[order], wanted).clip(max=max(len(keys) - 1, 0))]
        both = keys[at] == wanted
        tied = scores.copy()
        tied[rows[both]] = np.maximum(scores[rows[both]], scores[at[both]])
        return tied

    def _decide(
        self, batch: TokenBatch, groups: CandidateGroups, logits: Floats, texts: Sequence[str]
    ) -> Iterator[tuple[int, Correction]]:
        """Turn the scores of candidates into corrections, (text, correction), in order."""
        heads, of = groups.start[:-1], groups.of
        best = np.maximum.reduceat(np.where(groups.typed, -np.inf, logits), heads)
        weights = np.exp(logits - np.maximum.reduceat(logits, heads)[of])
        probabilities = weights / np.add.reduceat(weights, heads)[of]
        score = 1 / (1 + np.exp(np.clip(logits[heads] - best, -50, 50)))
        known = batch.types.known[batch.tokens[groups.token]]
        # Two words that may be one are correct as they are, and an unknown word with a capital is often a name.
        is_strange = ~known & (batch.casings[groups.token] == LOWER)
        wanted = np.where(groups.span > 1, score >= MIN_JOIN_SCORE, (score >= MIN_SCORE) | is_strange)
        for g in _without_overlaps(groups, wanted, score):
            suggestions = write_suggestions(batch, groups, g, logits, probabilities, texts, self._dictionary)
            token = int(groups.token[g])
            start, end = int(batch.starts[token]), int(batch.ends[token + int(groups.span[g]) - 1])
            certainty = float(score[g]) if suggestions else 0.0
            yield int(batch.texts[token]), Correction(start, end, suggestions, certainty, bool(known[g]))


def _without_overlaps(groups: CandidateGroups, wanted: Bools, score: npt.NDArray[np.floating]) -> list[int]:
    """Return the wanted groups in the order of the text; where two overlap, the one with the higher score."""
    taken: set[int] = set()
    chosen = []
    for g in sorted(np.flatnonzero(wanted).tolist(), key=lambda g: -score[g]):
        covered = range(groups.token[g], groups.token[g] + groups.span[g])
        if taken.isdisjoint(covered):
            taken.update(covered)
            chosen.append(g)
    return sorted(chosen, key=lambda g: groups.token[g])
