"""The words, trigrams and misspellings of a domain, from its texts alone."""

import json
import random
from pathlib import Path

import pytest
import torch

from docsight.bundle import load_folder
from docsight.errors import DataError
from docsight.spelling.lexicon.dictionary import Dictionary
from docsight_training.data.speller.domain_checks import check_words, effect_warnings
from docsight_training.data.speller.domain_mistakes import Planted, make_domain_noise, plant_misspellings
from docsight_training.data.speller.domain_text import (
    DomainCounts,
    count_words,
    read_documents,
    split_documents,
    split_sentences,
)
from docsight_training.data.speller.domain_trigrams import mix_trigrams
from docsight_training.data.speller.domain_words import AdaptedTables, adapt_words
from docsight_training.data.speller.open_text import Paragraph
from docsight_training.data.speller.tables import trigram_ids

TEXTS = [f"We read the zygote story number {n} there. Then the Quagga will grow in the house." for n in range(12)]


@pytest.fixture
def speller(tiny_speller: Path):
    return load_folder(tiny_speller, kind="speller")


def _adapt(speller, texts: list[str], **options: int) -> AdaptedTables:
    network, words = speller.network, speller.vocabularies["words"]
    counts = count_words(texts, Dictionary(words, network.lexicon, pairs=network.pairs))
    tables = {"lexicon": network.lexicon, "pairs": network.pairs, "confusions": network.confusions}
    return adapt_words(counts, words=words, **tables, **{"min_documents": 2, "min_count": 3, **options})


def test_adapt_words_learns_words_of_several_documents_and_keeps_ids(speller):
    adapted = _adapt(speller, [*TEXTS, "A blorf and a blorf and a blorf."])
    assert set(adapted.learned) == {"zygote", "quagga"}
    old = speller.vocabularies["words"].entries
    assert list(adapted.words.entries[: len(old)]) == list(old)
    dictionary = Dictionary(adapted.words, adapted.lexicon)
    assert dictionary.own_case(adapted.words.id("quagga")) == "Quagga"
    assert dictionary.own_case(adapted.words.id("zygote")) == "zygote"


def test_adapt_words_refuses_what_looks_like_a_misspelling(speller):
    texts = [f"They think about the {word} here." for word in ["hoouse"] * 3 + ["house"] * 40 + ["teh"] * 9]
    adapted = _adapt(speller, [f"{text} {number}" for number, text in enumerate(texts)])
    assert ("hoouse", "house") in adapted.refused
    assert not {"hoouse", "teh"} & set(adapted.learned)


def test_mix_trigrams_raises_what_the_domain_says_and_keeps_the_rest(speller):
    adapted = _adapt(speller, TEXTS)
    ids = trigram_ids([Paragraph("domain", split_sentences(text)) for text in TEXTS], adapted.words)
    old, mixed = speller.network.trigrams, mix_trigrams(speller.network.trigrams, ids, adapted.lexicon.zipf)

    def score(model, *words: str) -> float:
        return float(model.log_prob(*(torch.tensor([adapted.words.id(word)]) for word in words)))

    assert score(mixed, "the", "zygote", "story") > -1
    assert score(mixed, "read", "the", "house") < score(mixed, "in", "the", "house")
    assert score(mixed, "it", "is", "the") == pytest.approx(score(old, "it", "is", "the"))


def test_planted_misspellings_are_recorded_and_reproducible(speller):
    noise = make_domain_noise(speller.network, speller.vocabularies["words"], speller.network.lexicon)
    planted = plant_misspellings(TEXTS, noise, random.Random(1), rate=0.3)
    assert planted == plant_misspellings(TEXTS, noise, random.Random(1), rate=0.3)
    assert sum(len(noisy.meant) for noisy in planted) > 5
    for text, noisy in zip(TEXTS, planted, strict=True):
        restored = noisy.text
        for (start, end), meant in reversed(noisy.meant.items()):
            restored = restored[:start] + meant + restored[end:]
        assert restored == text


