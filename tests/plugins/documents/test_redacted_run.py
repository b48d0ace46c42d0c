"""Nothing in the outputs of a redacted run but the audit holds what was removed."""

import functools
import json
import multiprocessing
import os
import re
import signal
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin

from docsight.documents import Pipeline, ReadOptions, process, processor, survey
from docsight.documents.output.redacted_files import RedactedFiles
from docsight.documents.runner.redacting import DocumentRedactor
from docsight.documents.runner.shard_files import ShardWriter
from docsight.documents.runner.shards import scan
from docsight.errors import ConfigError
from docsight.redaction import RedactionOptions, read_key

T = TypeVar("T")

pytest.importorskip("presidio_analyzer")

SECRETS = ("keller", "maria", "intranet.local", "5555555")
TEXT = "Maria Keller called. Write to maria.keller@intranet.local or 212-555-5555.\n\nM. Keller was here.\n"
KEY = b"0123456789abcdef"


@pytest.fixture
def nlp() -> Language:
    nlp = spacy.blank("en")
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "PERSON", "pattern": "Maria Keller"}])  # type: ignore[attr-defined]
    return nlp


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    (folder / "keller").mkdir(parents=True)
    (folder / "keller" / "Maria Keller.txt").write_text(TEXT, encoding="utf-8")
    (folder / "page.html").write_text(
        f"<title>Maria Keller</title><p>{TEXT}</p><a href='mailto:maria.keller@intranet.local'>mail</a>",
        encoding="utf-8",
    )
    (folder / "broken Keller.docx").write_bytes(b"PK\x03\x04 Keller")
    (folder / "note.eml").write_text(
        "From: Maria Keller <maria.keller@intranet.local>\nSubject: hello\n"
        "Content-Type: multipart/mixed; boundary=b\n\n"
        f"--b\nContent-Type: text/plain\n\n{TEXT}\n--b\n"
        'Content-Type: application/x-keller; name="Keller.bin"\n\nx\n--b--\n',
        encoding="utf-8",
    )
    with zipfile.ZipFile(folder / "all.zip", "w") as packed:
        packed.writestr("Maria Keller/letter.txt", TEXT)
    return folder


