"""The letters that may be meant by the letters typed: a beam search through a noisy channel, one word at a time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from docsight.networks.char_lm import CharLM, State
from docsight.spelling.keystrokes.letter_error_model import CODES, FIRST, LETTERS, START, LetterErrorModel
from docsight.spelling.keystrokes.prefixes import PrefixIndex, Span

KEPT = 8  # hypotheses that are kept
AHEAD = 8  # of their next letters, those that are read ahead: for letters left out, and for completions
_TRIED = 20  # continuations that are looked up in the lexicon
_LETTERS_PER_ERROR = 4  # one error is always possible, another one in so many letters
_MARGIN = 10.0  # nats below all hypotheses together at which one is dropped


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """Letters that may be meant so far."""

    text: str
    span: Span | None  # the words of the lexicon that begin so; None: none does
    score: float  # log-probability of letters meant and letters typed, over that of all hypotheses
    left_out: str = ""  # the last letter, if nothing was typed for it
    paid: float = 0.0  # what leaving it out cost
    swap: str = ""  # the letter that, typed next, was only typed too late: ei for ie
    gain: float = 0.0  # what becomes of the costs if it is
    errors: int = 0


@dataclass(frozen=True, slots=True)
class Beam:
    """The hypotheses for the word that is being typed.

    The first is that every letter typed is meant. Those from `kept` on continue one of the others, `parents`, by a
    letter for which nothing has been typed.
    """

    hypotheses: tuple[Hypothesis, ...]
    kept: int
    parents: tuple[int, ...]
    state: State  # (hypotheses, hidden) each
    log_probs: NDArray[np.float32]  # (hypotheses, chars + 1), of the next character


class Decoder:
    """Finds what is meant by what is typed.

    Args:
        network: The language model, in evaluation mode.
        channel: What is typed when a letter is meant.
        index: The lexicon.
        error_rate: The share of letters that are taken to be typed wrong. Above what people do (1 %): the likeliest
            letter is wanted where something is wrong, and thresholds guard what is right.
        lexicon_weight: The weight of the lexicon's frequencies beside the language model.
        leaving: Nats against a beginning that no word of the lexicon has, and against a word that it lacks, where
            the word typed is in lower case; and where it begins with a capital, as names do.
    """

    def __init__(
        self,
        network: CharLM,
        channel: LetterErrorModel,
        index: PrefixIndex,
        *,
        error_rate: float = 0.08,
        lexicon_weight: float = 0.2,
        leaving: Sequence[float] = (3.0, 1.0),
    ) -> None:
        self.network, self.index = network, index
        self.costs = channel.costs(error_rate)
        self.weight = lexicon_weight
        self.leaving = leaving
        self._ids = {
            False: np.array([network.id(letter) for letter in LETTERS]),
            True: np.array([network.id(letter.upper()) for letter in LETTERS]),
        }

    def begin(self, state: State, log_probs: NDArray[np.float32], text: str = "") -> Beam:
        """Return the one hypothesis of a text, after the state (1, hidden) and log-probabilities (1, chars + 1)."""
        span: Span | None = self.index.all if not text else self.index.narrow(self.index.all, text.lower())
        if span is not None and span.start == span.end:
            span = None
        return self._look_ahead([Hypothesis(text, span, 0.0)], state, log_probs)

    def alone(self, beam: Beam, char: str) -> Beam:
        """Go on from the letters as typed by a character that is meant, whatever it is; nothing else stays."""
        state, log_probs = self.read(char, beam.state.select(torch.tensor([0])))
        return self.settled(state, log_probs, beam.hypotheses[0].text + char)

    def settled(self, state: State, log_probs: NDArray[np.float32], text: str) -> Beam:
        """Return a text that is beyond doubt, after its state (1, hidden) and log-probabilities (1, chars + 1)."""
        return Beam((Hypothesis(text, None, 0.0),), 1, (), state, log_probs)

    def read(self, text: str, state: State) -> tuple[State, NDArray[np.float32]]:
        """Read a text of at least one character behind a state (1, hidden): the new one, and what may come next."""
        log_probs = torch.empty(0)
        for char in self.network.encode(text):
            log_probs, state = self.network.step(char[None], state)
        return state, log_probs.numpy()

    def type(self, beam: Beam, letter: str) -> tuple[Beam, dict[str, float]]:
        """Take a letter of `LETTERS`, in either case.

        Returns:
            The hypotheses now; and by letter the probability that the word meant has it where this one was typed,
            behind the letters that stood there.
        """
        upper = letter.isupper()
        typed = CODES[letter.lower()]
        before = beam.hypotheses
        logs = beam.log_probs[:, self._ids[upper]]  # (hypotheses, letters)
        scores = np.array([h.score for h in before], dtype=np.float32)
        slips = np.broadcast_to(self.costs.substitute[:, typed], logs.shape)
        if not before[0].text:
            rarer = np.where(np.arange(len(LETTERS)) == typed, 0.0, math.log(FIRST)).astype(np.float32)
            slips = slips + rarer * np.array([[not h.text] for h in before])
        extra = [self._insertion_cost(h, typed, letter) for h in before[: beam.kept]]
        totals = np.concatenate([(scores[:, None] + logs + slips).ravel(), scores[: beam.kept] + extra])
        chosen = np.argpartition(-totals, _TRIED)[:_TRIED] if len(totals) > _TRIED else np.arange(len(totals))
        chosen = chosen[totals[chosen] > totals.max() - _MARGIN]
        as_typed = before[0].text + letter
        most = _most_errors(as_typed)
        found: dict[tuple[str, str], tuple[Hypothesis, int, int]] = {}
        letters: list[tuple[str, float]] = []
        for at in {typed, *chosen.tolist()}:
            row, code = divmod(at, len(LETTERS))
            if row < len(before):
                made, meant = self._meant(
                    before[row], code, typed, logs[row], upper=upper, capital=as_typed[0].isupper()
                )
            else:  # the letter was put in
                row, code = at - len(before) * len(LETTERS), -1
                made = self._stayed(before[row], letter, float(extra[row]))
                meant = letter if _late(before[row], letter) else self._next(beam.log_probs[row], letter)
            # Only the lexicon is a reason to mean other letters: no strange word is made into another.
            if at != typed and (made.errors > most or (made.errors and made.span is None)):
                continue
            letters.append((meant, made.score))
            key = (made.text, made.swap)
            if key in found:
                other = found[key][0]
                best = found[key] if other.score >= made.score else (made, row, code)
                found[key] = (_rescored(best[0], np.logaddexp(other.score, made.score)), *best[1:])
            else:
                found[key] = (made, row, code)
        total = float(np.logaddexp.reduce([score for _, score in letters]))
        shares: dict[str, float] = {}
        for meant, score in letters:
            shares[meant] = shares.get(meant, 0.0) + math.exp(score - total)
        as_is, row, code = found.pop((as_typed, ""))
        first = (replace(as_is, errors=0), row, code)
        rest = sorted(found.values(), key=lambda item: -item[0].score)[: KEPT - 1]
        kept = [first, *(item for item in rest if item[0].score > total - _MARGIN)]
        hypotheses = [_rescored(made, made.score - total) for made, _, _ in kept]
        rows = torch.tensor([row for _, row, _ in kept])
        codes = [code for _, _, code in kept]
        return self._look_ahead(hypotheses, *self._step(beam, rows, codes, self._ids[upper])), shares

    def finish(self, beam: Beam, boundary: str) -> list[tuple[str, float, int]]:
        """Return the words that may be meant where a boundary ends the word: text, probability, hypothesis."""
        capital = beam.hypotheses[0].text[:1].isupper()
        logs = beam.log_probs[:, self.network.id(boundary)]
        words: dict[str, tuple[float, int]] = {}
        for row, old in enumerate(beam.hypotheses):
            if not old.text or old.errors > _most_errors(beam.hypotheses[0].text):
                continue
            share = 0.0
            if old.span is not None and self.index.is_word(old.span, old.text.lower()):
                share = self.index.count(old.span.start) / self.index.mass(old.span)
            if row and not share:  # what is put for a word is a word
                continue
            log_prob = math.log((1 - self.weight) * math.exp(float(logs[row])) + self.weight * share + 1e-12)
            if old.span is not None and not share:  # what no word begins with has paid already
                log_prob -= self.leaving[capital]
            score = old.score + log_prob
            if old.text in words:
                score = float(np.logaddexp(score, words[old.text][0]))
                row = words[old.text][1]
            words[old.text] = (score, row)
        total = float(np.logaddexp.reduce([score for score, _ in words.values()]))
        ranked = sorted(words.items(), key=lambda item: -item[1][0])
        return [(text, math.exp(score - total), row) for text, (score, row) in ranked]

    def _meant(
        self, old: Hypothesis, code: int, typed: int, logs: NDArray[np.float32], *, upper: bool, capital: bool
    ) -> tuple[Hypothesis, str]:
        """Go on by a letter that is meant: the hypothesis, and the first letter behind those that stood before."""
        meant = _cased(LETTERS[code], upper)
        log_prob, span = self._continue(old, meant, float(logs[code]), capital=capital)
        slip = float(self.costs.substitute[code, typed])
        if code != typed and not old.text:
            slip += math.log(FIRST)
        made = Hypothesis(
            old.text + meant,
            span,
            old.score + log_prob + slip,
            swap=old.left_out if code == typed else "",
            gain=self.costs.swap - old.paid,
            errors=old.errors + (code != typed),
        )
        return made, _cased(old.left_out, upper) if old.left_out else meant

    def _stayed(self, old: Hypothesis, letter: str, cost: float) -> Hypothesis:
        """Stay where a letter was put in, or came too late."""
        return Hypothesis(old.text, old.span, old.score + cost, errors=old.errors + (not _late(old, letter)))

    def _next(self, log_probs: NDArray[np.float32], letter: str) -> str:
        """Return the likeliest next letter, in the case of the one typed, or that one where the word is at its end."""
        char = self.network.chars[max(0, int(log_probs.argmax()) - 1)].lower()
        return _cased(char, letter.isupper()) if char in CODES else letter

    def _insertion_cost(self, old: Hypothesis, typed: int, letter: str) -> float:
        """Return the cost of a letter that is not meant here."""
        if _late(old, letter):
            return old.gain
        cost = float(self.costs.insert[_last(old.text), typed])
        return cost if old.text else cost + math.log(FIRST)

    def _continue(self, old: Hypothesis, meant: str, log_prob: float, *, capital: bool) -> tuple[float, Span | None]:
        """Mix the language model with the lexicon, for one letter more: its log-probability, the words left."""
        if old.span is None:
            return log_prob, None
        span = self.index.narrow(old.span, (old.text + meant).lower())
        if span.start == span.end:
            return log_prob + math.log(1 - self.weight) - self.leaving[capital], None
        share = self.index.mass(span) / self.index.mass(old.span)
        return math.log((1 - self.weight) * math.exp(log_prob) + self.weight * share), span

    def _step(
        self, beam: Beam, rows: torch.Tensor, codes: list[int], ids: NDArray[np.int64]
    ) -> tuple[State, NDArray[np.float32]]:
        """Read one letter for each chosen hypothesis; code -1 stays where it is."""
        old = beam.state.select(rows)
        log_probs, state = self.network.step(torch.from_numpy(ids[codes]), old)
        new = log_probs.numpy()
        if -1 in codes:
            stays = torch.tensor([code == -1 for code in codes])[:, None]
            state = State(*(torch.where(stays, *pair) for pair in zip(old, state, strict=True)))
            new = np.where(stays.numpy(), beam.log_probs[rows.numpy()], new)
        return state, new

    def _look_ahead(self, hypotheses: list[Hypothesis], state: State, log_probs: NDArray[np.float32]) -> Beam:
        """Add the likeliest next letters for which nothing was typed."""
        kept = len(hypotheses)
        # Whoever writes in capitals means capitals.
        upper = len(hypotheses[0].text) > 1 and hypotheses[0].text.isupper()
        ids = self._ids[upper]
        costs = self.costs.delete[[_last(h.text) for h in hypotheses]]  # (kept, letters)
        totals = np.array([[h.score] for h in hypotheses], dtype=np.float32) + log_probs[:, ids] + costs
        totals[[h.span is None for h in hypotheses]] = -np.inf
        more: list[tuple[Hypothesis, int, int]] = []
        for at in np.argsort(-totals, axis=None)[: 2 * AHEAD].tolist():
            row, code = divmod(at, len(LETTERS))
            old, meant = hypotheses[row], _cased(LETTERS[code], upper)
            if old.span is None or len(more) == AHEAD:
                break
            log_prob, span = self._continue(old, meant, float(log_probs[row, ids[code]]), capital=False)
            if span is not None:
                paid = float(costs[row, code]) + (0.0 if old.text else math.log(FIRST))
                score = old.score + log_prob + paid
                made = Hypothesis(old.text + meant, span, score, left_out=meant, paid=paid, errors=old.errors + 1)
                more.append((made, row, code))
        if not more:
            return Beam(tuple(hypotheses), kept, (), state, log_probs)
        parents = [row for _, row, _ in more]
        ahead, after = self.network.step(
            torch.from_numpy(ids[[code for *_, code in more]]), state.select(torch.tensor(parents))
        )
        return Beam(
            (*hypotheses, *(made for made, _, _ in more)),
            kept,
            tuple(parents),
            State(*(torch.cat(pair) for pair in zip(state, after, strict=True))),
            np.concatenate([log_probs, ahead.numpy()]),
        )


def _cased(letter: str, upper: bool) -> str:
    return letter.upper() if upper else letter


def _most_errors(typed: str) -> int:
    return 1 + len(typed) // _LETTERS_PER_ERROR


def _late(old: Hypothesis, letter: str) -> bool:
    """Tell whether a letter is the one that was left out just before, in a swap of two."""
    return bool(old.swap) and old.swap.lower() == letter.lower()


def _last(text: str) -> int:
    """Return the code of a text's last letter."""
    return CODES[text[-1].lower()] if text else START


def _rescored(old: Hypothesis, score: float) -> Hypothesis:
    return replace(old, score=float(score))
