"""The texts of a review: read from files with or without annotations, and what a model finds in them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from docsight.bundle import find_model, load_folder
from docsight.components.rnn_ner import RnnNer
from docsight.documents.pipeline import Pipeline
from docsight.errors import ConfigError, DataError
from docsight.tags import TagSpan
from docsight_training.data.ner.annotation_files import find_annotations, is_readable
from docsight_training.data.ner.findings import Findings
from docsight_training.data.ner.formats.annotated import AnnotatedText
from docsight_training.data.ner.formats.json_rows import read_json_rows
from docsight_training.data.ner.formats.offsets import decode_row
from docsight_training.data.ner.formats.recognition import read_annotations, recognize
from docsight_training.data.ner.formats.registry import AUTO, ReadSettings
from docsight_training.data.ner.span_alignment import align_spans, clean_spans
from docsight_training.data.splits import ROLES, require
from docsight_training.data.text_files import PLAIN_TEXT_SUFFIXES, read_text

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

MIN_POSTERIOR = 0.02  # of the spans that the model is asked for
_SPANS_KEY = "review"


@dataclass(frozen=True)
class ReviewText:
    """A text, what its annotation says, and what the model says.

    Args:
        text: The text, with its place and the id of its document.
        tokens: (start, end) of each token, in characters.
        gold: The annotated spans in tokens, which do not overlap.
        entities: The spans of the model's best tag sequence in tokens, which do not overlap.
        posteriors: The probability of each span that the model finds at all likely, overlapping ones too.
    """

    text: AnnotatedText
    tokens: Sequence[tuple[int, int]]
    gold: Sequence[TagSpan]
    entities: Sequence[TagSpan]
    posteriors: dict[TagSpan, float]


def read_review_texts(path: Path, source: str, settings: ReadSettings, findings: Findings) -> list[AnnotatedText]:
    """Read annotated texts, all splits of them, or texts without annotation.

    Args:
        path: A file, or a folder: of annotations in a format of `docsight-train check`, of JSON rows with a text
            alone, or of plain text.
        source: A format, or auto.
        settings: How annotations are read.
        findings: Receives what is left out.

    Raises:
        DataError: The path does not exist, has no text, or cannot be read.
    """
    require(path)
    plain = _plain_files(path, settings) if source == AUTO else []
    if plain:
        # The name of a file alone, as in other places; the id tells files of the same name in several folders apart.
        folder = path if path.is_dir() else path.parent
        return [AnnotatedText(read_text(file), [], file.name, file.relative_to(folder).as_posix()) for file in plain]
    files = [file for role in ROLES for file in find_annotations(path, role, source, settings)]
    texts = [text for file in files for text in _read_rows(file, source, settings, findings)]
    if not texts:
        raise DataError(f"{path}: found no text to review.")
    return texts


def load_recognizer(model: str) -> "tuple[Language, RnnNer]":
    """Load the pipeline that finds spans, and its component, which lists all likely spans.

    Args:
        model: The name of a shipped model, a model folder, or the folder of a pipeline with `rnn_ner`.

    Raises:
        BundleError: There is no such model, or it is damaged.
        ConfigError: The pipeline cannot be loaded, or has no `rnn_ner`.
    """
    import spacy

    if (Path(model).expanduser() / "config.cfg").is_file():
        nlp = Pipeline(path=str(Path(model).expanduser())).load()
        found = next((component for _, component in nlp.pipeline if isinstance(component, RnnNer)), None)
        if found is None:
            raise ConfigError(
                f"{model}: expected a pipeline with the component rnn_ner, whose spans have probabilities; found "
                f"{', '.join(nlp.pipe_names) or 'no component'}."
            )
    else:
        folder = find_model(model)
        nlp = spacy.blank(load_folder(folder, kind="tagger").about.get("lang") or "en")
        found = cast(RnnNer, nlp.add_pipe("rnn_ner", config={"model": str(folder)}))
    found.spans_key, found.min_score = _SPANS_KEY, MIN_POSTERIOR
    found.split_markup = False  # spans are reviewed in the tokens of the annotation
    return nlp, found


def find_spans_to_review(nlp: "Language", texts: Sequence[AnnotatedText], findings: Findings) -> Iterator[ReviewText]:
    """Yield each text with its annotation and what the model finds."""
    docs = [_make_doc(nlp, text) for text in texts]
    for text, doc in zip(texts, nlp.pipe(docs), strict=True):
        words = [token for token in doc if not token.is_space]
        tokens = list(text.tokens or ((word.idx, word.idx + len(word)) for word in words))
        clean = AnnotatedText(text.text, list(clean_spans(text, findings)), text.place, text.document)
        number_of = {word.i: number for number, word in enumerate(words)}
        listed = doc.spans[_SPANS_KEY]
        posteriors = {
            _in_words(span.start, span.end, span.label_, number_of): float(score)
            for span, score in zip(listed, listed.attrs["scores"], strict=True)
        }
        entities = [_in_words(ent.start, ent.end, ent.label_, number_of) for ent in doc.ents]
        yield ReviewText(text, tokens, align_spans(clean, tokens, findings), entities, posteriors)


def _plain_files(path: Path, settings: ReadSettings) -> list[Path]:
    """Return the files of plain text of a path; none if a file of it is annotated."""
    if path.is_file():
        files = [path]
    else:
        files = sorted(file for file in path.rglob("*") if file.is_file() and not file.name.startswith("."))
    if any(file.suffix == ".ann" or is_readable(file, settings) for file in files):
        return []
    return [file for file in files if file.suffix.lower() in PLAIN_TEXT_SUFFIXES]


def _read_rows(file: Path, source: str, settings: ReadSettings, findings: Findings) -> Iterable[AnnotatedText]:
    if source == AUTO:
        source = recognize(file, settings)
    if source != "offsets":
        return read_annotations(file, source, settings, findings)
    # As `read_offsets`, but a file without spans is what a review often begins with.
    rows = (decode_row(row, place, settings.columns, findings) for place, row in read_json_rows(file))
    return (text for text in rows if text is not None)


def _make_doc(nlp: "Language", text: AnnotatedText) -> "Doc":
    """Make the Doc of a text, with its own tokens if it has some."""
    from spacy.tokens import Doc

    if text.tokens is None:
        return nlp.tokenizer(text.text)  # without the limit on characters, which other components need
    following = [start for start, _ in text.tokens][1:]
    spaces = [end < start for (_, end), start in zip(text.tokens, following, strict=False)]
    return Doc(nlp.vocab, words=text.words(), spaces=[*spaces, False][: len(text.tokens)])


def _in_words(start: int, end: int, label: str, number_of: dict[int, int]) -> TagSpan:
    """Return a span of tokens, at least one of them a word, as a span of words: tokens that are not white space."""
    words = [number_of[token] for token in range(start, end) if token in number_of]
    return TagSpan(words[0], words[-1] + 1, label)
