"""CoNLL-U with entities."""

from pathlib import Path

import pytest

from docsight.errors import DataError
from docsight_training.data.ner.corpora import Corpus, CorpusFormat, read_corpus
from docsight_training.data.ner.findings import Findings


def _read(path: Path, **options: str) -> list[tuple[list[str], list[tuple[str, str]]]]:
    findings = Findings()
    documents = read_corpus("own", Corpus(), "train", CorpusFormat(path=str(path), **options), findings)
    assert not findings.all
    return [
        (s.tokens, [(label, " ".join(s.tokens[start:end])) for start, end, label in s.spans])
        for document in documents
        for s in document.sentences
    ]


def _conllu(*rows: str) -> str:
    return "\n".join("\t".join(row.split()) for row in rows)


def test_conllu_has_entities_in_misc_or_in_one_more_column(tmp_path: Path):
    head = "# newdoc id = d1\n# sent_id = 1\n# text = (Ada) left\n"
    tail = "_ _ PUNCT _ _ 0 _ _"
    ranges, empty = f"2-3 Ada) {tail.replace('_ _ PUNCT', '_ _')} _", "4.1 gone _ _ _ _ _ _ _ _"
    misc = _conllu(
        f"1 ( {tail[2:]} SpaceAfter=No|NER=O",
        f"{ranges}",
        f"2 Ada {tail[2:]} NER=B-PER|SpaceAfter=No",
        f"3 ) {tail[2:]} _",
        f"4 left {tail[2:]} NER=O",
        empty,
    )
    (tmp_path / "a.conllu").write_text(head + misc + "\n\n")
    column = _conllu(
        f"1 ( {tail[2:]} _ O", f"2 Ada {tail[2:]} _ B-PER", f"3 ) {tail[2:]} _ O", f"4 left {tail[2:]} _ O"
    )
    (tmp_path / "b.conllup").write_text(column + "\n")
    expected = [(["(", "Ada", ")", "left"], [("PER", "Ada")])]
    assert _read(tmp_path / "a.conllu") == _read(tmp_path / "b.conllup") == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1\tAda\tB-PER\n", r"line 1: expected the ten columns of CoNLL-U, separated by tabs; found 3"),
        (_conllu("1 Ada _ _ _ _ _ _ _ _") + "\n", r"no token has an entity; expected NER=B-LABEL.*more column\.$"),
        (_conllu("1 Ada _ _ _ _ _ _ _ name=Ada") + "\n", r"no token has an entity; .*found 'Ada' in name of MISC"),
        (
            _conllu("1 Ada _ _ _ _ _ _ _ Entity=(1-person-1-new-coref)") + "\n",
            r"more column; found '\(1-person-1-new-coref\)' in Entity of MISC\.",
        ),
    ],
)
def test_conllu_without_entities_or_columns_is_refused(tmp_path: Path, text: str, message: str):
    (tmp_path / "a.conllu").write_text(text)
    with pytest.raises(DataError, match=message):
        _read(tmp_path / "a.conllu", source="conllu")


@pytest.mark.parametrize(
    ("first", "second", "third"),
    [
        ("NER=b-per", "NER=i-per", "NER=o"),
        ("NER=PER", "NER=PER", "_"),
        ("NER=per", "SpaceAfter=No|NER=per", "NER=O"),
        ("ner=PER-B", "ner=PER-I", "ner=O"),
        ("name=Ada|NE=B-PER", "NE=I-PER", "name=left"),
        ("B-PER", "I-PER", "SpaceAfter=No"),
    ],
)
def test_tags_of_misc_may_have_any_form(tmp_path: Path, first: str, second: str, third: str):
    head = "_ _ _ _ 0 _ _"
    rows = _conllu(f"1 Ada {head} {first}", f"2 Lovelace {head} {second}", f"3 left {head} {third}")
    (tmp_path / "a.conllu").write_text(rows + "\n")
    ((tokens, spans),) = _read(tmp_path / "a.conllu")
    assert tokens == ["Ada", "Lovelace", "left"]
    assert [(label.upper(), text) for label, text in spans] == [("PER", "Ada Lovelace")]
