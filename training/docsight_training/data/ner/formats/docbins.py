"""spaCy's DocBins."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from docsight.errors import DataError
from docsight_training.data.ner.findings import FindingKind, Findings
from docsight_training.data.ner.formats.annotated import AnnotatedText, CharSpan

if TYPE_CHECKING:
    from spacy.tokens import Span

_DOCUMENT_KEY = "doc_id"  # in the user data of a Doc


def read_docbin(path: Path, findings: Findings) -> Iterator[AnnotatedText]:
    """Read the entities of Docs. A Doc is a document, unless its user data name one that it is a part of.

    Raises:
        DataError: The file is not a DocBin.
    """
    import spacy
    from spacy.tokens import DocBin

    try:
        docs = DocBin(store_user_data=True).from_disk(path).get_docs(spacy.blank("xx").vocab)
        for number, doc in enumerate(docs, start=1):
            tokens = [(token.idx, token.idx + len(token)) for token in doc if not token.is_space]
            spans = [found for span in doc.ents if (found := _trim(span, f"{path.name}, Doc {number}", findings))]
            for key, group in doc.spans.items():
                if group and not doc.ents:
                    shown = f"doc.spans[{key!r}]: {', '.join(f'{span.text} ({span.label_})' for span in group)[:60]}"
                    findings.add(FindingKind.SPAN_GROUP, f"{path.name}, Doc {number}", shown)
            document = doc.user_data.get(_DOCUMENT_KEY) or f"{path.stem}-{number}"
            yield AnnotatedText(doc.text, spans, f"{path.name}, Doc {number}", document, tokens)
    except (ValueError, OSError, KeyError, TypeError) as err:
        raise DataError(f"{path}: cannot be read as a spaCy DocBin: {err}") from err


def _trim(span: "Span", place: str, findings: Findings) -> CharSpan | None:
    """Return a span without tokens of white space at its ends; None if there are no others."""
    words = [token for token in span if not token.is_space]
    if len(words) < len(span) and (not words or span[0].is_space or span[-1].is_space):
        kind = FindingKind.PADDED if words else FindingKind.EMPTY
        findings.add(kind, place, f"{span.text!r} ({span.label_})")
    return CharSpan(words[0].idx, words[-1].idx + len(words[-1]), span.label_) if words else None


def write_docbin(path: Path, texts: Iterable[AnnotatedText]) -> None:
    import spacy
    from spacy.tokens import Doc, DocBin, Span

    vocab = spacy.blank("xx").vocab
    docbin = DocBin(store_user_data=True)
    for text in texts:
        tokens = text.tokens or ()
        following = [*(start for start, _ in tokens), len(text.text)][1:]
        spaces = [end < start for (_, end), start in zip(tokens, following, strict=True)]
        doc = Doc(vocab, words=text.words(), spaces=spaces)
        doc.set_ents([Span(doc, start, end, label=label) for start, end, label in text.token_spans()])
        if text.document is not None:
            doc.user_data[_DOCUMENT_KEY] = text.document
        docbin.add(doc)
    docbin.to_disk(path)
