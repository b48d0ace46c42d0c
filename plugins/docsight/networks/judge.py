"""The judge of corrections: whether a correction is right, given how often the text has errors.

The ranker learns from text full of errors. In a manual, one word in a thousand is misspelt, and most words that look
misspelt are names and terms. So the evidence for each correction is weighed against the density of errors in its text,
which is unknown, and inferred from the corrections themselves.
"""

import torch
from torch import Tensor, nn

# What each fact says, for `explain`: where it speaks for the correction, and where it speaks against it.
EVIDENCE = {
    "odds": ("the correction is much likelier than the word as typed", "the word as typed is hardly less likely"),
    "margin": ("no other suggestion is near", "another suggestion is as likely"),
    "context": ("the correction fits the sentence better", "the word as typed fits the sentence"),
    "trigram": ("the correction is usual beside these words", "the word as typed is usual beside these words"),
    "left": ("the correction is usual after these words", "the word as typed is usual after these words"),
    "right": ("the next word is usual after the correction", "the next word is usual after the word as typed"),
    "cost": ("the mistyped letters are a usual mistake", "the mistyped letters are an unusual mistake"),
    "pair": ("a list of misspellings has it", "no list of misspellings has it"),
    "only_pair": ("the lists of misspellings have no other correction", "the lists do not settle the correction"),
    "split": ("a space is missing", "the words are not run together"),
    "join": ("a space is superfluous", "the words are not split"),
    "apostrophe": ("only an apostrophe differs", "more than an apostrophe differs"),
    "same_first": ("the first letter is the same", "the first letter differs"),
    "letters": ("the length of the word", "the length of the word"),
    "single": ("the word is a single letter", "the word is a single letter"),
    "typed_zipf": ("how frequent the word as typed is", "how frequent the word as typed is"),
    "title_inside": ("a capital within the sentence", "a capital within the sentence: it may be a name"),
    "title_start": ("a capital at the start of the sentence", "a capital at the start of the sentence"),
    "upper": ("the word is in capitals", "the word is in capitals: it may be an abbreviation"),
    "repeats": ("how often the text repeats the word", "how often the text repeats the word"),
    "repeated": ("the word does not recur in the text", "the word recurs in the text or is in its file name"),
    "suggestion_repeats": ("the correction recurs in the text", "the correction does not recur in the text"),
    "vocabulary": ("the word is no technical term", "the word is a technical term"),
    "typed_phrases": (
        "the words beside it are unusual in technical text",
        "the words beside it are usual in technical text",
    ),
    "suggested_phrases": (
        "the correction is usual here in technical text",
        "the correction is unusual here in technical text",
    ),
    "derived": ("the word is derived from no known word", "the word is derived from a known word"),
    "compound": ("the word is no compound", "the word is a compound of known words"),
    "listed": ("the word is no frequent name or term", "the word is a frequent name or term"),
    "glued": ("white space or punctuation surrounds the word", "the word is part of an identifier, option or path"),
    "quoted": ("the word is not quoted", "the word is quoted"),
    "symbols": ("the line has few symbols", "the line has many symbols, as code has"),
    "whole": ("the sentence is whole", "the sentence is not whole: a heading, a cell or an item"),
    "english": ("common English words are near", "few common English words are near"),
    "usual": ("the words near it are usual ones", "the words near it are unusual"),
    "unknown": ("the words near it are known", "other unknown words are near"),
    "foreign": ("no words of another language are near", "words of another language are near"),
    "unknown_in_text": ("few words of the text are unknown", "many words of the text are unknown"),
    "beside_title": ("no capitalised word is next to it", "a capitalised word is next to it"),
    "lower_sentence": ("the sentence has no capitals", "the sentence has capitals"),
    "upper_sentence": ("the sentence is in capitals", "the sentence is in capitals"),
}
NUM_EVIDENCE = len(EVIDENCE)
_SHORT_TEXT = 100  # words; a text of so many is halfway between short and long
_ROUNDS = 4  # of estimating the density by the corrections, and the corrections by the density


