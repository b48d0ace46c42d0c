"""Invalid options: each is refused with an error that names it, before anything is read."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spacy
from spacy.language import Language

from docsight import option_checks
from docsight.documents import Pipeline, ReadOptions, process, read
from docsight.errors import ConfigError

ODD_VALUES = (True, -1, 1.5, math.nan, math.inf, "2", None, [2])


def invalid(name: str, *also_valid: Any) -> list[tuple[str, Any]]:
    return [(name, value) for value in ODD_VALUES if not any(value is valid for valid in also_valid)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *invalid("workers"),
        *invalid("recycle"),
        *invalid("max_chars"),
        *invalid("batch_size"),
        *invalid("memory", None, "2"),
        *invalid("timeout", None, 1.5),
        *invalid("overwrite", True),
        *invalid("retry_failed", True),
        *invalid("fail_fast", True),
        *invalid("reading", None),
        *invalid("on_progress", None),
        *invalid("on_problem", None),
        *invalid("engine"),
        *invalid("formats"),
        *[("memory", value) for value in ("", "G", "4X", "-4G", "0", "1K", "nan", "inf", "4 G B")],
        ("ray_address", ""),
        ("ray_address", 1),
        ("reading", {"ocr": "never"}),
        ("formats", "jsonl,parquet"),
        ("max_chars", 0),
    ],
)
def test_process_refuses_an_invalid_option_by_its_name(tmp_path: Path, name: str, value: Any) -> None:
    options: dict[str, Any] = {"workers": 1, name: value}
    word = "output format|formats" if name == "formats" else name
    with pytest.raises(ConfigError, match=word):
        process(tmp_path, spacy.blank("en"), tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("paths", [None, 3, True, [None], [1.5], b"", [""]])
def test_process_and_read_refuse_what_is_not_a_path(tmp_path: Path, paths: Any) -> None:
    with pytest.raises(ConfigError, match="path"):
        process(paths, spacy.blank("en"), tmp_path / "out")
    with pytest.raises(ConfigError, match="path"):
        read(paths)
    if not isinstance(paths, list):
        with pytest.raises(ConfigError, match="path"):
            process(tmp_path, spacy.blank("en"), paths)


@pytest.mark.parametrize("nlp", [Language, Pipeline, "en_core_web_sm", 3, {}])
def test_process_and_read_refuse_what_is_not_a_pipeline(tmp_path: Path, nlp: Any) -> None:
    with pytest.raises(ConfigError, match="nlp must be a"):
        process(tmp_path, nlp, tmp_path / "out")
    with pytest.raises(ConfigError, match="nlp must be a"):
        read(tmp_path, nlp=nlp)


@pytest.mark.parametrize(
    ("name", "value"), [*invalid("max_chars", None), *invalid("reading", None), *invalid("on_problem", None)]
)
def test_read_refuses_an_invalid_option_by_its_name(tmp_path: Path, name: str, value: Any) -> None:
    options: dict[str, Any] = {name: value}
    with pytest.raises(ConfigError, match=name):
        read(tmp_path, **options)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *invalid("max_bytes"),
        *invalid("max_unpacked"),
        *invalid("max_parts"),
        *invalid("max_depth"),
        *invalid("max_pages"),
        *invalid("ocr"),
        ("text_column", 3),
        ("text_column", ""),
    ],
)
def test_read_options_refuse_an_invalid_value_by_its_name(name: str, value: Any) -> None:
    options: dict[str, Any] = {name: value}
    with pytest.raises(ConfigError, match=name):
        ReadOptions(**options)


def test_pipeline_refuses_components_that_are_one_string() -> None:
    components: Any = "rnn_ner"
    with pytest.raises(ConfigError, match="components must be a tuple"):
        Pipeline(components=components)


@pytest.mark.parametrize(
    ("value", "megabytes"),
    [
        (500, 500),
        ("500", 500),
        ("500M", 500),
        ("4G", 4096),
        ("4 GiB", 4096),
        ("1.5gb", 1536),
        ("2048k", 2),
        ("1T", 1 << 20),
    ],
)
def test_memory_may_have_a_unit(value: int | str, megabytes: int) -> None:
    assert option_checks.megabytes("memory", value) == megabytes


def test_process_takes_memory_with_a_unit_and_numbers_of_numpy(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("fine", encoding="utf-8")
    nlp = spacy.blank("en")
    batch_size: Any = np.int64(2)
    assert process(tmp_path / "a.txt", nlp, tmp_path / "out", memory="4G", batch_size=batch_size).documents == 1
