"""The words of file names."""

from typing import Any

import pytest
import spacy

from docsight.components.file_names import file_name_words

NLP = spacy.blank("en")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (None, set()),
        ("theirs", set()),
        ({}, set()),
        ({"path": "manuals/Recoll-guide_v2.TXT", "part": ""}, {"recoll", "guide", "txt"}),
        ({"path": "all.zip", "part": "old/recoll/a.md"}, {"all", "zip"}),
        ({"path": "all.zip", "part": "old/recoll/"}, {"all", "zip", "recoll"}),
        ({"path": "table.csv", "part": "12"}, {"table", "csv"}),
        ({"path": "été2024.txt", "part": None}, {"été", "txt"}),
        ({"path": 5, "part": ["x"]}, set()),
    ],
)
def test_file_name_words_are_those_of_the_last_components(source: Any, words: set[str]) -> None:
    doc = NLP.make_doc("text")
    doc._.source = source
    assert file_name_words(doc) == words
