"""The component `rnn_speller`: spelling corrections beside the text, which does not change."""

import copy
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab as SpacyVocab
from torch import nn

from docsight import attributes
from docsight.bundle import Bundle
from docsight.components.base import NetworkPipe, Scorer
from docsight.components.correction_rows import correction_row
from docsight.components.correction_scoring import CORRECTIONS_SCORER
from docsight.components.file_names import file_name_words
from docsight.components.passages import leave_passages_alone, passage_edges
from docsight.components.protection import Protection, is_one_token
from docsight.components.saving import fill_meta
from docsight.components.user_words import UserWords, format_words, parse_words
from docsight.corrections import REASONS, CorrectionRow
from docsight.errors import ConfigError
from docsight.option_checks import is_number
from docsight.spelling.correction.corrector import Correction, Corrector
from docsight.spelling.correction.judging import Reason
from docsight.spelling.keystrokes.completer import TrigramRescorer
from docsight.spelling.keystrokes.layouts import LAYOUTS
from docsight.spelling.keystrokes.session import Session
from docsight.spelling.keystrokes.typing_model import TypingModel, completion_words
from docsight.spelling.model import Speller
from docsight.spelling.tokens import key_of

# The minimum score of an applied correction, by setting. docs/spelling.md has the precision and recall of each.
THRESHOLDS = {"precise": 0.7, "balanced": 0.5, "eager": 0.3}
FLAG = "flag"  # the setting that applies nothing
SETTINGS = (*THRESHOLDS, FLAG)
DIALECTS = ("auto", "us", "uk")
USER_WORDS = "user_words.txt"


