"""Finding the input files."""

import os
from pathlib import Path

import pytest

from docsight.documents.inputs import InputFile, find_files, read_list
from docsight.documents.problem import Problem
from docsight.documents.store import Outputs, Store
from docsight.errors import ConfigError


def write(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")


def names(*paths: Path) -> list[str]:
    return [item.name for item in find_files(paths) if isinstance(item, InputFile)]


def problems(*paths: Path) -> list[Problem]:
    return [item for item in find_files(paths) if isinstance(item, Problem)]


def test_find_files_walks_folders_in_sorted_order(tmp_path: Path) -> None:
    write(tmp_path, "c.txt", "b/z.md", "b/a.HTML", "a.htm")
    assert names(tmp_path) == ["a.htm", "b/a.HTML", "b/z.md", "c.txt"]


def test_find_files_is_lazy(tmp_path: Path) -> None:
    write(tmp_path, "a/1.txt", "b/2.txt")
    found = find_files(tmp_path)
    first = next(found)
    write(tmp_path, "b/3.txt")
    assert [item.name for item in (first, *found) if isinstance(item, InputFile)] == [
        "a/1.txt",
        "b/2.txt",
        "b/3.txt",
    ]


def test_find_files_skips_hidden_files_in_folders(tmp_path: Path) -> None:
    write(tmp_path, ".hidden.txt", ".git/x.txt", "seen.txt")
    assert names(tmp_path) == ["seen.txt"]
    assert names(tmp_path / ".hidden.txt") == [".hidden.txt"]


def test_find_files_follows_no_cycle_of_links(tmp_path: Path) -> None:
    write(tmp_path, "a/x.txt")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "self.txt").symlink_to(tmp_path / "self.txt")
    assert names(tmp_path) == ["a/x.txt"]
    assert [problem.path for problem in problems(tmp_path)] == ["self.txt"]


def test_find_files_yields_each_file_once(tmp_path: Path) -> None:
    write(tmp_path, "a/x.txt")
    (tmp_path / "a" / "y.txt").symlink_to(tmp_path / "a" / "x.txt")
    assert names(tmp_path / "a", tmp_path / "a" / "x.txt", tmp_path, tmp_path / "a" / ".." / "a") == ["a/x.txt"]


def test_find_files_names_files_relative_to_the_folder(tmp_path: Path) -> None:
    write(tmp_path, "a/x.txt", "b/x.txt")
    assert names(tmp_path / "a") == ["x.txt"]
    assert names(tmp_path / "a" / "x.txt") == ["x.txt"]


def test_find_files_names_files_of_several_inputs_uniquely(tmp_path: Path) -> None:
    write(tmp_path, "a/x.txt", "b/x.txt", "deep/a/x.txt")
    assert names(tmp_path / "a", tmp_path / "b") == ["a/x.txt", "b/x.txt"]
    assert names(tmp_path / "a", tmp_path / "deep" / "a") == ["a/x.txt", "deep/a/x.txt"]
    assert names(tmp_path / "a" / "x.txt", tmp_path / "b") == ["a/x.txt", "b/x.txt"]


def test_find_files_treats_a_folder_with_a_suffix_as_a_folder(tmp_path: Path) -> None:
    write(tmp_path, "x.txt/inner.txt")
    assert names(tmp_path) == ["x.txt/inner.txt"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="only on POSIX systems")
def test_find_files_skips_unknown_formats_in_folders(tmp_path: Path) -> None:
    write(tmp_path, "program.exe", "Makefile")
    os.mkfifo(tmp_path / "pipe.txt")
    found = problems(tmp_path)
    assert [(problem.path, problem.skipped) for problem in found] == [
        ("Makefile", True),
        ("pipe.txt", True),
        ("program.exe", True),
    ]
    assert ".exe" in found[2].message
    assert ".html" in found[2].message


def test_find_files_reports_a_named_file_of_unknown_format(tmp_path: Path) -> None:
    (tmp_path / "program.exe").write_bytes(b"MZ\0\1")
    (problem,) = problems(tmp_path / "program.exe")
    assert (problem.error, problem.skipped) == ("DataError", False)


def test_find_files_reports_missing_files(tmp_path: Path) -> None:
    (tmp_path / "dangling.txt").symlink_to(tmp_path / "nowhere")
    found = problems(tmp_path, tmp_path / "missing.txt")
    assert [(problem.path, problem.error) for problem in found] == [
        ("dangling.txt", "FileNotFoundError"),
        ("missing.txt", "FileNotFoundError"),
    ]


