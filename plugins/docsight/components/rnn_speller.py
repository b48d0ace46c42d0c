"""`rnn_speller`: misspelt words and what was meant, beside the text, which stays as it is."""

import copy
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.vocab import Vocab as SpacyVocab
from torch import nn

from docsight import attributes
from docsight.bundle import Bundle
from docsight.components.base import NetworkPipe
from docsight.components.protection import Protection, is_one_token
from docsight.components.user_words import check_words, format_words, parse_words, read_words
from docsight.corrections import score_corrections
from docsight.errors import ConfigError
from docsight.spelling.correction.corrector import Correction, Corrector
from docsight.spelling.keystrokes.generation import generate
from docsight.spelling.keystrokes.session import Session
from docsight.spelling.keystrokes.trigram_rescorer import TrigramRescorer
from docsight.spelling.keystrokes.typing_model import TypingModel
from docsight.spelling.lexicon.dictionary import LISTED, USER_ZIPF
from docsight.spelling.lexicon.tables import DICTIONARY, ZIPF_STEPS, Lexicon
from docsight.spelling.model import Speller
from docsight.spelling.tokens import is_key, key_of
from docsight.vocab import Vocab

# The score from which a correction is applied, by setting; what each reaches: docs/spelling.md.
THRESHOLDS = {"precise": 0.8, "balanced": 0.6, "eager": 0.3}
DIALECTS = ("auto", "us", "uk")
CONTEXT, UNKNOWN_WORD = REASONS = ("context", "unknown_word")
USER_WORDS = "user_words.txt"


@Language.factory(
    "rnn_speller",
    assigns=[
        "doc._.corrections",
        "doc._.corrected_text",
        "doc._.offset_map",
        "token._.is_misspelled",
        "token._.suggestion",
        "token._.suggestions",
    ],
    default_config={
        "model": "rnn_speller",
        "device": "auto",
        "setting": "balanced",
        "threshold": None,
        "dialect": "auto",
        "protect": {"words": [], "patterns": [], "entities": []},
        "user_words": [],
        "user_words_path": None,
    },
    default_score_weights={
        "corrections_f05": 1.0,
        "corrections_p": 0.0,
        "corrections_r": 0.0,
        "detections_f05": 0.0,
        "detections_p": 0.0,
        "detections_r": 0.0,
    },
)
def make_rnn_speller(
    nlp: Language,
    name: str,
    model: str,
    device: str,
    setting: str,
    threshold: float | None,
    dialect: str,
    protect: dict[str, list[str]],
    user_words: list[str],
    user_words_path: str | None,
) -> "RnnSpeller":
    """Make the component; the weights, and the file of words, are read on first use."""
    return RnnSpeller(
        nlp.vocab,
        name,
        model=model,
        device=device,
        lang=nlp.lang or "",
        setting=setting,
        threshold=threshold,
        dialect=dialect,
        protect=protect,
        user_words=user_words,
        user_words_path=user_words_path,
    )