def test_read_documents_takes_rows_files_and_paragraphs(tmp_path: Path):
    (tmp_path / "rows.jsonl").write_text("\n".join(json.dumps({"body": text}) for text in TEXTS))
    (tmp_path / "rows.json").write_text(json.dumps([{"body": text} for text in TEXTS], indent=1))
    (tmp_path / "one.txt").write_text("\n\n".join(TEXTS))
    folder = tmp_path / "folder"
    folder.mkdir()
    for number, text in enumerate(TEXTS):
        (folder / f"{number:02}.txt").write_text(text)
    names = ("rows.jsonl", "rows.json", "one.txt", "folder")
    assert [read_documents(str(tmp_path / name), column="body") for name in names] == [TEXTS] * 4


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"text": null}', "line 1: expected a string, or an object with the text in 'text'; found null in 'text'"),
        ('["a", {"text": 1}]', "row 2: expected a string, .*; found int in 'text'"),
        ('{"body": 1}\n', "line 1: expected a string, or an object with the text in 'text'"),
        ("{\n", "line 1: expected JSON"),
        ("", "found 0"),
    ],
)
def test_read_documents_says_what_is_wrong(tmp_path: Path, content: str, message: str):
    (tmp_path / "rows.jsonl").write_text(content)
    with pytest.raises(DataError, match=message):
        read_documents(str(tmp_path / "rows.jsonl"), column="text")
    with pytest.raises(DataError, match="there is none"):
        read_documents(str(tmp_path / "absent"), column="text")


def test_read_documents_lists_files_that_are_not_read(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    for number, text in enumerate(TEXTS):
        (tmp_path / f"{number:02}.txt").write_text(text)
    assert len(read_documents(str(tmp_path), column="text")) == len(TEXTS)
    assert not caplog.messages
    (tmp_path / "report.docx").write_bytes(b"PK\x03\x04")
    assert len(read_documents(str(tmp_path), column="text")) == len(TEXTS)
    assert caplog.messages[0].startswith(f"{tmp_path}: files that are not read: report.docx. `docsight process`")
    with pytest.raises(
        DataError, match=r"report\.docx: expected plain text or JSON lines\. `docsight process` extracts"
    ):
        read_documents(str(tmp_path / "report.docx"), column="text")


@pytest.mark.parametrize(("total", "warned"), [(9, None), (30, True), (60, False)])
def test_texts_whose_words_do_not_count_are_refused_or_warned_of(total: int, warned: bool | None):
    texts = ["hundred words " * 50]
    if warned is None:
        with pytest.raises(DataError, match=r"in the language of the speller.*found 9 such words among 100"):
            list(check_words(DomainCounts(total=total), texts))
    else:
        assert bool(list(check_words(DomainCounts(total=total), texts))) == warned


@pytest.mark.parametrize(
    ("before", "after", "num_planted", "words"),
    [
        ((1, 0, 0, 0.8), (0, 0, 0, 0.8), 100, []),
        ((300, 0, 0, 0.8), (0, 0, 0, 0.8), 100, ["would correct 300 of 10,000 words"]),
        ((1, 0, 0, 0.8), (0, 0, 0, 0.5), 9, ["corrects 50% of the planted", "only 9 planted"]),
    ],
)
def test_effect_of_an_adaptation_is_warned_of(before, after, num_planted: int, words: list[str]):
    found = list(effect_warnings(Planted(*before), Planted(*after), num_planted=num_planted))
    assert len(found) == len(words)
    assert all(each in warning for each, warning in zip(words, found, strict=True))


def test_split_documents_uses_each_document_once():
    split = split_documents(TEXTS, refit=0.2, test=0.2, seed=1)
    assert sorted([*split.words, *split.refit, *split.test]) == sorted(TEXTS)
    assert split == split_documents(TEXTS, refit=0.2, test=0.2, seed=1)
