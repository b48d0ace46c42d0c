"""Files of other tools that are recognized: read by their content, or refused with what to do instead."""

import json
from pathlib import Path

import pytest
from datasets import ClassLabel, Dataset, DatasetDict, Features, List, Value

from docsight.errors import DataError
from docsight_training.data.ner.corpora import Corpus, CorpusFormat, read_corpus
from docsight_training.data.ner.formats.recognition import recognize
from docsight_training.data.ner.formats.registry import ReadSettings

WEBANNO = """#FORMAT=WebAnno TSV 3.3
#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|identifier|value


#Text=Ada left.
1-1\t0-3\tAda\t_\tPER\t
1-2\t4-8\tleft\t_\t_\t
"""
CAS = {"%TYPES": {}, "%FEATURE_STRUCTURES": [{"%ID": 1, "sofaString": "Ada left."}], "%VIEWS": {}}
SPACY_2 = [{"id": 0, "paragraphs": [{"raw": "Ada", "sentences": [{"tokens": [{"orth": "Ada", "ner": "U-PER"}]}]}]}]
BDOC = {"annotation_sets": {"": {"annotations": []}}, "text": "Ada left.", "features": {}, "offset_type": "p"}
TAGTOG = {"annotatable": {"parts": ["s1v1"]}, "anncomplete": True, "entities": [], "relations": []}
GLINER = [{"tokenized_text": ["Ada", "left"], "ner": [[0, 0, "person"]]}]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "a.tsv",
            WEBANNO,
            r"formats that can be read\. It is WebAnno TSV, .*Export the document as CoNLL 2002",
        ),
        (
            "a.json",
            json.dumps(CAS),
            r"formats that can be read\. It is UIMA CAS JSON, .*Export the document as CoNLL 2002",
        ),
        (
            "a.xmi",
            '\ufeff<?xml version="1.0"?>\n<xmi:XMI xmi:version="2.0"/>',
            r"formats that can be read\. It is UIMA CAS XMI",
        ),
        (
            "a.xml",
            '<?xml version="1.0"?><GateDocument version="3"/>',
            r"formats that can be read\. It is the XML of GATE\. Write a JSON line",
        ),
        (
            "a.json",
            json.dumps(BDOC),
            r"formats that can be read\. It is the bdocjs of GATE\. Write a JSON line",
        ),
        (
            "a.xml",
            "<?xml version='1.0'?>\n<text>Ada</text>",
            r"formats that can be read\. It is XML\. Write a JSON line",
        ),
        (
            "a.json",
            json.dumps(SPACY_2),
            r"formats that can be read\. It is the JSON of spaCy 2\. Convert it: python -m spacy convert",
        ),
        ("a.json", json.dumps(TAGTOG), r"formats that can be read\. It is the ann\.json of tagtog"),
        ("a.json", json.dumps(GLINER), r"formats that can be read\. It is the JSON of GLiNER"),
        (
            "a.py",
            "TRAIN_DATA = [('Ada', {'entities': [(0, 3, 'PER')]})]\n",
            r"formats that can be read\. It is Python code\. .*json\.dump",
        ),
        (
            "a.xlsx",
            "PK\x03\x04",
            r"formats that can be read\. It is a spreadsheet\. Save the sheet as CSV",
        ),
        ("a.zip", "PK\x03\x04", r"found an archive or a compressed file\. Unpack it first"),
        ("a.json", "[" * 100_000, r"line 1: it is nested too deeply"),
        ("a.json", "[]", r"expected rows with 'text'.*; found no row\."),
        ("a.json", "{}", r"; found \{\}\."),
        (
            "a.txt",
            "Ada,B-PER\nleft,O\n",
            r"in none of the formats that can be read\. It begins with 'Ada,B-PER'\. data\.source",
        ),
    ],
)
def test_files_that_are_not_read_have_advice(tmp_path: Path, name: str, content: str, message: str):
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        recognize(tmp_path / name, ReadSettings())


@pytest.mark.parametrize(
    ("content", "source"),
    [
        ("< O\nAda B-PER\n> O\n", "conll"),
        ('text\tid\tlabel\nAda left\t1\t"[{""start"":0,""end"":3,""labels"":[""PER""]}]"\n', "csv"),
        ("text|start|end|label\nAda left|0|3|PER\n", "csv"),
        (json.dumps({"text": "Ada", "paragraphs": 1, "spans": []}) + "\n", "offsets"),
    ],
)
def test_content_counts_and_not_the_suffix(tmp_path: Path, content: str, source: str):
    (tmp_path / "a.tsv").write_text(content)
    assert recognize(tmp_path / "a.tsv", ReadSettings()) == source


def test_folder_of_save_to_disk_is_read_with_the_names_of_its_tags(tmp_path: Path):
    names = ClassLabel(names=["O", "B-PER"])
    features = Features({"tokens": List(Value("string")), "ner_tags": List(names)})
    rows = Dataset.from_dict({"tokens": [["Ada", "left"]], "ner_tags": [[1, 0]]}, features=features)
    rows.save_to_disk(tmp_path / "one")
    DatasetDict({"train": rows, "validation": rows}).save_to_disk(tmp_path / "splits")
    for folder, role in (("one", "train"), ("splits", "train"), ("splits", "validation")):
        (document,) = read_corpus("own", Corpus(), role, CorpusFormat(path=str(tmp_path / folder)))
        assert [tuple(span) for span in document.sentences[0].spans] == [(0, 1, "PER")]
    (tmp_path / "a.jsonl").write_text(json.dumps({"tokens": ["Ada"], "ner_tags": [1]}))
    with pytest.raises(DataError, match=r"found 1 at token 1\. Replace numbers of classes by their names"):
        read_corpus("own", Corpus(), "train", CorpusFormat(path=str(tmp_path / "a.jsonl")))
