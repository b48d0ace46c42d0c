"""The corrector: which words of a text are misspelled, and what was meant."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch

from docsight.spelling.arrays import Bools, Floats, Ints, as_array
from docsight.spelling.candidates.index import CandidateIndex
from docsight.spelling.correction.batch import TokenBatch
from docsight.spelling.correction.candidate_finder import CandidateFinder
from docsight.spelling.correction.candidate_groups import CandidateGroups, ModelScores
from docsight.spelling.correction.features import make_features
from docsight.spelling.correction.scorer import Scorer
from docsight.spelling.lexicon.dictionary import Dictionary
from docsight.spelling.lexicon.tables import ZIPF_STEPS
from docsight.spelling.model import Speller
from docsight.spelling.tokens import LOWER
from docsight.vocab import Vocab

MAX_TOKENS_AT_ONCE = 8192
MIN_LOG_ODDS = -4.0  # nats: a usual word is ranked where a candidate is likelier than this
MIN_SCORE = 0.2  # from which a known word, or one with a capital, is reported
MIN_JOIN_SCORE = 0.5  # from which two words are reported as one
MAX_SUGGESTIONS = 5

Suggestion = tuple[str, float]  # with its probability


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


class Corrector:
    """Corrects texts with a `Speller`.

    Args:
        network: The speller, in evaluation mode.
        vocabularies: `words`, the lexicon, and `chars`.
        device: Where the networks compute; the tables stay on the CPU.
    """

    def __init__(self, network: Speller, vocabularies: Mapping[str, Vocab], *, device: torch.device) -> None:
        self._network, self._device, self._vocabularies = network, device, vocabularies
        for table in (network.lexicon, network.pairs, network.confusions, network.trigrams, network.channel):
            table.cpu()
        zipf = as_array(network.lexicon.zipf)[2:].astype(np.float32) / ZIPF_STEPS
        self._index = CandidateIndex(vocabularies["words"].entries, zipf)
        self._build_dictionary(frozenset())

    @property
    def user_words(self) -> frozenset[str]:
        return self.dictionary.user_words

    def set_user_words(self, words: Iterable[str]) -> None:
        """Set the words that are correct, never reported, and suggested. A word with capitals is correct only as is.

        Must not be called while another thread corrects with this object.
        """
        if (wanted := frozenset(words)) != self.user_words:
            self._build_dictionary(wanted)

    def _build_dictionary(self, user_words: frozenset[str]) -> None:
        network, vocabularies = self._network, self._vocabularies
        self.dictionary = Dictionary(vocabularies["words"], network.lexicon, user_words, network.pairs)
        self._finder = CandidateFinder(network, self.dictionary, self._index)
        self._scorer = Scorer(network, self.dictionary, vocabularies["chars"], self._device)

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
        batch = TokenBatch(texts, self.dictionary, protected, dialect)
        for groups, features in self.ranker_inputs(batch):
            with torch.inference_mode():
                logits = self._network.ranker(torch.from_numpy(features).to(self._device)).cpu().numpy()
            for text, correction in self._decide(batch, groups, logits, texts):
                corrections[text].append(correction)
        return corrections

    def ranker_inputs(self, batch: TokenBatch) -> Iterator[tuple[CandidateGroups, Floats]]:
        """Yield the places to rank with their candidates, and the features of these, (rows, features)."""
        table = self._finder.find(batch)
        neighbours = self._finder.restore(batch, table)
        facts = self.dictionary.facts(batch.types.unknown)
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
                yield groups, make_features(groups, batch, scores, facts)
            start = stop

    def _doubtful(self, batch: TokenBatch, groups: CandidateGroups, context: Floats) -> Bools:
        """Return which places to rank: of the usual words, those where the noisy channel prefers a candidate."""
        heads = groups.start[:-1]
        log_odds = np.where(groups.typed, -np.inf, context - context[heads][groups.of] - groups.cost)
        is_likely = np.maximum.reduceat(log_odds, heads) > MIN_LOG_ODDS
        is_doubtful: Bools = is_likely | batch.suspicious[groups.token] | (groups.span > 1)
        return is_doubtful

    def _tie_variants(self, groups: CandidateGroups, scores: Floats) -> Floats:
        """Assign both varieties of a word, where both are candidates, the score of the better one.

        Which one fits better depends on the origin of the training text; the typed letters decide which was meant.
        """
        of, variant = groups.of, self.dictionary.variant_of(groups.first)
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
        """Convert the scores of candidates to corrections, (text, correction), in order."""
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
            token, text = int(groups.token[g]), int(batch.texts[groups.token[g]])
            start, end = int(batch.starts[token]), int(batch.ends[token + int(groups.span[g]) - 1])
            rows = np.arange(groups.start[g] + 1, groups.start[g + 1])
            rows = rows[np.argsort(-logits[rows], kind="stable")][:MAX_SUGGESTIONS]
            suggestions: dict[str, float] = {}
            for row, suggestion in zip(rows, self._write(batch, groups, g, rows, texts[text][start:end]), strict=True):
                # Both varieties of a word may be written the same here.
                suggestions[suggestion] = suggestions.get(suggestion, 0.0) + float(probabilities[row])
            ranked = sorted(suggestions.items(), key=lambda item: -item[1])
            yield text, Correction(start, end, ranked, float(score[g]) if ranked else 0.0, bool(known[g]))

    def _write(self, batch: TokenBatch, groups: CandidateGroups, group: int, rows: Ints, typed: str) -> Iterator[str]:
        """Yield the candidates of rows in the casing, the apostrophes and the variety of English of their text."""
        dictionary, token = self.dictionary, int(groups.token[group])
        ending = typed[-2:] if batch.types.possessive[batch.tokens[token + groups.span[group] - 1]] else ""
        is_lower = bool(batch.lower_sentence[token])
        variety = int(batch.variety[batch.texts[token]])
        for row in rows:
            ids = [dictionary.in_variety(int(at), variety) for at in (groups.first[row], groups.second[row]) if at > 0]
            words = " ".join(dictionary.names[at] if is_lower else dictionary.own_case(at) for at in ids)
            yield _in_case(words + ending, typed)


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


def _in_case(word: str, typed: str) -> str:
    """Write a word with the casing and the apostrophes of what was typed."""
    if "\u2019" in typed:
        word = word.replace("'", "\u2019")
    if typed.isupper() and sum(map(str.isalpha, typed)) > 1:
        return word.upper()
    return word[:1].upper() + word[1:] if typed[:1].isupper() and word.islower() else word
