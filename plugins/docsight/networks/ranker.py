"""The ranker: a small network over features of each candidate, one of which is the word as typed."""

import torch
from torch import Tensor, nn

# Of every candidate. Differences are to the word as typed, for which they are 0.
_OF_CANDIDATE = (
    "typed",  # it is the word as typed
    "cost",  # of typing the word as typed if this one was meant, nats
    "little_cost",  # the same, at most 3
    "zipf",
    "context",  # score of the context network, difference
    "context_best",  # the same, difference to the best candidate
    "left",  # trigram score of the word, difference
    "right",  # of the next word, difference
    "right_two",  # of the word after that, difference
    "trigram",  # their sum, difference
    "trigram_best",  # the same, difference to the best candidate
    "posterior",  # context - cost, difference
    "posterior_best",  # the same, difference to the best candidate
    "pair",  # a listed correction
    "only_pair",  # the only listed correction
    "split",
    "join",
    "same_first",  # the same first letter
    "longer",  # the difference in letters
    "apostrophe",  # differs only in apostrophes
    "base",  # a dictionary word, as the next three; see `WordSource`
    "large",
    "proper",
    "listed",
    "other_variety",  # not the variety of English of the document
    "alone",  # the only word of its sentence, without context
)
# Of the word as typed; 0 for the other candidates.
OF_TYPED = (
    "known",
    "typed_base",
    "typed_large",
    "typed_proper",
    "typed_listed",
    "typed_zipf",
    "title_inside",  # capitalised, within a sentence
    "title_start",  # capitalised, the first of its sentence
    "upper",
    "initial",  # a single capital letter
    "lower_sentence",
    "upper_sentence",
    "beside_title",  # next to a capitalised word within the sentence
    "repeats",  # log of how often it occurs capitalised within sentences of the document
    "letters",
    "few_letters",
    "num_candidates",
    "min_cost",
    "has_pair",
    "possessive",
    "suspicious",
)
FEATURES = _OF_CANDIDATE + OF_TYPED
NUM_FEATURES = len(FEATURES)


class Ranker(nn.Module):
    """Scores the candidates of a place, among them the word as typed: the mean of small networks, the `members`."""

    def __init__(self, *, num_features: int, hidden_dim: int = 48, members: int = 3) -> None:
        super().__init__()
        self.mean = nn.Buffer(torch.zeros(num_features))
        self.scale = nn.Buffer(torch.ones(num_features))
        self.direct = nn.Linear(num_features, members, bias=False)
        self.hidden = nn.Linear(num_features, members * hidden_dim)
        self.score = nn.Parameter(torch.randn(members, hidden_dim) * 0.02)
        nn.init.zeros_(self.direct.weight)

    def members_scores(self, features: Tensor) -> Tensor:
        """Map (candidates, features) to the score of each member, (candidates, members)."""
        x = (features - self.mean) * self.scale
        hidden = torch.relu(self.hidden(x)).view(len(x), *self.score.shape)  # (candidates, members, hidden)
        direct: Tensor = self.direct(x)
        return direct + (hidden * self.score).sum(dim=2)

    def forward(self, features: Tensor) -> Tensor:
        """Map (candidates, features) to (candidates,)."""
        return self.members_scores(features).mean(dim=1)
