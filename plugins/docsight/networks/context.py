"""The context network: which word fits here? A bidirectional LSTM over words encoded by their characters."""

from typing import ClassVar

import torch
from torch import Tensor, nn

from docsight.layers.embeddings import ByteEmbedding
from docsight.layers.lstms import CharLSTM, UnidirectionalLSTM, reverse_rows
from docsight.vocab import CASINGS, PAD, UNK
from docsight.weights import keep_saved_names


class ContextNetwork(nn.Module):
    """Scores words in a place by the words before and after it, never by the word in that place.

    A word has one vector, as input and as candidate: a projection of its characters, plus a trained embedding for
    frequent words. So words that were not in the training data have scores, too, and misspelled words are useful as
    context.

    Args:
        num_words: Ids below this one have an embedding; the others are known only by their characters.
        num_chars: The number of character ids, including padding and unknown.
        char_hidden: The width of the character LSTM in each direction.
        hidden_dim: The width of the sentence LSTM in each direction.
        dropout: The dropout rate of word vectors and states.
        word_dropout: The fraction of words without their embedding in training, so that it also learns from characters.
        in_bytes: Whether the embeddings are stored in bytes; such a network cannot be trained.
    """

    saved_names: ClassVar[dict[str, str]] = {
        "forward_lstm": "ahead",
        "backward_lstm": "back",
        "to_query": "ask",
        "to_key": "answer",
    }

    def __init__(
        self,
        *,
        num_words: int,
        num_chars: int,
        word_dim: int = 192,
        char_dim: int = 32,
        char_hidden: int = 96,
        casing_dim: int = 16,
        hidden_dim: int = 256,
        dropout: float = 0.1,
        word_dropout: float = 0.1,
        in_bytes: bool = False,
    ) -> None:
        super().__init__()
        self.num_words = num_words
        self.embed_words: ByteEmbedding | nn.Embedding
        if in_bytes:
            self.embed_words = ByteEmbedding(num_words, word_dim)
        else:
            self.embed_words = nn.Embedding(num_words, word_dim, padding_idx=PAD)
            nn.init.normal_(self.embed_words.weight, std=0.1)
            nn.init.zeros_(self.embed_words.weight[:2])
        self.encode_chars = CharLSTM(num_chars=num_chars, char_dim=char_dim, hidden_dim=char_hidden)
        self.project = nn.Linear(2 * char_hidden, word_dim)
        self.embed_casings = nn.Embedding(len(CASINGS), casing_dim)
        self.edge = nn.Parameter(torch.randn(word_dim + casing_dim) * 0.1)  # the edges of a sentence
        self.forward_lstm = UnidirectionalLSTM(word_dim + casing_dim, hidden_dim)
        self.backward_lstm = UnidirectionalLSTM(word_dim + casing_dim, hidden_dim)
        self.to_query = nn.Linear(2 * hidden_dim, 2 * word_dim)
        self.to_key = nn.Linear(word_dim, word_dim + 1)
        self.bias = nn.Embedding(num_words, 1)
        nn.init.zeros_(self.bias.weight)
        self.dropout = nn.Dropout(dropout)
        self.word_dropout = word_dropout
        keep_saved_names(self)

    @torch.no_grad()
    def copy_from(self, trained: "ContextNetwork") -> None:
        """Copy the weights of a network with the same arguments that is not stored in bytes."""
        state = trained.state_dict()
        vectors = state.pop("embed_words.weight")
        missing, unexpected = self.load_state_dict(state, strict=False)
        if unexpected or {name.partition(".")[0] for name in missing} != {"embed_words"}:
            raise ValueError(f"Expected a network with the same weights; missing: {missing}, unexpected: {unexpected}.")
        assert isinstance(self.embed_words, ByteEmbedding)
        self.embed_words.encode(vectors)

    def encode(self, words: Tensor, chars: Tensor) -> Tensor:
        """Encode distinct words without their context: (types, word_dim).

        Args:
            words: (types,) ids; words without an embedding may have any id from `num_words` up.
            chars: (types, chars) ids of their characters in lower case.
        """
        known = words.where(words < self.num_words, UNK)
        if self.training and self.word_dropout:
            known = known.masked_fill(torch.rand(known.shape, device=known.device) < self.word_dropout, UNK)
        encoded: Tensor = self.project(self.encode_chars(chars))
        embedded: Tensor = self.embed_words(known) * (known != UNK).unsqueeze(1)
        return encoded + embedded

    def read(self, encoded: Tensor, casings: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Read sentences in both directions.

        Args:
            encoded: (batch, time, word_dim), rows of `encode`.
            casings: (batch, time) casing classes.
            lengths: (batch,), each at least 1.

        Returns:
            The left and right states, (batch, time + 1, hidden) each. The words before word i are left[i], the words
            after word j are right[j + 1], so a place may span several words. States past the length of a row are
            undefined.
        """
        batch = len(encoded)
        x = self.dropout(torch.cat([encoded, self.embed_casings(casings)], dim=2))
        edge = self.edge.to(x.dtype).expand(batch, 1, -1)
        left, _ = self.forward_lstm(torch.cat([edge, x], dim=1))
        reversed_right, _ = self.backward_lstm(torch.cat([edge, reverse_rows(x, lengths)], dim=1))
        return left, reverse_rows(reversed_right, lengths + 1)

    def query(self, left: Tensor, right: Tensor) -> Tensor:
        """Map the states on both sides of places, (places, hidden) each, to queries, (places, word_dim)."""
        return nn.functional.glu(self.to_query(self.dropout(torch.cat([left, right], dim=1))), dim=1)

    def keys(self, words: Tensor, encoded: Tensor) -> tuple[Tensor, Tensor]:
        """Map words to keys (types, word_dim), whose products with queries are scores, and biases (types,)."""
        known = words.where(words < self.num_words, UNK)
        keys = self.to_key(encoded)
        return keys[:, :-1], keys[:, -1] + self.bias(known).squeeze(1) * (known != UNK)
