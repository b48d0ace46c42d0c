"""How well words fit their places: the context network over sentences, and the trigrams."""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from docsight.batching import batches_by_cost
from docsight.networks.context import ContextNetwork
from docsight.spelling.arrays import Floats, Ints
from docsight.spelling.correction.batch import TokenBatch
from docsight.spelling.correction.features import CandidateGroups
from docsight.spelling.lexicon.dictionary import Dictionary
from docsight.spelling.lexicon.trigrams import Trigrams
from docsight.vocab import PAD, UNK, Vocab, casing, pad_rows

MAX_CHARS = 24  # of a word that the context network reads; a longer one keeps its head and its tail
_MAX_CELLS = 4096  # tokens of a batch of sentences, with padding
_PIECE = 1024  # products of vectors that are computed at once
_SIGN = casing(".")  # the casing class of signs, which the trigrams take for edges


class States(NamedTuple):
    """The states of the context network on both sides of the places of some sentences, (places, hidden) each."""

    left: Tensor
    right: Tensor
    first_token: int  # of the first sentence
    first_sentence: int


class Scorer:
    """Scores words in their places.

    Args:
        context: The context network.
        trigrams: The trigram model.
        dictionary: The words that can be known.
        chars: The characters that the context network knows.
        device: Where the context network computes.
    """

    def __init__(
        self,
        context: ContextNetwork,
        trigrams: Trigrams,
        dictionary: Dictionary,
        chars: Vocab,
        device: torch.device,
    ) -> None:
        self._context, self._trigrams = context, trigrams
        self._dictionary, self._chars, self._device = dictionary, chars, device
        # The ids of ASCII characters; no character at all is padding.
        self._ascii = np.array([PAD, *(chars.id(chr(code)) for code in range(1, 128))], dtype=np.int64)
        # The vectors of words that have been met. Untouched rows take no memory.
        self._vectors = torch.empty(dictionary.size, context.project.out_features)
        self._met = np.zeros(dictionary.size, dtype=bool)

    @torch.inference_mode()
    def states(self, reading: TokenBatch, start: int, stop: int) -> States:
        """Read the sentences from `start` to `stop`; a sentence has one place more than words."""
        bounds = reading.bounds[start : stop + 1]
        low, lengths = int(bounds[0]), np.diff(bounds)
        types, where = np.unique(reading.tokens[low : bounds[-1]], return_inverse=True)
        vectors = self._vectors_of(reading.types.ids[types], reading)
        casings = torch.from_numpy(reading.types.casings[types])
        places = int(lengths.sum()) + len(lengths)
        rows = bounds[:-1] - low + np.arange(len(lengths))  # the first place of each sentence
        left, right = torch.empty(2, places, self._context.forward_lstm.hidden_size, device=self._device)
        for batch in batches_by_cost(lengths.tolist(), max_cost=_MAX_CELLS):
            sizes = lengths[batch]
            time = np.arange(int(sizes.max()) + 1)
            inside = time[:-1] < sizes[:, None]
            at = torch.from_numpy(where[np.where(inside, (bounds[:-1][batch] - low)[:, None] + time[:-1], 0)])
            with torch.autocast(self._device.type, dtype=torch.bfloat16):
                before, after = self._context.read(
                    self._here(vectors[at]), self._here(casings[at]), self._here(torch.from_numpy(sizes))
                )
            real = time <= sizes[:, None]
            to = self._here(torch.from_numpy((rows[batch][:, None] + time)[real]))
            here = self._here(torch.from_numpy(real))
            left[to], right[to] = before[here].float(), after[here].float()
        return States(left, right, low, start)

    @torch.inference_mode()
    def context(self, reading: TokenBatch, groups: CandidateGroups, states: States) -> Floats:
        """Score the alternatives of groups by the context network, nats up to a constant: (rows,).

        Two words in the place of one have the mean of their scores.
        """
        place = groups.token - states.first_token + reading.sentence[groups.token] - states.first_sentence
        second = np.flatnonzero(groups.second > 0)
        words, where = np.unique(np.concatenate([groups.first, groups.second[second]]), return_inverse=True)
        of = groups.of
        before, after = torch.from_numpy(place), torch.from_numpy(place + groups.span)
        asked = self._context.query(states.left[self._here(before)], states.right[self._here(after)])
        vectors, biases = self._context.keys(
            self._here(torch.from_numpy(words)), self._here(self._vectors_of(words, reading))
        )

        # In numpy, and in pieces that stay in the cache: an order of magnitude quicker than in one go.
        questions, meanings, offsets = (part.float().cpu().numpy() for part in (asked, vectors, biases))

        def scores(of: Ints, at: Ints) -> Floats:
            found = offsets[at]
            for start in range(0, len(of), _PIECE):
                here = slice(start, start + _PIECE)
                found[here] += np.einsum("ij,ij->i", questions[of[here]], meanings[at[here]])
            return found

        found = scores(of, where[: len(of)])
        found[second] = (found[second] + scores(of[second], where[len(of) :])) / 2
        return found

    def trigrams(self, reading: TokenBatch, words: Ints, groups: CandidateGroups) -> tuple[Floats, Floats, Floats]:
        """Return log p of the alternatives after the two words before, of the word behind, and of the next one.

        Args:
            reading: The texts.
            words: (tokens,) the ids of words as neighbours.
            groups: Places with their alternatives.
        """
        size = self._dictionary.lexicon_size
        ids = np.where(reading.casings == _SIGN, PAD, np.where(words < size, words, UNK))
        sentence = reading.sentence[groups.token]
        low, high = reading.bounds[sentence], reading.bounds[sentence + 1]
        of = groups.of

        def neighbour(at: Ints) -> Tensor:
            inside = (at >= low) & (at < high)
            return torch.from_numpy(np.where(inside, ids[at.clip(0, len(ids) - 1)], PAD)[of])

        before_two, before = neighbour(groups.token - 2), neighbour(groups.token - 1)
        after, after_two = neighbour(groups.token + groups.span), neighbour(groups.token + groups.span + 1)
        first = torch.from_numpy(np.where(groups.first < size, groups.first, UNK))
        second = torch.from_numpy(np.where(groups.second < size, groups.second, UNK))
        two = second > 0
        log_prob = self._trigrams.log_prob
        left = log_prob(before_two, before, first)
        left[two] += log_prob(before[two], first[two], second[two])
        last, last_but_one = torch.where(two, second, first), torch.where(two, first, before)
        right, right_two = log_prob(last_but_one, last, after), log_prob(last, after, after_two)
        return left.numpy(), right.numpy(), right_two.numpy()

    def _vectors_of(self, ids: Ints, reading: TokenBatch) -> Tensor:
        """Return the vectors of distinct words, (words, word_dim); unknown words of the texts are made anew."""
        inside = ids < self._dictionary.size
        known = ids[inside]
        fresh = known[~self._met[known]]
        if len(fresh):
            self._vectors[torch.from_numpy(fresh)] = self._encode([self._dictionary.names[at] for at in fresh], fresh)
            self._met[fresh] = True
        vectors = torch.empty(len(ids), self._vectors.shape[1])
        vectors[torch.from_numpy(inside)] = self._vectors[torch.from_numpy(known)]
        if len(known) < len(ids):
            unknown = ids[~inside]
            keys = [reading.types.unknown[at - self._dictionary.size] for at in unknown]
            vectors[torch.from_numpy(~inside)] = self._encode(keys, unknown)
        return vectors

    def _encode(self, keys: list[str], ids: Ints) -> Tensor:
        """Encode words without their context: (words, word_dim), on the CPU."""
        chars = torch.from_numpy(self._char_ids(keys))
        # What training knew by its characters alone has ids behind the lexicon, as it had there.
        with torch.autocast(self._device.type, dtype=torch.bfloat16):
            return self._context.encode(self._here(torch.from_numpy(ids)), self._here(chars)).float().cpu()

    def _char_ids(self, keys: list[str]) -> Ints:
        """Return the characters of words as ids, (words, chars)."""
        written = np.array([key if len(key) <= MAX_CHARS and key.isascii() else "" for key in keys], dtype="S")
        codes = written.view(np.uint8).reshape(len(keys), -1)[:, :MAX_CHARS]
        found = self._ascii[codes]
        others = np.flatnonzero(codes[:, 0] == 0)
        if len(others):
            found = np.pad(found, ((0, 0), (0, MAX_CHARS - found.shape[1])))
            rows = [self._chars.char_ids(keys[at], MAX_CHARS) or [UNK] for at in others]
            found[others] = pad_rows(rows, MAX_CHARS)
        return found

    def _here(self, tensor: Tensor) -> Tensor:
        return tensor.to(self._device)