class RnnSpeller(NetworkPipe):
    """Writes the misspelled words of Docs and their corrections to `doc._.corrections`; `doc.text` does not change.

    Args:
        vocab: The vocabulary of the pipeline.
        name: The component's name in the pipeline.
        setting: How probable a correction must be to be applied: "precise" (at least 0.7), "balanced" (0.5) or
            "eager" (0.3). With "flag", no correction is applied.
        threshold: The minimum score of an applied correction, from 0 to 1; None for that of the setting.
        dialect: The variety of English: "us", "uk", or "auto" to detect it for each Doc.
        protect: What is not corrected: `words` (if written in lower case here, they are protected in any letter case),
            `patterns` (regular expressions), and `entities` (labels of `doc.ents`, or "*" for all).
        user_words: Additional words that are correct and may be suggested. A word with capitals is correct only as
            written here.
        user_words_path: A UTF-8 file of additional words, one per line; lines that start with # are ignored.
        options: model, device, lang, scorer; see `NetworkPipe`.

    Raises:
        ConfigError: An argument has an invalid value.
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
        self._user_words = UserWords(name, user_words, user_words_path)
        self._phrases = Protection(name, {})  # the user words that are more than one token
        self._corrector: Corrector | None = None
        self._typing_model: TypingModel | None = None
        super().__init__(vocab, name, **options)

    @property
    def setting(self) -> str:
        """Which corrections are applied: "precise", "balanced", "eager" or "flag"."""
        return self._setting

    @setting.setter
    def setting(self, setting: str) -> None:
        self._setting = self._checked("setting", setting, SETTINGS)

    @property
    def threshold(self) -> float | None:
        """The minimum score of an applied correction, or None for that of the setting."""
        return self._threshold

    @threshold.setter
    def threshold(self, threshold: float | None) -> None:
        if threshold is not None and not (is_number(threshold) and 0 <= threshold <= 1):
            raise ConfigError(f"{self.name}: expected a threshold from 0 to 1, or None; found {threshold!r}.")
        self._threshold = threshold

    @property
    def dialect(self) -> str:
        """The variety of English: "auto", "us" or "uk"."""
        return self._dialect

    @dialect.setter
    def dialect(self, dialect: str) -> None:
        self._dialect = self._checked("dialect", dialect, DIALECTS)

    @property
    def labels(self) -> tuple[str, ...]:
        return REASONS

    @property
    def protect(self) -> dict[str, list[str]]:
        """What is not corrected, as in the config."""
        return self._protection.protect

    @property
    def user_words(self) -> tuple[str, ...]:
        """The user words: those of the config and of the file, and those added since.

        Raises:
            ConfigError: The file cannot be read.
        """
        return self._user_words.words

    def add_user_words(self, words: Iterable[str]) -> None:
        """Add user words.

        Args:
            words: Words that are correct and may be suggested. A word with capitals is correct only as written here.

        Raises:
            ConfigError: A word is not a string, is empty, has a line break, or starts with #.
        """
        self._user_words.add(words)
        self._apply_user_words()

    def remove_user_words(self, words: Iterable[str]) -> None:
        """Remove user words, written as they were added; words that were not added are ignored.

        Raises:
            ConfigError: A word is not a string, is empty, has a line break, or starts with #.
        """
        self._user_words.remove(words)
        self._apply_user_words()

    @property
    def corrector(self) -> Corrector:
        """The corrector, which works without spaCy; built on first access, which takes a second or two.

        Raises:
            BundleError: The model is missing or damaged.
            ConfigError: The file of user words cannot be read.
        """
        corrector = self._corrector
        if corrector is not None:
            return corrector
        with self._lock:
            if self._corrector is None:  # another thread may have built it in the meantime
                loaded = self.bundle
                corrector = Corrector(cast(Speller, loaded.network), loaded.vocabularies, device=self.device)
                self._set_corrector(corrector)
            assert self._corrector is not None  # for the type checker
            return self._corrector

    @property
    def typing_model(self) -> TypingModel:
        """The model of typing errors and completions that all sessions share; built on first access.

        Raises the errors of `corrector`.
        """
        typing_model = self._typing_model
        if typing_model is not None:
            return typing_model
        with self._lock:
            if self._typing_model is None:
                speller, vocab = cast(Speller, self.bundle.network), self.bundle.vocabularies["words"]
                words, zipf = completion_words(vocab, speller.lexicon, self.user_words)
                rescorer = TrigramRescorer(speller.trigrams, speller.lexicon, vocab)
                self._typing_model = TypingModel(
                    speller.typing, speller.letters, words, zipf, rescorer=rescorer, technical=speller.technical
                )
            return self._typing_model

    def warm_up(self) -> None:
        """Load the model and build the corrector and the typing model; raises the errors of `corrector`."""
        _ = self.corrector, self.typing_model

    def session(self, context: str = "", *, completions: int = 5, layout: str | None = None) -> Session:
        """Start a typing session, which corrects and completes text letter by letter.

        Args:
            context: The text before the first letter. If it ends within a word, that word is continued.
            completions: The maximum number of completions for each keystroke.
            layout: The keyboard: "qwerty", "azerty", "qwertz" or "dvorak". Half of the wrong letters are then expected
                to be neighbors of the right key. None to expect the errors of lists of misspellings instead.

        Returns:
            A session; its `type`, `accept`, `backspace` and `undo` return a `Keystroke`.

        Raises:
            BundleError: The model is missing or damaged.
            ConfigError: An argument has an invalid value, or the file of user words cannot be read.
        """
        typing_model = self.typing_model
        if layout is not None:
            typing_model = typing_model.with_layout(self._checked("layout", layout, LAYOUTS))
        return Session(typing_model, context, completions=completions)

    def explain(self, doc: Doc, row: CorrectionRow) -> list[Reason]:
        """Return the facts that determine the score of a correction, the strongest first.

        Args:
            doc: A Doc that this component has processed.
            row: One of its `doc._.corrections`.

        Returns:
            For each fact its name (`fact`), a description (`text`), and how much it adds to the log odds that the
            correction is right (`weight`, in nats).

        Raises:
            ConfigError: The row is not a correction of this Doc, or has no suggestion; or the model scores corrections
                without such facts, as those of docsight 0.1.0 do.
        """
        text = doc.text
        return self.corrector.explain(
            text,
            row["start"],
            protected=self._protected_spans(doc, text),
            dialect=self.dialect,
            outside_words=file_name_words(doc),
            sentence_ends=passage_edges(doc),
        )

    def is_listed_misspelling(self, word: str) -> bool:
        """Return whether the lists of misspellings have a word, in any casing; raises the errors of `corrector`."""
        return bool(self.corrector.dictionary.is_listed_misspelling([key_of(word)])[0])

    def generate(self, prefix: str = "", *, length: int = 200, temperature: float = 0.7, seed: int = 0) -> str:
        """Continue a text with the character language model.

        Args:
            prefix: The text to continue; if empty, a new paragraph begins.
            length: The number of characters to add.
            temperature: The randomness: 0 always takes the most probable character, 1 samples from the model's
                probabilities.
            seed: The seed of the random numbers, from 0 to 2**63 - 1.

        Returns:
            The added characters, without the prefix.

        Raises:
            BundleError: The model is missing or damaged.
            ConfigError: An argument has an invalid value.
        """
        network = cast(Speller, self.bundle.network).typing
        return network.generate(prefix, length=length, temperature=temperature, seed=seed)

    def predict(self, docs: Sequence[Doc]) -> list[list[Correction]]:
        texts = [doc.text for doc in docs]
        corrector = self.corrector  # first: building it also sets the phrases that are protected
        return corrector.correct(
            texts,
            protected=[self._protected_spans(doc, text) for doc, text in zip(docs, texts, strict=True)],
            dialect=self.dialect,
            outside_words=[file_name_words(doc) for doc in docs],
            sentence_ends=[passage_edges(doc) for doc in docs],
        )

    def set_annotations(self, docs: Sequence[Doc], predictions: Sequence[list[Correction]]) -> None:
        min_score = THRESHOLDS.get(self.setting, math.inf) if self.threshold is None else self.threshold
        for doc, found in zip(docs, predictions, strict=True):
            text = doc.text if found else ""
            rows = [correction_row(each, text[each.start : each.end], min_score=min_score) for each in found]
            leave_passages_alone(doc, rows)
            attributes.set_corrections(doc, rows)

    def _protected_spans(self, doc: Doc, text: str) -> list[tuple[int, int]]:
        return self._protection.spans(doc, text) + self._phrases.spans(doc, text)

    def own_files(self) -> dict[str, bytes]:
        return {USER_WORDS: format_words(self.user_words)}

    def take_files(self, files: Mapping[str, bytes]) -> None:
        if USER_WORDS in files:
            self._user_words.replace(parse_words(files[USER_WORDS], f"{self.name}: {USER_WORDS}"))
            self._apply_user_words()

    def _checked(self, option: str, value: str, allowed: Iterable[str]) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise ConfigError(f"{self.name}: expected the {option} to be one of {', '.join(allowed)}; found {value!r}.")
        return value

    def _apply_user_words(self) -> None:
        with self._lock:
            self._typing_model = None
            if self._corrector is not None:
                # A thread that is correcting continues with the words that it started with.
                self._set_corrector(copy.copy(self._corrector))

    def _set_corrector(self, corrector: Corrector) -> None:
        words = self.user_words
        corrector.set_user_words(word for word in words if is_one_token(word))
        self._phrases = Protection(self.name, {"words": [word for word in words if not is_one_token(word)]})
        self._corrector = corrector

    def _install(self, loaded: Bundle) -> None:
        super()._install(loaded)
        self._corrector = self._typing_model = None

    def _forget_model(self) -> None:
        super()._forget_model()
        self._corrector = self._typing_model = None

    def _place(self, network: nn.Module, about: Mapping[str, Any]) -> None:
        # The other parts are looked up, or read letter by letter: faster on the CPU.
        speller = cast(Speller, network)
        speller.context.to(self.device)
        speller.ranker.to(self.device)


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
        "scorer": {"@scorers": CORRECTIONS_SCORER},
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
    scorer: Scorer | None,
) -> RnnSpeller:
    """Construct the component. The weights and the file of user words are read on first use."""
    component = RnnSpeller(
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
        scorer=scorer,
    )
    fill_meta(nlp, component)
    return component