class Judge(nn.Module):
    """Estimates the probability that corrections are right: logistic regression plus the log odds of an error.

    The density of errors in a text has a beta prior, with parameters `exp(log_errors)` and `exp(log_right)`: as if so
    many wrong and right words had been seen before; the other corrections of the text update it. The density counts in
    proportion to the length of the text. A sentence says next to nothing about how often its writer errs: one word that
    looks wrong among twenty that look right is what a sentence with an error looks like. Unknown words and known words
    have their own weights. All weights change with the length of the text, too.

    Args:
        num_evidence: The number of facts about each correction.
    """

    def __init__(self, *, num_evidence: int) -> None:
        super().__init__()
        self.mean = nn.Buffer(torch.zeros(num_evidence))
        self.scale = nn.Buffer(torch.ones(num_evidence))
        # Of unknown words and of known ones: in a short text, and what is added in a long one.
        self.weight = nn.Parameter(torch.zeros(2, num_evidence))
        self.long_weight = nn.Parameter(torch.zeros(2, num_evidence))
        self.bias = nn.Parameter(torch.zeros(2))
        self.long_bias = nn.Parameter(torch.zeros(2))
        self.log_errors = nn.Parameter(torch.tensor(-1.0))
        self.log_right = nn.Parameter(torch.tensor(4.0))
        self.prior_weight = nn.Parameter(torch.tensor(1.0))

    def contributions(self, evidence: Tensor, known: Tensor, words: Tensor) -> Tensor:
        """Return what each fact adds to the log odds of a correction: (places, evidence) in nats.

        Args:
            evidence: (places, evidence).
            known: (places,) int64, 1 where the word as typed is a known word, 0 elsewhere.
            words: (places,) the number of words of the text of each place.
        """
        weight = self.weight[known] + _length(words).unsqueeze(1) * self.long_weight[known]
        return (evidence - self.mean) * self.scale * weight

    def forward(self, evidence: Tensor, known: Tensor, text: Tensor, words: Tensor, share: Tensor) -> Tensor:
        """Return the log odds that corrections are right: (places,).

        Args:
            evidence: As for `contributions`.
            known: As for `contributions`.
            text: (places,) int64, the index of the text of each place.
            words: (texts,) the number of words of each text.
            share: (places,) 1 divided by the number of places of the same typed word in the text: what recurs is one
                error at most.
        """
        _, own, density = self.parts(evidence, known, text, words, share)
        return own + density

    def parts(
        self, evidence: Tensor, known: Tensor, text: Tensor, words: Tensor, share: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return the parts of the log odds, with the arguments of `forward`.

        Returns:
            What each fact adds, (places, evidence); their sum with the bias, (places,); and what the density of errors
            in the text adds, (places,).
        """
        contributions = self.contributions(evidence, known, words[text])
        own = contributions.sum(dim=1) + self.bias[known] + _length(words[text]) * self.long_bias[known]
        return contributions, own, self._density_log_odds(own, text, words, share)

    def usual_log_odds(self, words: Tensor) -> Tensor:
        """Return what the prior density alone adds, in nats, in texts of so many words: the shape of `words`."""
        return self.prior_weight * _length(words) * (self.log_errors - self.log_right)

    def _density_log_odds(self, own: Tensor, text: Tensor, words: Tensor, share: Tensor) -> Tensor:
        errors, right = self.log_errors.exp(), self.log_right.exp()
        weight = self.prior_weight * _length(words)[text]
        expected = torch.zeros_like(own)  # errors at each place
        added = expected
        for _ in range(_ROUNDS):
            in_text = torch.zeros_like(words).index_add(0, text, expected)
            # Each place sees the errors of the others only, so that it cannot vouch for itself.
            density = (errors + in_text[text] - expected) / (errors + right + words[text])
            added = weight * torch.logit(density, eps=1e-6)
            expected = (own + added).sigmoid() * share
        return added


def _length(words: Tensor) -> Tensor:
    """Return how long texts are, from 0 for no word to 1."""
    return words / (words + _SHORT_TEXT)
