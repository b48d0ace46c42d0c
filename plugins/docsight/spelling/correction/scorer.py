"""The scores of words in their places, by the context network and the trigrams."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from docsight.batching import batches_by_cost
from docsight.layers.lstms import has_fast_bfloat16
from docsight.spelling.arrays import Floats, Ints
from docsight.spelling.correction.batch import TokenBatch
from docsight.spelling.correction.candidate_groups import CandidateGroups
from docsight.spelling.lexicon.dictionary import Dictionary
from docsight.spelling.model import Speller
from docsight.spelling.tokens import SYMBOL
from docsight.vector_cache import VectorCache
from docsight.vocab import PAD, UNK, Vocab, pad_rows

MAX_WORD_CHARS = 24  # characters that the context network reads of a word; longer words keep their start and their end
_MAX_BATCH_TOKENS = 4096  # of a batch of sentences, with padding
_PRODUCTS_AT_ONCE = 1024
_MAX_UNKNOWN_WORDS = 5_000  # whose vectors are kept, 4 MB


class States(NamedTuple):
    """The states of the context network before and after the places of some sentences, (places, hidden) each."""

    left: Tensor
    right: Tensor
    first_token: int  # of the first sentence
    first_sentence: int


class Scorer:
    """Scores words in their places. The context network, which knows `chars`, computes on the device."""

    def __init__(self, network: Speller, dictionary: Dictionary, chars: Vocab, device: torch.device) -> None:
        self._context, self._trigrams = network.context, network.trigrams
        self._dictionary, self._chars, self._device = dictionary, chars, device
        # The ids of ASCII characters; 0 is padding.
        self._ascii = np.array([PAD, *(chars.id(chr(code)) for code in range(1, 128))], dtype=np.int64)
        # The vectors of the words seen so far. Untouched rows take no memory.
        size = dictionary.size, network.context.project.out_features
        self._vectors = torch.empty(size, dtype=torch.float32, device="cpu")
        self._has_vector = np.zeros(dictionary.size, dtype=bool)
        self._unknown = VectorCache(_MAX_UNKNOWN_WORDS)  # each text needs the vectors of its unknown words twice

    @torch.inference_mode()
    def states(self, batch: TokenBatch, start: int, stop: int) -> States:
        """Read the sentences from `start` to `stop`. A sentence has one place more than tokens."""
        bounds = batch.bounds[start : stop + 1]
        low, lengths = int(bounds[0]), np.diff(bounds)
        types, where = np.unique(batch.tokens[low : bounds[-1]], return_inverse=True)
        vectors = self._vectors_of(batch.types.ids[types], batch)
        casings = batch.types.casings[types]
        places, width = int(lengths.sum()) + len(lengths), self._context.forward_lstm.hidden_size
        rows = bounds[:-1] - low + np.arange(len(lengths))  # the first place of each sentence
        left, right = torch.empty(2, places, width, dtype=torch.float32, device=self._device)
        for sentences in batches_by_cost(lengths.tolist(), max_cost=_MAX_BATCH_TOKENS):
            sizes = lengths[sentences]
            time = np.arange(int(sizes.max()) + 1)
            inside = time[:-1] < sizes[:, None]
            at = where[np.where(inside, (bounds[:-1][sentences] - low)[:, None] + time[:-1], 0)]
            encoded = vectors[torch.from_numpy(at)].to(self._device)
            with self._in_bfloat16():
                before, after = self._context.read(encoded, self._put(casings[at]), self._put(sizes))
            if len(lengths) == 1:
                return States(before[0].float(), after[0].float(), low, start)
            real = time <= sizes[:, None]
            to, here = self._put((rows[sentences][:, None] + time)[real]), self._put(real)
            left[to], right[to] = before[here].float(), after[here].float()
        return States(left, right, low, start)

    @torch.inference_mode()
    def context(self, batch: TokenBatch, states: States, groups: CandidateGroups) -> Floats:
        """Score candidates by the context network, in nats up to a constant: (rows,).

        Two words in the place of one get the mean of their scores.
        """
        place = groups.token - states.first_token + batch.sentence[groups.token] - states.first_sentence
        second = np.flatnonzero(groups.second > 0)
        words, where = np.unique(np.concatenate([groups.first, groups.second[second]]), return_inverse=True)
        of = groups.of
        left, right = states.left[self._put(place)], states.right[self._put(place + groups.span)]
        queries = self._context.query(left, right)
        keys, biases = self._context.keys(self._put(words), self._vectors_of(words, batch).to(self._device))

        # In numpy, in pieces that stay in the cache: an order of magnitude faster than all at once.
        query_rows, key_rows, bias_rows = (part.float().cpu().numpy() for part in (queries, keys, biases))

        def scores(of: Ints, at: Ints) -> Floats:
            products = bias_rows[at]
            for start in range(0, len(of), _PRODUCTS_AT_ONCE):
                here = slice(start, start + _PRODUCTS_AT_ONCE)
                products[here] += np.einsum("ij,ij->i", query_rows[of[here]], key_rows[at[here]])
            return products

        context = scores(of, where[: len(of)])
        context[second] = (context[second] + scores(of[second], where[len(of) :])) / 2
        return context

    def trigrams(self, batch: TokenBatch, words: Ints, groups: CandidateGroups) -> Floats:
        """Return log p of the candidates, of the next word, and of the word after that, (3, rows).

        `words` are the word ids of the tokens as context, (tokens,).
        """
        size = self._dictionary.lexicon_size
        ids = np.where(batch.casings == SYMBOL, PAD, np.where(words < size, words, UNK))
        sentence = batch.sentence[groups.token]
        low, high = batch.bounds[sentence], batch.bounds[sentence + 1]
        of = groups.of

        def neighbour(at: Ints) -> Tensor:
            inside = (at >= low) & (at < high)
            return torch.from_numpy(np.where(inside, ids[at.clip(0, len(ids) - 1)], PAD)[of])

        before_two, before = neighbour(groups.token - 2), neighbour(groups.token - 1)
        after, after_two = neighbour(groups.token + groups.span), neighbour(groups.token + groups.span + 1)
        first = torch.from_numpy(np.where(groups.first < size, groups.first, UNK))
        second = torch.from_numpy(np.where(groups.second < size, groups.second, UNK))
        two = second > 0
        last, last_but_one = torch.where(two, second, first), torch.where(two, first, before)
        # All together: a lookup of a few trigrams takes hardly longer than one of a single trigram.
        log_prob = self._trigrams.log_prob(
            torch.cat([before_two, last_but_one, last, before[two]]),
            torch.cat([before, last, after, first[two]]),
            torch.cat([first, after, after_two, second[two]]),
        )
        scores = log_prob[: 3 * len(first)].view(3, -1)
        scores[0, two] += log_prob[3 * len(first) :]
        found: Floats = scores.numpy()
        return found

    def _vectors_of(self, ids: Ints, batch: TokenBatch) -> Tensor:
        """Return the vectors of distinct words, (words, word_dim)."""
        inside = ids < self._dictionary.size
        known = ids[inside]
        fresh = known[~self._has_vector[known]]
        if len(fresh):
            self._vectors[torch.from_numpy(fresh)] = self._encode([self._dictionary.names[at] for at in fresh], fresh)
            self._has_vector[fresh] = True
        known_vectors = self._vectors[torch.from_numpy(known)]
        if len(known) == len(ids):
            return known_vectors
        vectors = known_vectors.new_empty(len(ids), known_vectors.shape[1])
        vectors[torch.from_numpy(inside)] = known_vectors
        unknown = ids[~inside]
        keys = [batch.types.unknown[at - self._dictionary.size] for at in unknown]
        vectors[torch.from_numpy(~inside)] = self._unknown.look_up(
            keys, lambda new: self._encode([keys[at] for at in new], unknown[new])
        )
        return vectors

    def _in_bfloat16(self) -> torch.autocast:
        """Return a context that computes in bfloat16 where that is fast; elsewhere it takes six times as long."""
        return torch.autocast(self._device.type, dtype=torch.bfloat16, enabled=has_fast_bfloat16(self._device))

    def _encode(self, keys: list[str], ids: Ints) -> Tensor:
        """Encode words without their context: (words, word_dim), on the CPU."""
        # As in training, words known only by their characters have ids from the size of the lexicon up.
        with self._in_bfloat16():
            return self._context.encode(self._put(ids), self._put(self._char_ids(keys))).float().cpu()

    def _char_ids(self, keys: list[str]) -> Ints:  # (words, chars)
        ascii_keys = np.array([key if len(key) <= MAX_WORD_CHARS and key.isascii() else "" for key in keys], dtype="S")
        codes = ascii_keys.view(np.uint8).reshape(len(keys), -1)[:, :MAX_WORD_CHARS]
        char_ids = self._ascii[codes]
        others = np.flatnonzero(codes[:, 0] == 0)
        if len(others):
            char_ids = np.pad(char_ids, ((0, 0), (0, MAX_WORD_CHARS - char_ids.shape[1])))
            rows = [self._chars.char_ids(keys[at], MAX_WORD_CHARS) or [UNK] for at in others]
            char_ids[others] = pad_rows(rows, MAX_WORD_CHARS)
        return char_ids

    def _put(self, values: npt.NDArray[Any]) -> Tensor:
        return torch.from_numpy(values).to(self._device)
