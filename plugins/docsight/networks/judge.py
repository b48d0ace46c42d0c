"""The judge of corrections: whether a correction is right, given how often the text has errors.

The ranker learns from text full of errors. In a manual, one word in a thousand is misspelt, and most words that look
misspelt are names and terms. So the evidence for each correction is weighed against the density of errors in its text,
which is unknown, and inferred from the corrections themselves.
"""

import torch
from torch import Tensor, nn

# What each fact says, for `explain`: where its value is above the mean of the training data, and where it is below.
# A text must be true of all values on its side that count, also if the correction is wrong. An unknown word has the
# trigram score of any unknown word, often above that of the correction, which does not make it usual.
EVIDENCE = {
    "odds": ("the correction is likelier than the word as typed", "the word as typed is likelier than the correction"),
    "margin": ("no other suggestion comes close", "another suggestion comes close"),
    "context": ("the correction fits the sentence much better", "the correction does not fit the sentence much better"),
    "trigram": (
        "the correction is more usual beside these words",
        "the correction is not more usual beside these words",
    ),
    "left": (
        "the correction is more usual after these words",
        "the correction is not more usual after these words",
    ),
    "right": (
        "the next word is more usual after the correction",
        "the next word is not more usual after the correction",
    ),
    "cost": ("the mistyped letters are an unusual mistake", "the mistyped letters are a usual mistake"),
    "pair": ("a list of misspellings has it", "no list of misspellings has it"),
    "only_pair": ("the lists of misspellings have no other correction", "the lists do not settle the correction"),
    "split": ("the correction adds a space", "the correction adds no space"),
    "join": ("the correction removes a space", "the correction removes no space"),
    "apostrophe": ("only an apostrophe differs", "more than an apostrophe differs"),
    "same_first": ("the first letter is the same", "the first letter differs"),
    "letters": ("the word is long", "the word is short"),
    "single": ("the word is a single letter", "the word has several letters"),
    "typed_zipf": ("the word as typed is not very rare", "the word as typed is very rare"),
    "title_inside": ("a capital within the sentence: it may be a name", "the word has no capital within the sentence"),
    "title_start": ("a capital at the start of the sentence", "the word has no capital at the start of a sentence"),
    "upper": ("the word is in capitals: it may be an abbreviation", "the word is not in capitals"),
    "repeats": ("the text has the word several times", "the text does not have the word several times"),
    "repeated": ("the word recurs in the text or is in its file name", "the word does not recur in the text"),
    "suggestion_repeats": ("the text has the correction elsewhere", "the text does not have the correction elsewhere"),
    "vocabulary": ("the word is a technical term", "the word is not an unknown technical term"),
    "typed_phrases": (
        "the word as typed is usual here in technical text",
        "the word as typed is unusual here in technical text",
    ),
    "suggested_phrases": (
        "the correction is usual here in technical text",
        "the correction is unusual here in technical text",
    ),
    "derived": ("the word is derived from a known word", "the word is derived from no known word"),
    "compound": ("the word is a compound of known words", "the word is no compound"),
    "listed": ("the word is a frequent name or term", "the word is no frequent name or term"),
    "glued": ("the word is part of an identifier, option or path", "white space or punctuation surrounds the word"),
    "quoted": ("the word is quoted", "the word is not quoted"),
    "symbols": ("the line has digits or symbols, as code has", "the line has few digits or symbols"),
    "whole": ("the sentence is whole", "the sentence is not whole: a heading, a cell or an item"),
    "english": ("common English words are near", "few common English words are near"),
    "usual": ("most words near it are usual", "many words near it are unusual"),
    "unknown": ("other unknown words are near", "few unknown words are near"),
    "foreign": ("words of another language are near", "no words of another language are near"),
    "unknown_in_text": ("many words of the text are unknown", "few words of the text are unknown"),
    "beside_title": ("a capitalised word is next to it", "no capitalised word is next to it"),
    "lower_sentence": ("the sentence has no capitals", "the sentence has capitals"),
    "upper_sentence": ("the sentence is in capitals", "the sentence is not in capitals"),
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
