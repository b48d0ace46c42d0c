"""The decoder: a noisy-channel beam search for the letters that are meant, one word at a time."""

import math
from dataclasses import replace

import numpy as np
import torch

from docsight.networks.char_lm import CharLM, State
from docsight.spelling.arrays import Floats, Ints
from docsight.spelling.keystrokes.beam import Beam, Hypothesis
from docsight.spelling.keystrokes.letter_error_model import CODES, FIRST, LETTERS, LetterErrorModel
from docsight.spelling.keystrokes.prefixes import LEXICON_WEIGHT, PrefixIndex, Span

MAX_HYPOTHESES = 8
MAX_LOOK_AHEAD = 8  # next letters of the hypotheses that are read ahead, for deletions and for completions
_MAX_CONTINUATIONS = 20  # that are looked up in the lexicon
_LETTERS_PER_ERROR = 4  # one error is always possible, and one more per this many letters
_BEAM_MARGIN = 10.0  # nats below the sum of all hypotheses at which a hypothesis is dropped
# The assumed fraction of mistyped letters. It is above the real one (1 %), so that errors are found; thresholds protect
# correct words.
_ERROR_RATE = 0.08
# The penalty, in nats, of a prefix or a word that is not in the lexicon: for a word typed in lower case, and for one
# with an initial capital, as names have.
_LEAVING_COSTS = (3.0, 1.0)


