"""The corrector: which words of a text are misspelled, and what was meant."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import torch

from docsight.errors import ConfigError
from docsight.spelling.arrays import Bools, Floats, Ints, as_array
from docsight.spelling.candidates.index import CandidateIndex
from docsight.spelling.correction.batch import TokenBatch
from docsight.spelling.correction.candidate_finder import CandidateFinder, CandidateTable
from docsight.spelling.correction.candidate_groups import CandidateGroups, ModelScores
from docsight.spelling.correction.features import make_features
from docsight.spelling.correction.judging import Judging, Places, Reason, Verdict
from docsight.spelling.correction.ranked import RankedGroups
from docsight.spelling.correction.scorer import Scorer
from docsight.spelling.lexicon.dictionary import Dictionary
from docsight.spelling.lexicon.tables import ZIPF_STEPS
from docsight.spelling.lexicon.word_forms import WordForms
from docsight.spelling.model import Speller
from docsight.vocab import Vocab

MAX_TOKENS_AT_ONCE = 8192
MIN_LOG_ODDS = -4.0  # nats: a usual word is ranked where a candidate is likelier than this
MAX_SUGGESTIONS = 5

Suggestion = tuple[str, float]  # with its probability


class Correction(NamedTuple):
    """A word that is unknown, or that may have been typed for another one.

    Args:
        start: The offset of its first character.
        end: The offset after its last character. The span of two words that should be one covers both.
        suggestions: What may have been meant, in the casing of the text, with probabilities, the likeliest first.
        score: The probability, from 0 to 1, that the first suggestion should replace the word in this text.
        known: Whether the word as typed is known.
        because: The strongest reasons for the score, in words; none from a speller without a judge.
    """

    start: int
    end: int
    suggestions: list[Suggestion]
    score: float
    known: bool
    because: tuple[str, ...] = ()


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
        self._forms = WordForms(self.dictionary)
        self._finder = CandidateFinder(network, self.dictionary, self._index)
        self._scorer = Scorer(network, self.dictionary, vocabularies["chars"], self._device)

    def correct(
        self,
        texts: Sequence[str],
        *,
        protected: Sequence[Sequence[tuple[int, int]]] | None = None,
        dialect: str = "auto",
        outside_words: Sequence[Collection[str]] = (),
        sentence_ends: Sequence[Sequence[int]] | None = None,
    ) -> list[list[Correction]]:
        """Correct texts, in time and memory linear in their length.

        Args:
            texts: Texts of any length.
            protected: For each text, the spans (start, end), in characters, in which nothing is corrected.
            dialect: The variety of English: us, uk, or auto, which detects it for each text.
            outside_words: For each text, words in lower case that occur outside of it, such as in its file name. To
                the judge, each is one more occurrence in the text.
            sentence_ends: For each text, offsets at which a sentence ends in any case; see `read_tokens`.

        Returns:
            The corrections of each text, in order, without overlaps.
        """
        corrections: list[list[Correction]] = [[] for _ in texts]
        batch = TokenBatch(texts, self.dictionary, protected, dialect, sentence_ends)
        table = self._finder.find(batch)
        judging = self._judging(texts, batch, table, outside_words)
        found: list[tuple[int, Correction, int]] = []  # with the number of the place that is judged
        for ranked, features in self._ranked(batch, table):
            number = judging.add(ranked, features) if judging else None
            for g in ranked.reported:
                place = -1 if number is None else int(number[g])
                text = int(batch.texts[ranked.groups.token[g]])
                found.append((text, self._correction(batch, ranked, g, texts[text]), place))
        verdicts = judging.verdicts() if judging else []
        for text, correction, place in found:
            corrections[text].append(correction if place < 0 else _judged(correction, verdicts[place]))
        return corrections

    def places(self, texts: Sequence[str]) -> tuple[Places, list[str]]:
        """Return the places of texts where a suggestion may be right, and the suggestions, to train the judge."""
        batch = TokenBatch(texts, self.dictionary)
        table = self._finder.find(batch)
        judging = self._require_judging(texts, batch, table)
        suggestions = []
        for ranked, features in self._ranked(batch, table):
            judging.add(ranked, features)
            for g in ranked.judged.tolist():
                start, end = ranked.span(g)
                typed = texts[batch.texts[ranked.groups.token[g]]][start:end]
                suggestions.append(next(self._write(batch, ranked.groups, g, ranked.best[g : g + 1], typed)))
        return judging.places(), suggestions

    def explain(
        self,
        text: str,
        start: int,
        *,
        protected: Sequence[tuple[int, int]] = (),
        dialect: str = "auto",
        outside_words: Collection[str] = (),
        sentence_ends: Sequence[int] = (),
    ) -> list[Reason]:
        """Return what decides on the correction that begins at an offset, the strongest reason first; see `correct`.

        Raises:
            ConfigError: No correction begins there, or the speller has no judge.
        """
        batch = TokenBatch([text], self.dictionary, [protected], dialect, [sentence_ends])
        table = self._finder.find(batch)
        judging = self._require_judging([text], batch, table, [outside_words])
        for ranked, features in self._ranked(batch, table):
            judging.add(ranked, features)
        return judging.reasons(start)

    def _require_judging(
        self,
        texts: Sequence[str],
        batch: TokenBatch,
        table: CandidateTable,
        outside_words: Sequence[Collection[str]] = (),
    ) -> Judging:
        judging = self._judging(texts, batch, table, outside_words)
        if judging is None:
            raise ConfigError("Expected a speller with a judge; this one was trained with docsight 0.1.0.")
        return judging

    def _judging(
        self,
        texts: Sequence[str],
        batch: TokenBatch,
        table: CandidateTable,
        outside_words: Sequence[Collection[str]] = (),
    ) -> Judging | None:
        judge, technical = self._network.judge, self._network.technical
        if judge is None or technical is None:
            return None
        is_misspelt = table.restored != batch.types.ids
        names = self.dictionary.names
        return Judging(judge, technical, self._forms, names, texts, batch, is_misspelt, outside_words)

    def _ranked(self, batch: TokenBatch, table: CandidateTable) -> Iterator[tuple[RankedGroups, Floats]]:
        """Yield the places with the ranker's scores of their candidates, and the features of these."""
        for groups, features in self._inputs(batch, table):
            with torch.inference_mode():
                logits = self._network.ranker(torch.from_numpy(features).to(self._device))
            yield RankedGroups(groups, batch, as_array(logits)), features

    def ranker_inputs(self, batch: TokenBatch) -> Iterator[tuple[CandidateGroups, Floats]]:
        """Yield the places to rank with their candidates, and the features of these, (rows, features)."""
        return self._inputs(batch, self._finder.find(batch))

    def _inputs(self, batch: TokenBatch, table: CandidateTable) -> Iterator[tuple[CandidateGroups, Floats]]:
        neighbours = table.restored[batch.tokens]
        facts = self.dictionary.facts(batch.types.unknown)
        bounds, start = batch.bounds, 0
        while start < len(bounds) - 1:
            stop = max(start + 1, int(np.searchsorted(bounds, bounds[start] + MAX_TOKENS_AT_ONCE, side="right")) - 1)
            groups = self._finder.group(batch, table, int(bounds[start]), int(bounds[stop]))
            if len(groups.token):
                states = self._scorer.states(batch, start, stop)
                context = self._with_variants(groups, partial(self._scorer.context, batch, states))
                doubtful = self._doubtful(batch, groups, context)
                context = context[np.repeat(doubtful, np.diff(groups.start))]
                groups = groups.select(doubtful)
            if len(groups.token):
                trigrams = self._with_variants(groups, partial(self._scorer.trigrams, batch, neighbours))
                scores = ModelScores(context, *trigrams)
                yield groups, make_features(groups, batch, scores, facts)
            start = stop

    def _doubtful(self, batch: TokenBatch, groups: CandidateGroups, context: Floats) -> Bools:
        """Return which places to rank: of the usual words, those where the noisy channel prefers a candidate."""
        heads = groups.start[:-1]
        log_odds = np.where(groups.typed, -np.inf, context - context[heads][groups.of] - groups.cost)
        is_likely = np.maximum.reduceat(log_odds, heads) > MIN_LOG_ODDS
        is_doubtful: Bools = is_likely | batch.suspicious[groups.token] | (groups.span > 1)
        return is_doubtful

    def _with_variants(self, groups: CandidateGroups, score: Callable[[CandidateGroups], Floats]) -> Floats:
        """Score candidates, (..., rows); a word with another form in other English gets the score of the better one.

        Which form fits better depends on the origin of the training text, and says nothing about what was meant.
        """
        scores = score(groups)
        variant = self.dictionary.variant_of(groups.first)
        rows = (variant > 0) & (groups.second == 0)
        if rows.any():
            scores[..., rows] = np.maximum(scores[..., rows], score(groups.respelled(rows, variant)))
        return scores

    def _correction(self, batch: TokenBatch, ranked: RankedGroups, g: int, text: str) -> Correction:
        """Return a place of a text with its suggestions and the score of the ranker."""
        groups, (start, end) = ranked.groups, ranked.span(g)
        rows = np.arange(groups.start[g] + 1, groups.start[g + 1])
        rows = rows[np.argsort(-ranked.logits[rows], kind="stable")][:MAX_SUGGESTIONS]
        typed = text[start:end]
        suggestions: dict[str, float] = {}
        for row, suggestion in zip(rows, self._write(batch, groups, g, rows, typed), strict=True):
            # Both varieties of a word may be written the same here.
            suggestions[suggestion] = suggestions.get(suggestion, 0.0) + float(ranked.probabilities[row])
        ordered = sorted(suggestions.items(), key=lambda item: -item[1])
        return Correction(start, end, ordered, float(ranked.score[g]) if ordered else 0.0, bool(ranked.known[g]))

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


def _judged(correction: Correction, verdict: Verdict) -> Correction:
    """Return a correction with the score of the judge; the other suggestions keep their ratio to the first."""
    first, *others = correction.suggestions
    score = verdict.score
    ratios = [min(probability / max(first[1], 1e-9), 1.0) for _, probability in others]
    most = (1 - score) / sum(ratios) if sum(ratios) else score
    scale = min(score, most)
    rest = [(suggestion, ratio * scale) for (suggestion, _), ratio in zip(others, ratios, strict=True)]
    return correction._replace(suggestions=[(first[0], score), *rest], score=score, because=verdict.because)


def _in_case(word: str, typed: str) -> str:
    """Write a word with the casing and the apostrophes of what was typed."""
    if "\u2019" in typed:
        word = word.replace("'", "\u2019")
    if typed.isupper() and sum(map(str.isalpha, typed)) > 1:
        return word.upper()
    return word[:1].upper() + word[1:] if typed[:1].isupper() and word.islower() else word