def test_find_files_escapes_names_that_are_not_utf8(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")).write_text("x", encoding="utf-8")
    (name,) = names(tmp_path)
    assert name.encode() == b"caf\\xe9.txt"


def test_find_files_escapes_names_uniquely(tmp_path: Path) -> None:
    write(tmp_path, r"a\xff.txt")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/a\xff.txt")).write_text("x", encoding="utf-8")
    assert sorted(names(tmp_path)) == [r"a\\xff.txt", r"a\xff.txt"]


def test_find_files_accepts_bytes(tmp_path: Path) -> None:
    write(tmp_path, "a.txt")
    assert [item.name for item in find_files(os.fsencode(tmp_path)) if isinstance(item, InputFile)] == ["a.txt"]
    assert [item.name for item in find_files([os.fsencode(tmp_path)]) if isinstance(item, InputFile)] == ["a.txt"]


@pytest.mark.parametrize("path", ["", b"", "/x/\ud800.txt", "a\0.txt", b"a\0.txt"])
def test_find_files_rejects_invalid_paths(path: str | bytes) -> None:
    with pytest.raises(ConfigError, match="path"):
        list(find_files([path]))


def test_find_files_expands_patterns_but_prefers_existing_files(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "c.md", "[d].txt"):
        (tmp_path / name).touch()
    found = [item.name for item in find_files(str(tmp_path / "?.txt")) if isinstance(item, InputFile)]
    assert found == ["a.txt", "b.txt"]
    assert [item.name for item in find_files(tmp_path / "[d].txt") if isinstance(item, InputFile)] == ["[d].txt"]
    (problem,) = find_files(str(tmp_path / "*.pdf"))
    assert isinstance(problem, Problem)
    assert problem.error == "FileNotFoundError"


def test_find_files_skips_lock_files_of_office_programs(tmp_path: Path) -> None:
    write(tmp_path, "~$report.docx", ".~lock.report.odt#", "report.txt", "~$long.txt")
    (tmp_path / "~$long.txt").write_text("text " * 1000, encoding="utf-8")
    assert names(tmp_path) == ["report.txt", "~$long.txt"]
    for path in (tmp_path, tmp_path / "~$report.docx", tmp_path / ".~lock.report.odt#"):
        (problem,) = problems(path)
        assert (problem.status, problem.error) == ("skipped", "Skipped")
        assert problem.message.startswith("a lock file of an office program")


def test_find_files_skips_the_output_of_docsight(tmp_path: Path) -> None:
    with Store(tmp_path / "old", ("documents.jsonl", "report.html", "errors.jsonl")) as store:
        Outputs(store, ("documents.jsonl", "report.html", "errors.jsonl")).commit()
    for name in ("documents.parquet", "mine.txt"):
        (tmp_path / "old" / name).touch()
    (tmp_path / "old" / "errors.jsonl").write_text("changed", encoding="utf-8")
    (tmp_path / "report.html").touch()
    items = {item.name: "read" for item in find_files(tmp_path) if isinstance(item, InputFile)}
    items |= {item.path: item.message for item in find_files(tmp_path) if isinstance(item, Problem)}
    assert items == {
        "old/documents.jsonl": "written by docsight",
        "old/documents.parquet": "read",
        "old/errors.jsonl": "read",
        "old/report.html": "written by docsight",
        "old/mine.txt": "read",
        "report.html": "read",
    }


def test_read_list_reads_text_and_parquet(tmp_path: Path) -> None:
    (tmp_path / "list").write_text("a.txt\r\n\nb c.txt\n", encoding="utf-8-sig")
    assert read_list(tmp_path / "list") == ["a.txt", "b c.txt"]
    with pytest.raises(ConfigError, match="cannot read the list"):
        read_list(tmp_path / "none")
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(pa.table({"path": ["x.pdf", None, "y.txt"], "other": [1, 2, 3]}), tmp_path / "list.parquet")
    assert read_list(tmp_path / "list.parquet") == ["x.pdf", "y.txt"]
    parquet.write_table(pa.table({"file": ["x.pdf"]}), tmp_path / "bad.parquet")
    with pytest.raises(ConfigError, match='not a Parquet file with a column "path"'):
        read_list(tmp_path / "bad.parquet")


def test_find_files_reports_a_named_file_that_is_an_output(tmp_path: Path) -> None:
    write(tmp_path, "documents.jsonl")
    path = tmp_path / "documents.jsonl"
    (problem,) = find_files(path, exclude={os.path.realpath(path)})
    assert isinstance(problem, Problem)
    assert "this run writes to it" in problem.message