class RnnSpeller(NetworkPipe):
    """Write the misspelt words of Docs, with what was probably meant, to `doc._.corrections`; the text stays.

    Args:
        vocab: The vocabulary of the pipeline.
        name: The component's name in the pipeline.
        setting: How sure a correction must be to be applied: precise, balanced or eager.
        threshold: The least score of a correction that is applied, from 0 to 1, in place of the setting's.
        dialect: Which English is right: us, uk, or auto, which sees for each Doc.
        protect: What is left alone: `words` (in any case, unless they have capitals), `patterns` (regular
            expressions), and `entities`, the labels of those in `doc.ents`; "*" is any label.
        user_words: Words that are right, and that may be suggested; one with capitals in this form alone.
        user_words_path: A file with more of them in UTF-8, one a line; lines that begin with # are left out.
        options: model, device, lang; see `NetworkPipe`.
    """

    kind = "speller"
    settings = ("setting", "threshold", "dialect", "protect", "user_words")
    own_names = (USER_WORDS,)

    def __init__(
        self,
        vocab: SpacyVocab,
        name: str = "rnn_speller",
        *,
        setting: str = "balanced",
        threshold: float | None = None,
        dialect: str = "auto",
        protect: Mapping[str, Sequence[str]] | None = None,
        user_words: Iterable[str] = (),
        user_words_path: str | Path | None = None,
        **options: Any,
    ) -> None:
        self.name = name
        self.setting = setting
        self.threshold = threshold
        self.dialect = dialect
        self._protection = Protection(name, protect or {})
        self._user_words = check_words(user_words, f"{name}: user_words")
        self._user_words_path = user_words_path  # None once its words were read, or replaced
        self._phrases = Protection(name, {})  # those of the words of the user that are more than one word
        self._corrector: Corrector | None = None
        self._typing_model: TypingModel | None = None
        super().__init__(vocab, name, **options)

    @property
    def setting(self) -> str:
        """How sure a correction must be to be applied: precise, balanced or eager."""
        return self._setting

    @setting.setter
    def setting(self, setting: str) -> None:
        if setting not in THRESHOLDS:
            raise ConfigError(
                f"{self.name}: expected the setting to be one of {', '.join(THRESHOLDS)}; found {setting!r}."
            )
        self._setting = setting

    @property
    def threshold(self) -> float | None:
        """The least score of a correction that is applied; None for that of the setting."""
        return self._threshold

    @threshold.setter
    def threshold(self, threshold: float | None) -> None:
        is_number = isinstance(threshold, int | float) and not isinstance(threshold, bool)
        if threshold is not None and not (is_number and 0 <= threshold <= 1):
            raise ConfigError(f"{self.name}: expected a threshold from 0 to 1, or None; found {threshold!r}.")
        self._threshold = threshold

    @property
    def dialect(self) -> str:
        """Which English is right: auto, us or uk."""
        return self._dialect

    @dialect.setter
    def dialect(self, dialect: str) -> None:
        if dialect not in DIALECTS:
            raise ConfigError(
                f"{self.name}: expected the dialect to be one of {', '.join(DIALECTS)}; found {dialect!r}."
            )
        self._dialect = dialect

    @property
    def labels(self) -> tuple[str, ...]:
        """The reasons for which a word is flagged."""
        return REASONS

    @property
    def protect(self) -> dict[str, list[str]]:
        """What is left alone, as the config has it."""
        return self._protection.protect

    @property
    def user_words(self) -> tuple[str, ...]:
        """The words of the user: of the config, of the file, and those added since.

        Raises:
            ConfigError: The file cannot be read.
        """
        if self._user_words_path is not None:
            found = read_words(Path(self._user_words_path).expanduser(), f"{self.name}: user_words_path")
            self._user_words, self._user_words_path = tuple(dict.fromkeys([*self._user_words, *found])), None
        return self._user_words

    def add_user_words(self, words: Iterable[str]) -> None:
        """Take more words to be right."""
        self._set_user_words([*self.user_words, *check_words(words, f"{self.name}.add_user_words")])

    def remove_user_words(self, words: Iterable[str]) -> None:
        """Take words back, as they were added; those that are no words of the user are passed over."""
        gone = set(check_words(words, f"{self.name}.remove_user_words"))
        self._set_user_words([word for word in self.user_words if word not in gone])

    @property
    def corrector(self) -> Corrector:
        """What corrects, without spaCy; made at the first call, which takes a second or two.

        Raises:
            BundleError: The model is missing or damaged.
            ConfigError: The file with the words of the user cannot be read.
        """
        # As the model, two threads may both make it.
        corrector = self._corrector
        if corrector is None:
            loaded = self.bundle
            corrector = Corrector(cast(Speller, loaded.network), loaded.vocabularies, device=self.device)
            self._teach(corrector)
        return corrector

    def session(self, context: str = "", *, completions: int = 5) -> Session:
        """Start a session in which letters are typed one by one.

        Args:
            context: What stands before the first letter.
            completions: How many completions each keystroke brings.
        """
        typing_model = self._typing_model
        if typing_model is None:
            loaded = self.bundle
            speller, vocab = cast(Speller, loaded.network), loaded.vocabularies["words"]
            words, zipf = usual_words(vocab, speller.lexicon, self.user_words)
            rescorer = TrigramRescorer(speller.trigrams, speller.lexicon, vocab)
            typing_model = TypingModel(speller.typing, speller.letters, words, zipf, rescorer=rescorer)
            self._typing_model = typing_model
        return Session(typing_model, context, completions=completions)

    def generate(self, prefix: str = "", *, length: int = 200, temperature: float = 0.7, seed: int = 0) -> str:
        """Continue a text; arguments as for `docsight.spelling.keystrokes.session.generate`."""
        network = cast(Speller, self.bundle.network).typing
        return generate(network, prefix, length=length, temperature=temperature, seed=seed)

    def predict(self, docs: Sequence[Doc]) -> list[list[Correction]]:
        """Return the flagged words of each Doc."""
        texts = [doc.text for doc in docs]
        corrector = self.corrector
        protected = [
            self._protection.spans(doc, text) + self._phrases.spans(doc, text)
            for doc, text in zip(docs, texts, strict=True)
        ]
        return corrector.correct(texts, protected=protected, dialect=self.dialect)

    def set_annotations(self, docs: Sequence[Doc], predictions: Sequence[list[Correction]]) -> None:
        """Write corrections."""
        least = THRESHOLDS[self.setting] if self.threshold is None else self.threshold
        for doc, flags in zip(docs, predictions, strict=True):
            text = doc.text if flags else ""
            attributes.set_corrections(doc, [_row(flag, text[flag.start : flag.end], least) for flag in flags])

    def score(self, examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
        """Score applied corrections against those of the reference Docs; see `score_corrections`."""
        pairs = [(example.predicted, example.reference) for example in examples]
        return score_corrections(
            [(attributes.corrections(predicted), attributes.get_corrections(gold)) for predicted, gold in pairs]
        )

    def own_files(self) -> dict[str, bytes]:
        """Return the words of the user as a file."""
        return {USER_WORDS: format_words(self.user_words)}

    def take_files(self, files: Mapping[str, bytes]) -> None:
        """Take the words of the user from a model folder; where it has none, those of the config stay."""
        if USER_WORDS in files:
            self._user_words_path = None
            self._set_user_words(parse_words(files[USER_WORDS], f"{self.name}: {USER_WORDS}"))

    def _set_user_words(self, words: Iterable[str]) -> None:
        self._user_words = tuple(dict.fromkeys(words))
        self._typing_model = None
        if self._corrector is not None:
            # A thread that is at work goes on with the words that it began with.
            self._teach(copy.copy(self._corrector))

    def _teach(self, corrector: Corrector) -> None:
        """Tell a corrector the words of the user, and take it into use."""
        words = self.user_words
        corrector.set_user_words(word for word in words if is_one_token(word))
        self._phrases = Protection(self.name, {"words": [word for word in words if not is_one_token(word)]})
        self._corrector = corrector

    def _install(self, loaded: Bundle) -> None:
        super()._install(loaded)
        self._corrector = self._typing_model = None

    def _place(self, network: nn.Module, about: Mapping[str, Any]) -> None:
        # All else is looked up, or read letter by letter: quicker where the texts are.
        speller = cast(Speller, network)
        speller.context.to(self.device)
        speller.ranker.to(self.device)


def usual_words(vocab: Vocab, lexicon: Lexicon, user_words: Iterable[str]) -> tuple[list[str], np.ndarray]:
    """Return the words that a session completes, and their Zipf frequencies: proven ones, and the user's."""
    zipf = lexicon.zipf.cpu().numpy()[2:] / np.float32(ZIPF_STEPS)
    proven = ((lexicon.sources.cpu().numpy()[2:] & int(DICTIONARY)) > 0) | (zipf >= LISTED)
    words = [vocab.entries[at] for at in np.flatnonzero(proven)]
    fresh = sorted({key for key in map(key_of, user_words) if is_key(key)}.difference(words))
    return [*words, *fresh], np.concatenate([zipf[proven], np.full(len(fresh), USER_ZIPF, np.float32)])


def _row(flag: Correction, typed: str, least: float) -> dict[str, Any]:
    """Return the row of `doc._.corrections` for a flagged word: plain types, for `Doc.to_bytes`."""
    return {
        "start": int(flag.start),
        "end": int(flag.end),
        "text": typed,
        "suggestion": flag.suggestions[0][0] if flag.suggestions else typed,
        "suggestions": [[word, float(probability)] for word, probability in flag.suggestions],
        "score": float(flag.score),
        "reason": CONTEXT if flag.known else UNKNOWN_WORD,
        "applied": bool(flag.suggestions) and float(flag.score) >= least,
    }