def contents(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the names and the contents of all files of a folder, unpacked as far as they are whole."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        content = path.read_bytes()
        name = str(path.relative_to(folder))
        if path.suffix == ".gz":
            content = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(content)  # it may be cut off
        elif path.suffix == ".docs":
            content = b"".join(map(unpack_member, content.split(b"PK\3\4")[1:]))
        elif path.suffix == ".spacy":
            content = zlib.decompress(content)
        elif path.suffix == ".parquet":
            import pyarrow.parquet

            content = json.dumps(pyarrow.parquet.read_table(path).to_pylist(), default=str).encode()
        yield name, content.decode("utf-8", "replace")


def unpack_member(member: bytes) -> bytes:
    """Return the content of a packed DocBin in a zip, given what follows the signature of its header."""
    name, extra = struct.unpack("<HH", member[22:26])
    return zlib.decompressobj().decompress(member[26 + name + extra :])


def leaks(folder: Path) -> list[tuple[str, str]]:
    found = [(name, secret) for name, text in contents(folder) for secret in SECRETS if secret in text.lower()]
    return found + [(name, "name") for name, _ in contents(folder) if "keller" in name.lower()]


def records(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("operator", ["replace", "mask", "hash", "pseudonym"])
def test_no_output_holds_what_was_removed(tmp_path: Path, archive: Path, nlp: Language, operator: str) -> None:
    pytest.importorskip("pyarrow")
    out = tmp_path / "out"
    options = RedactionOptions(operator=operator, key=KEY, hide_paths=True)  # type: ignore[arg-type]
    problems = []
    summary = process(
        [archive],
        nlp,
        out,
        formats=("jsonl", "parquet", "spacy", "markdown"),
        reading=ReadOptions(ocr="never"),
        redact=out / "redacted",
        redaction=options,
        on_problem=problems.append,
    )
    assert summary.documents >= 4
    assert leaks(out) == []
    assert not [problem for problem in problems if "keller" in str(problem).lower()]
    assert len(list((out / "redacted" / "texts").rglob("*.txt"))) == summary.documents
    for folder in (out, out / "redacted"):
        assert len(list((folder / "markdown").rglob("*.md"))) == summary.documents
    for record in records(out / "documents.jsonl"):
        for entity in record["entities"]:  # type: ignore[attr-defined]
            assert entity["end"] > entity["start"]
    docs = list(DocBin().from_disk(out / "documents.spacy").get_docs(spacy.blank("en").vocab))
    assert len(docs) == summary.documents
    assert all(doc.ents for doc in docs)


def test_cells_of_a_table_stay_apart(tmp_path: Path, nlp: Language) -> None:
    path = tmp_path / "staff.html"
    path.write_text(
        "<p>Maria Keller</p><table><tr><td>Keller</td><td>Maria</td></tr><tr><td>x</td><td>y</td></tr></table>",
        encoding="utf-8",
    )
    process([path], nlp, tmp_path / "out", formats=("jsonl", "markdown"), redact=tmp_path / "red")
    written = (tmp_path / "red" / "markdown" / "staff.html.md").read_text(encoding="utf-8")
    assert r"| \<PERSON> | \<PERSON> |" in written
    record = records(tmp_path / "out" / "documents.jsonl")[0]
    table = next(passage for passage in record["passages"] if passage["kind"] == "table")  # type: ignore[attr-defined]
    cells = [record["text"][start:end] for row in table["cells"] for start, end in row]  # type: ignore[index]
    assert cells == ["<PERSON>", "<PERSON>", "x", "y"]


def test_the_audit_says_where_and_holds_the_text_only_on_request(tmp_path: Path, archive: Path, nlp: Language) -> None:
    file = archive / "keller" / "Maria Keller.txt"
    out = tmp_path / "out"
    process([file], nlp, out, redact=out / "red")
    text = (out / "red" / "texts" / "Maria Keller.txt.txt").read_text(encoding="utf-8")
    audit = records(out / "red" / "redactions.jsonl")
    assert [row["type"] for row in audit] == ["PERSON", "EMAIL", "PHONE", "PERSON"]
    assert all(text[row["redacted_start"] : row["redacted_end"]] == row["replacement"] for row in audit)  # type: ignore[misc]
    assert TEXT[audit[0]["start"] : audit[0]["end"]] == "Maria Keller"  # type: ignore[misc]
    assert "text" not in audit[0]
    process([file], nlp, out, redact=out / "red", redaction=RedactionOptions(audit_text=True))
    assert records(out / "red" / "redactions.jsonl")[3]["text"] == "M. Keller"


def test_a_redacted_run_resumes_and_a_changed_option_repeats_the_work(
    tmp_path: Path, archive: Path, nlp: Language
) -> None:
    out, redacted = tmp_path / "out", tmp_path / "redacted"
    options = RedactionOptions(key=KEY, hide_paths=True)
    reading = ReadOptions(ocr="never")
    first = process([archive], nlp, out, reading=reading, redact=redacted, redaction=options)
    again = process([archive], nlp, out, reading=reading, redact=redacted, redaction=options)
    assert again.kept == first.files
    other = RedactionOptions(key=KEY[::-1], hide_paths=True)
    assert process([archive], nlp, out, reading=reading, redact=redacted, redaction=other).kept == 0


def test_a_redacted_run_replaces_the_shards_of_a_plain_run(tmp_path: Path, archive: Path, nlp: Language) -> None:
    out = tmp_path / "out"
    process([archive], nlp, out, reading=ReadOptions(ocr="never"))
    assert leaks(out)
    options = RedactionOptions(key=KEY, hide_paths=True)
    process([archive], nlp, out, reading=ReadOptions(ocr="never"), redact=out / "redacted", redaction=options)
    assert leaks(out) == []


def test_a_name_is_removed_from_all_chunks_of_a_document(tmp_path: Path, nlp: Language) -> None:
    path = tmp_path / "long.txt"
    path.write_text("Maria Keller came.\n\n" + "It rained all day.\n\n" * 20 + "Then Keller left.\n", encoding="utf-8")
    process([path], nlp, tmp_path / "out", redact=tmp_path / "red", max_chars=100)
    assert "Keller" not in (tmp_path / "red" / "texts" / "long.txt.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("before", range(20))
def test_a_cut_between_chunks_hides_nothing_from_the_redaction(tmp_path: Path, nlp: Language, before: int) -> None:
    path = tmp_path / "a.txt"
    path.write_text("word " * before + "DE89 3704 0044 0532 0130 00, Maria Keller" + " word" * 30, encoding="utf-8")
    process([path], nlp, tmp_path / "out", redact=tmp_path / "red", max_chars=60)
    text = (tmp_path / "red" / "texts" / "a.txt.txt").read_text(encoding="utf-8")
    assert set(text.replace(",", " ").split()) == {"word", "<IBAN>", "<PERSON>"}


def test_the_redacted_folder_must_be_ours(tmp_path: Path, archive: Path, nlp: Language) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x", encoding="utf-8")
    with pytest.raises(ConfigError, match="other files"):
        process([archive], nlp, tmp_path / "out", redact=tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").is_file()


def test_a_redacted_run_keeps_the_files_of_the_user(tmp_path: Path, archive: Path, nlp: Language) -> None:
    def run() -> None:
        process([archive], nlp, tmp_path / "out", reading=ReadOptions(ocr="never"), redact=tmp_path / "red")

    run()
    (tmp_path / "red" / "remarks.txt").write_text("mine", encoding="utf-8")
    (archive / "page.html").unlink()
    run()
    assert (tmp_path / "red" / "remarks.txt").read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "red" / "texts" / "page.html.txt").exists()
    changed = tmp_path / "red" / "texts" / "note.eml.txt"
    changed.write_text("I took out more by hand", encoding="utf-8")
    with pytest.raises(ConfigError, match="changed since"):
        run()
    assert changed.read_text(encoding="utf-8") == "I took out more by hand"
    changed.rename(tmp_path / "red" / "texts" / "another.txt")
    with pytest.raises(ConfigError, match="docsight did not write it"):
        run()
    (tmp_path / "red" / "texts" / "another.txt").unlink()
    run()
    assert changed.is_file()


def test_a_run_reads_files_of_the_user_but_no_outputs_in_the_redacted_folder(tmp_path: Path, nlp: Language) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    process([tmp_path], nlp, tmp_path / "out", redact=tmp_path / "red")
    (tmp_path / "red" / "b.txt").write_text(TEXT, encoding="utf-8")
    process([tmp_path], nlp, tmp_path / "out", redact=tmp_path / "red")
    assert [row["path"] for row in records(tmp_path / "out" / "documents.jsonl")] == ["a.txt", "red/b.txt"]
    assert process([tmp_path], nlp, tmp_path / "other").documents == 2


@pytest.mark.parametrize("folder", [".", "out", "out/.docsight", "out/.docsight/red", "out/markdown", "out/a/../"])
def test_the_redacted_folder_is_not_used_otherwise(tmp_path: Path, archive: Path, nlp: Language, folder: str) -> None:
    with pytest.raises(ConfigError, match="cannot write redacted texts"):
        process([archive], nlp, tmp_path / "out", redact=tmp_path / folder)
    assert not (tmp_path / "out").exists()


def test_the_key_file_is_not_read_as_a_document(tmp_path: Path, archive: Path, nlp: Language) -> None:
    key = read_key(archive / "key")
    process([archive], nlp, tmp_path / "out", redact=tmp_path / "red", redaction=RedactionOptions(key=key))
    assert not [name for name, text in contents(tmp_path / "out") if key.hex() in text]


def test_survey_of_a_redacted_run_knows_what_is_done_and_names_no_paths(
    tmp_path: Path, archive: Path, nlp: Language
) -> None:
    options = RedactionOptions(key=KEY, hide_paths=True)
    (archive / "keller.xyz").write_bytes(bytes(range(256)))
    done = process([archive], nlp, tmp_path / "out", redact=tmp_path / "red", redaction=options)
    result = survey([archive], nlp, tmp_path / "out", redact=tmp_path / "red", redaction=options)
    assert result.done == done.files
    assert result.skipped
    assert "keller" not in str(result).lower()
    assert survey([archive], nlp, tmp_path / "out").done == 0
    with pytest.raises(ConfigError, match="other files"):
        survey([archive], nlp, tmp_path / "out", redact=archive)


def test_redaction_needs_a_folder(tmp_path: Path, archive: Path, nlp: Language) -> None:
    with pytest.raises(ConfigError, match="needs redact"):
        process([archive], nlp, tmp_path / "out", redaction=RedactionOptions())


RUNS = {
    "pseudonym": RedactionOptions(operator="pseudonym"),
    "keyed pseudonym": RedactionOptions(operator="pseudonym", key=KEY),
    "hash": RedactionOptions(operator="hash", key=KEY, hide_paths=True),
}


def kill_now(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class KillRunAt:
    """Kills this process by SIGKILL at a point of a redacted run."""

    @staticmethod
    def reading(patch: pytest.MonkeyPatch) -> None:
        redact = DocumentRedactor.redact
        patch.setattr(DocumentRedactor, "redact", lambda self, *args: after(redact(self, *args), count=4))

    @staticmethod
    def shard(patch: pytest.MonkeyPatch) -> None:
        commit = ShardWriter.commit
        patch.setattr(ShardWriter, "commit", lambda self, entries: after(commit(self, entries), count=3))

    @staticmethod
    def merge(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(RedactedFiles, "commit", kill_now)

    @staticmethod
    def second_commit(patch: pytest.MonkeyPatch) -> None:
        commit = RedactedFiles.commit
        patch.setattr(RedactedFiles, "commit", lambda self: kill_now(commit(self)))

    @staticmethod
    def replacing(patch: pytest.MonkeyPatch) -> None:
        replace = os.replace
        patch.setattr(
            os, "replace", lambda *paths: after(replace(*paths), count=2 if "texts" in str(paths[1]) else None)
        )


calls: list[int] = []


def after(result: T, *, count: int | None) -> T:
    """Return the result, or kill this process at the call with this number."""
    if count is not None:
        calls.append(count)
        if len(calls) == count:
            kill_now()
    return result


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    folder = tmp_path / "letters"
    folder.mkdir()
    for number in range(5):
        (folder / f"{number}.txt").write_text(f"{number}. {TEXT}", encoding="utf-8")
    with zipfile.ZipFile(folder / "all.zip", "w") as packed:
        for number in range(5, 8):
            packed.writestr(f"{number}.txt", f"{number}. {TEXT}")
    return folder


def run_letters(letters: Path, nlp: Language, out: Path, redaction: RedactionOptions) -> None:
    process([letters], nlp, out, formats=("jsonl", "markdown", "spacy"), redact=out / "red", redaction=redaction)


def killed_run(point: str, letters: Path, nlp: Language, out: Path, redaction: RedactionOptions) -> None:
    """Run in a process that is killed at a point of `KillRunAt`."""
    if "fork" not in multiprocessing.get_all_start_methods():
        pytest.skip("only on POSIX systems")

    def run() -> None:
        patch = pytest.MonkeyPatch()
        patch.setattr(processor, "WorkerSettings", functools.partial(processor.WorkerSettings, shard_seconds=0.0))
        getattr(KillRunAt, point)(patch)
        run_letters(letters, nlp, out, redaction)

    child = multiprocessing.get_context("fork").Process(target=run)
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL


def outcome(out: Path) -> dict[str, str]:
    """Return all outputs, but not the times in the manifest and the report."""
    return {
        name: re.sub(r'"seconds": [\d.]+', "", text)
        for name, text in contents(out)
        if ".docsight" not in name and not name.endswith(".html")
    }


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize(
    ("point", "name"),
    [
        ("reading", "hash"),
        ("shard", "pseudonym"),
        ("shard", "keyed pseudonym"),
        ("merge", "pseudonym"),
        ("second_commit", "hash"),
        ("replacing", "keyed pseudonym"),
    ],
)
def test_a_killed_run_leaves_no_names_and_resumes_to_the_same_outputs(
    tmp_path: Path, letters: Path, nlp: Language, monkeypatch: pytest.MonkeyPatch, point: str, name: str
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    run_letters(letters, nlp, tmp_path / "whole", RUNS[name])
    killed_run(point, letters, nlp, tmp_path / "out", RUNS[name])
    assert leaks(tmp_path / "out") == leaks(tmp_path / "temporary") == []
    run_letters(letters, nlp, tmp_path / "out", RUNS[name])
    assert outcome(tmp_path / "out") == outcome(tmp_path / "whole")
    assert leaks(tmp_path / "out") == leaks(tmp_path / "temporary") == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize(
    "other",
    [
        RedactionOptions(operator="mask"),
        RedactionOptions(operator="pseudonym", threshold=0.5),
        RedactionOptions(operator="pseudonym", key=KEY[::-1]),
    ],
)
def test_a_killed_run_that_goes_on_with_other_options_begins_anew(
    tmp_path: Path, letters: Path, nlp: Language, other: RedactionOptions
) -> None:
    run_letters(letters, nlp, tmp_path / "whole", other)
    killed_run("shard", letters, nlp, tmp_path / "out", RUNS["keyed pseudonym"])
    run_letters(letters, nlp, tmp_path / "out", other)
    assert outcome(tmp_path / "out") == outcome(tmp_path / "whole")


LEAVING = """
import os, tempfile
from pathlib import Path
from spacy.language import Language

@Language.component("leaving", assigns=["doc.ents"])
def leaving(doc):
    Path(tempfile.gettempdir(), "left.txt").write_text(doc.text)
    if "Keller" in doc.text:
        os._exit(3)
    return doc
"""


@pytest.mark.slow  # it starts workers
def test_a_worker_that_dies_leaves_no_temporary_files(
    tmp_path: Path, letters: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    (tmp_path / "leaving.py").write_text(LEAVING, encoding="utf-8")
    pipeline = Pipeline(components=("leaving",), code=str(tmp_path / "leaving.py"))
    summary = process([letters / "1.txt"], pipeline, tmp_path / "out", workers=1, redact=tmp_path / "out" / "red")
    assert summary.failed == 1
    assert leaks(tmp_path / "out") == leaks(tmp_path / "temporary") == []
    assert not list((tmp_path / "temporary").rglob("left.txt"))


def test_a_redaction_of_another_type_is_an_error(tmp_path: Path, archive: Path, nlp: Language) -> None:
    with pytest.raises(ConfigError, match="redaction must be RedactionOptions, not 5"):
        process([archive], nlp, tmp_path / "out", redact=tmp_path / "redacted", redaction=5)  # type: ignore[arg-type]


@Language.component("corrects_names")
def corrects_names(doc: Doc) -> Doc:
    row = {"text": "Keller", "suggestion": "Teller", "score": 0.9, "reason": "unknown_word", "applied": True}
    start = doc.text.find("Keller")
    doc._.corrections = [row | {"start": start, "end": start + 6, "suggestions": []}] if start >= 0 else []
    return doc


def test_corrected_words_are_kept_in_a_plain_run_only(tmp_path: Path, archive: Path, nlp: Language) -> None:
    nlp.add_pipe("corrects_names")
    file, out = archive / "page.html", tmp_path / "out"
    process([file], nlp, out)
    assert [entry.corrected_words for shard in scan(out / ".docsight" / "shards") for entry in shard.entries] == [
        {"keller": 1}
    ]
    summary = process([file], nlp, out, redact=out / "redacted")
    assert (summary.kept, summary.flagged) == (0, 0)
    assert leaks(out) == []