class Decoder:
    """Finds the letters that are meant by the letters that are typed. The network is in evaluation mode."""

    def __init__(
        self, network: CharLM, error_model: LetterErrorModel, index: PrefixIndex, slips: Floats | None = None
    ) -> None:
        self.network, self.index = network, index
        self.costs = error_model.costs(_ERROR_RATE, slips)
        # By whether they are capitals.
        self._ids = [network.encode(letters).numpy() for letters in (LETTERS, LETTERS.upper())]

    def begin(self, state: State, log_probs: Floats, text: str = "") -> Beam:
        """Return the beam of letters that are taken as typed; the state and the scores after them have one row."""
        span = self.index.narrow(self.index.all, text.lower())
        return self._look_ahead([Hypothesis(text, span if span.start < span.end else None, 0.0)], state, log_probs)

    def literal(self, state: State, log_probs: Floats, text: str) -> Beam:
        """Return the beam of a text that is not corrected; see `begin`."""
        return Beam((Hypothesis(text, None, 0.0),), 1, (), state, log_probs)

    def read(self, text: str, state: State) -> tuple[State, Floats]:
        """Read a text, not empty, from a state (1, hidden): the new state, and the scores of the next character."""
        first, *others = self.network.encode(text)
        log_probs, state = self.network.step(first[None], state)
        for char in others:
            log_probs, state = self.network.step(char[None], state)
        return state, log_probs.numpy()

    def type(self, beam: Beam, letter: str) -> tuple[Beam, dict[str, float]]:
        """Extend the hypotheses by a typed letter: one of `LETTERS`, in either case.

        Returns:
            The new hypotheses; and for each letter, the probability that it is meant after the letters before.
        """
        as_typed = beam.hypotheses[0].text + letter
        extensions = self._extensions(beam, letter)
        total = float(np.logaddexp.reduce([extended.score for extended, *_ in extensions]))
        probabilities: dict[str, float] = {}
        for extended, meant, *_ in extensions:
            probabilities[meant] = probabilities.get(meant, 0.0) + math.exp(extended.score - total)
        merged = _merge(extensions)
        first, row, code = merged.pop((as_typed, ""))
        rest = sorted(merged.values(), key=lambda item: -item[0].score)[: MAX_HYPOTHESES - 1]
        kept = [(replace(first, errors=0), row, code)]
        kept += [item for item in rest if item[0].score > total - _BEAM_MARGIN]
        hypotheses = [hypothesis.rescored(hypothesis.score - total) for hypothesis, _, _ in kept]
        rows = [row for _, row, _ in kept]
        codes = [code for _, _, code in kept]
        return self._look_ahead(hypotheses, *self._step(beam, rows, codes, self._ids[letter.isupper()])), probabilities

    def finish(self, beam: Beam, boundary: str) -> list[tuple[str, float, int]]:
        """Return the words that may be meant if a character ends the word: text, probability, hypothesis."""
        capital = beam.hypotheses[0].text[:1].isupper()
        logs = beam.log_probs[:, self.network.id(boundary)]
        words: dict[str, tuple[float, int]] = {}
        for row, old in enumerate(beam.hypotheses):
            if not old.text or old.errors > _max_errors(beam.hypotheses[0].text):
                continue
            fraction = 0.0
            if old.span is not None and self.index.is_word(old.span, old.text.lower()):
                fraction = self.index.count(old.span.start) / self.index.mass(old.span)
            if row and not fraction:  # a correction is always a word
                continue
            log_prob = math.log((1 - LEXICON_WEIGHT) * math.exp(float(logs[row])) + LEXICON_WEIGHT * fraction + 1e-12)
            if old.span is not None and not fraction:  # a prefix outside the lexicon has its penalty already
                log_prob -= _LEAVING_COSTS[capital]
            score = old.score + log_prob
            if old.text in words:
                score = float(np.logaddexp(score, words[old.text][0]))
                row = words[old.text][1]
            words[old.text] = (score, row)
        total = float(np.logaddexp.reduce([score for score, _ in words.values()]))
        ranked = sorted(words.items(), key=lambda item: -item[1][0])
        return [(text, math.exp(score - total), row) for text, (score, row) in ranked]

    def _extensions(self, beam: Beam, letter: str) -> list[tuple[Hypothesis, str, int, int]]:
        """Extend the hypotheses by a typed letter in the likeliest ways.

        Returns:
            For each way the new hypothesis, the first letter that it has after the letters before, the index of the old
            hypothesis, and the code of the letter to read: -1 for none.
        """
        upper = letter.isupper()
        typed = CODES[letter.lower()]
        before = beam.hypotheses
        logs = beam.log_probs[:, self._ids[upper]]  # (hypotheses, letters)
        extra = [self._insertion_cost(h, typed, letter) for h in before[: beam.kept]]
        as_typed = before[0].text + letter
        max_errors = _max_errors(as_typed)
        extensions = []
        for at in {typed, *self._likeliest(beam, logs, typed, extra)}:
            row, code = divmod(at, len(LETTERS))
            if row < len(before):
                extended, meant = self._meant(
                    before[row], code, typed, logs[row], upper=upper, capital=as_typed[0].isupper()
                )
            else:  # the letter was inserted
                row, code = at - len(before) * len(LETTERS), -1
                old, swaps = before[row], before[row].completes_swap(letter)
                extended = Hypothesis(old.text, old.span, old.score + extra[row], errors=old.errors + (not swaps))
                meant = letter if swaps else self._next(beam.log_probs[row], letter)
            # Other letters must lead to a word of the lexicon: an unknown word is not corrected to another one.
            if at != typed and (extended.errors > max_errors or (extended.errors and extended.span is None)):
                continue
            extensions.append((extended, meant, row, code))
        return extensions

    def _likeliest(self, beam: Beam, logs: Floats, typed: int, extra: list[float]) -> list[int]:
        """Return the likeliest extensions: hypothesis * letters + letter meant, then the insertions by hypothesis."""
        before = beam.hypotheses
        scores = np.array([h.score for h in before], dtype=np.float32)
        slips = np.broadcast_to(self.costs.substitute[:, typed], logs.shape)
        if not before[0].text:
            rarer = np.where(np.arange(len(LETTERS)) == typed, 0.0, math.log(FIRST)).astype(np.float32)
            slips = slips + rarer * np.array([[not h.text] for h in before])
        totals = np.concatenate([(scores[:, None] + logs + slips).ravel(), scores[: beam.kept] + extra])
        count = _MAX_CONTINUATIONS
        chosen = np.argpartition(-totals, count)[:count] if len(totals) > count else np.arange(len(totals))
        likeliest: list[int] = chosen[totals[chosen] > totals.max() - _BEAM_MARGIN].tolist()
        return likeliest

    def _meant(
        self, old: Hypothesis, code: int, typed: int, logs: Floats, *, upper: bool, capital: bool
    ) -> tuple[Hypothesis, str]:
        """Extend a hypothesis by a meant letter: the hypothesis, and its first letter after the letters before."""
        meant = _cased(LETTERS[code], upper)
        log_prob, span = self._continue(old, meant, float(logs[code]), capital=capital)
        slip = float(self.costs.substitute[code, typed])
        if code != typed and not old.text:
            slip += math.log(FIRST)
        extended = Hypothesis(
            old.text + meant,
            span,
            old.score + log_prob + slip,
            swapped=old.deleted if code == typed else "",
            swap_gain=self.costs.swap - old.deletion_cost,
            errors=old.errors + (code != typed),
        )
        return extended, _cased(old.deleted, upper) if old.deleted else meant

    def _next(self, log_probs: Floats, letter: str) -> str:
        """Return the likeliest next letter in the case of the typed one, or the typed one if the word would end."""
        char = self.network.chars[max(0, int(log_probs.argmax()) - 1)].lower()
        return _cased(char, letter.isupper()) if char in CODES else letter

    def _insertion_cost(self, old: Hypothesis, typed: int, letter: str) -> float:
        """Return the log probability of a letter that is not meant here."""
        if old.completes_swap(letter):
            return old.swap_gain
        cost = float(self.costs.insert[old.last, typed])
        return cost if old.text else cost + math.log(FIRST)

    def _continue(self, old: Hypothesis, meant: str, log_prob: float, *, capital: bool) -> tuple[float, Span | None]:
        """Interpolate language model and lexicon for one more letter: its log probability, and the remaining words."""
        if old.span is None:
            return log_prob, None
        span = self.index.narrow(old.span, (old.text + meant).lower())
        if span.start == span.end:
            return log_prob + math.log(1 - LEXICON_WEIGHT) - _LEAVING_COSTS[capital], None
        fraction = self.index.mass(span) / self.index.mass(old.span)
        return math.log((1 - LEXICON_WEIGHT) * math.exp(log_prob) + LEXICON_WEIGHT * fraction), span

    def _step(self, beam: Beam, rows: list[int], codes: list[int], ids: Ints) -> tuple[State, Floats]:
        """Read one letter for each chosen hypothesis; code -1 reads none."""
        old = beam.state.select(rows)
        log_probs, state = self.network.step(torch.from_numpy(ids[codes]), old)
        new = log_probs.numpy()
        if -1 in codes:
            stays = np.array([[code == -1] for code in codes])
            state = State(*(torch.where(torch.from_numpy(stays), *pair) for pair in zip(old, state, strict=True)))
            new = np.where(stays, beam.log_probs[rows], new)
        return state, new

    def _look_ahead(self, hypotheses: list[Hypothesis], state: State, log_probs: Floats) -> Beam:
        """Extend the hypotheses by the likeliest next letters, for which nothing was typed."""
        kept = len(hypotheses)
        # After two capitals, capitals are meant.
        upper = len(hypotheses[0].text) > 1 and hypotheses[0].text.isupper()
        ids = self._ids[upper]
        costs = self.costs.delete[[h.last for h in hypotheses]]  # (kept, letters)
        totals = np.array([[h.score] for h in hypotheses], dtype=np.float32) + log_probs[:, ids] + costs
        totals[[h.span is None for h in hypotheses]] = -np.inf
        more: list[tuple[Hypothesis, int, int]] = []
        for at in np.argsort(-totals, axis=None)[: 2 * MAX_LOOK_AHEAD].tolist():
            row, code = divmod(at, len(LETTERS))
            old, meant = hypotheses[row], _cased(LETTERS[code], upper)
            if old.span is None or len(more) == MAX_LOOK_AHEAD:
                break
            log_prob, span = self._continue(old, meant, float(log_probs[row, ids[code]]), capital=False)
            if span is not None:
                cost = float(costs[row, code]) + (0.0 if old.text else math.log(FIRST))
                score = old.score + log_prob + cost
                errors = old.errors + 1
                extended = Hypothesis(old.text + meant, span, score, deleted=meant, deletion_cost=cost, errors=errors)
                more.append((extended, row, code))
        if not more:
            return Beam(tuple(hypotheses), kept, (), state, log_probs)
        parents = [row for _, row, _ in more]
        ahead, after = self.network.step(torch.from_numpy(ids[[code for *_, code in more]]), state.select(parents))
        return Beam(
            (*hypotheses, *(extended for extended, _, _ in more)),
            kept,
            tuple(parents),
            State(*(torch.cat(pair) for pair in zip(state, after, strict=True))),
            np.concatenate([log_probs, ahead.numpy()]),
        )


def _cased(letter: str, upper: bool) -> str:
    return letter.upper() if upper else letter


def _max_errors(typed: str) -> int:
    return 1 + len(typed) // _LETTERS_PER_ERROR


def _merge(
    extensions: list[tuple[Hypothesis, str, int, int]],
) -> dict[tuple[str, str], tuple[Hypothesis, int, int]]:
    """Add up the scores of equal hypotheses: by text and swapped letter, the best one with its row and code."""
    merged: dict[tuple[str, str], tuple[Hypothesis, int, int]] = {}
    for extended, _, row, code in extensions:
        key = (extended.text, extended.swapped)
        if key in merged:
            other = merged[key][0]
            best = merged[key] if other.score >= extended.score else (extended, row, code)
            merged[key] = (best[0].rescored(np.logaddexp(other.score, extended.score)), *best[1:])
        else:
            merged[key] = (extended, row, code)
    return merged
