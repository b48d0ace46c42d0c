"""Image files as documents, and images in documents."""

import base64
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
import spacy
from PIL import Image
from spacy.language import Language
from spacy.tokens import Doc

from docsight import attributes
from docsight.documents import Problem, process, read
from docsight.documents.formats.content import DocumentImage
from docsight.documents.inputs import InputFile, find_files
from docsight.documents.reading import Document
from docsight.documents.runner import image_records
from docsight.documents.runner.image_records import annotated_images, thumbnail
from docsight.errors import DocsightError

SUFFIXES = {"PNG": ".png", "JPEG": ".jpg", "TIFF": ".tif", "GIF": ".gif", "WEBP": ".webp", "BMP": ".bmp"}


def encode(kind: str = "PNG", shade: int = 200, *, size: tuple[int, int] = (40, 30), **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, (shade, shade, shade)).save(buffer, kind, **options)
    return buffer.getvalue()


def classify_shade(image: dict[str, Any]) -> dict[str, Any]:
    """Classify an image as dark or light; grey has no label."""
    from docsight.image_decoding import open_image

    try:
        shade = open_image(image["bytes"] if "bytes" in image else image["path"]).convert("L").getpixel((0, 0))
    except DocsightError as err:
        return {"error": str(err)}
    score = float(shade) / 255  # type: ignore[arg-type]
    label = None if 0.4 < score < 0.6 else "light" if score > 0.5 else "dark"
    return {
        "label": label,
        "score": max(score, 1 - score),
        "scores": {"light": score, "dark": 1 - score},
        "in_domain": abs(score - 0.5),
    }


class ShadeClassifier:
    """A component like `cnn_imagecat`."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        for image in doc._.images or ():
            image.setdefault("cats", {})[self.name] = classify_shade(image)
        return doc


@Language.factory("shade_classifier")
def make_shade_classifier(nlp: Language, name: str) -> ShadeClassifier:
    return ShadeClassifier(name)


@pytest.fixture
def nlp() -> Language:
    nlp = spacy.blank("en")
    ruler: Any = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "PER", "pattern": "Ada Lovelace"}])
    nlp.add_pipe("shade_classifier", name="shades")
    return nlp


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def run(folder: Path, nlp: Language, out: Path, **options: Any) -> tuple[dict[str, Any], dict[str, str], str]:
    """Process a folder; return the records by path, the error messages by path, and the report."""
    process(folder, nlp, out, **options)
    records = {record["path"]: record for record in lines(out / "documents.jsonl")}
    errors = {error["path"]: error["message"] for error in lines(out / "errors.jsonl")}
    return records, errors, (out / "report.html").read_text(encoding="utf-8")


def test_process_treats_images_as_documents(folder: Path, nlp: Language, tmp_path: Path) -> None:
    for kind, suffix in SUFFIXES.items():
        (folder / f"photo{suffix}").write_bytes(encode(kind))
    records, errors, _ = run(folder, nlp, tmp_path / "out")
    assert errors == {}
    assert len(records) == len(SUFFIXES)
    for kind, suffix in SUFFIXES.items():
        record = records[f"photo{suffix}"]
        assert (record["text"], record["entities"], record["format"]) == ("", [], kind.lower())
        (image,) = record["images"]
        assert (image["page"], image["bbox"], image["start"]) == (None, None, None)
        assert image["cats"]["shades"]["label"] == "light"
        assert image["cats"]["shades"]["score"] == image["cats"]["shades"]["scores"]["light"]
        assert image["cats"]["shades"]["score"] == pytest.approx(200 / 255, abs=0.01)


def test_read_detects_images_by_their_content(tmp_path: Path) -> None:
    names = ("photo.PNG", "photo.jpeg", "photo.txt", "photo.html", "photo.exe", "photo")
    for kind in SUFFIXES:
        (tmp_path / kind).mkdir()
        for name in names:
            (tmp_path / kind / name).write_bytes(encode(kind))
    docs = {doc._.source["path"]: doc for doc in read(tmp_path)}
    assert docs.keys() == {f"{kind}/{name}" for kind in SUFFIXES for name in names}
    for path, doc in docs.items():
        assert (doc._.source["format"], doc.text) == (path.partition("/")[0].lower(), "")
        assert [image["path"] for image in doc._.images] == [str(tmp_path / path)]


@pytest.mark.parametrize(
    "text", ["BMW builds cars and many other things, too.", "GIF89a is a format of pictures.", "II"]
)
def test_read_does_not_mistake_text_for_an_image(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    (doc,) = read(tmp_path)
    assert doc.text == text
    assert not doc._.images


def test_find_files_opens_no_file_with_a_known_suffix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.txt", "b.png"):
        (tmp_path / name).write_bytes(encode())

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a file was opened")

    monkeypatch.setattr(Path, "open", refuse)
    assert [item.format.name for item in find_files(tmp_path) if isinstance(item, InputFile)] == ["text", "png"]


def test_find_files_reports_an_unreadable_file_without_a_known_suffix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "photo").write_bytes(encode())

    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    (problem,) = find_files(tmp_path)
    assert isinstance(problem, Problem)
    assert (problem.error, problem.skipped) == ("PermissionError", False)


def test_read_reports_an_unreadable_image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "photo.png").write_bytes(encode())

    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    found: list[Problem] = []
    assert list(read(tmp_path, on_problem=found.append)) == []
    assert [(problem.error, problem.message) for problem in found] == [("PermissionError", "Permission denied")]


def test_document_images_survive_serialization_to_bytes(tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(encode())
    (doc,) = read(tmp_path)
    assert Doc(doc.vocab).from_bytes(doc.to_bytes())._.images == doc._.images
    assert doc._.images[0]["id"] == f"{doc._.source['id']}-1"


def test_process_handles_images_with_odd_names(folder: Path, nlp: Language, tmp_path: Path) -> None:
    names = ['a "b" <img src=x onerror=alert(1)>.png', "zwölf & mehr.png", "new\nline.png", "{{ 7 * 7 }}.png", " .png"]
    for name in names:
        (folder / name).write_bytes(encode())
    records, errors, page = run(folder, nlp, tmp_path / "out")
    assert errors == {}
    assert [records[name]["images"][0]["cats"]["shades"]["label"] for name in names] == ["light"] * len(names)
    assert "<img src=x" not in page
    assert page.count("<img ") == len(names)


def test_process_handles_images_whose_names_are_not_utf8(folder: Path, nlp: Language, tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.png")).write_bytes(encode())
    Path(os.fsdecode(os.fsencode(folder) + b"/th\xe9.png")).write_bytes(b"")
    records, errors, page = run(folder, nlp, tmp_path / "out")
    assert records[r"caf\xe9.png"]["images"][0]["cats"]["shades"]["label"] == "light"
    assert list(errors) == [r"th\xe9.png"]
    assert page.count("<img ") == 1
    for doc in read(folder):
        doc.to_bytes()


def test_process_fails_only_images_that_cannot_be_decoded(folder: Path, nlp: Language, tmp_path: Path) -> None:
    data = encode("JPEG", size=(300, 300), quality=95)
    (folder / "cut.jpg").write_bytes(data[: len(data) // 2])
    (folder / "empty.png").touch()
    (folder / "fine.gif").write_bytes(encode("GIF"))
    (folder / "letter.txt").write_text("By Ada Lovelace.", encoding="utf-8")
    (folder / "page.png").write_text("<h1>404 not found</h1>", encoding="utf-8")
    (folder / "plain.txt").write_text("Nothing here.", encoding="utf-8")
    records, errors, page = run(folder, nlp, tmp_path / "out")
    assert list(records) == ["fine.gif", "letter.txt", "plain.txt"]
    assert [entity["label"] for entity in records["letter.txt"]["entities"]] == ["PER"]
    assert records["letter.txt"]["images"] == []
    assert list(errors) == ["cut.jpg", "empty.png", "page.png"]
    assert all(errors.values())
    assert "empty" in errors["empty.png"]
    assert not any(str(folder) in message for message in errors.values())
    assert page.count("<img ") == 1


def test_process_uses_the_first_frame(folder: Path, nlp: Language, tmp_path: Path) -> None:
    frames = [Image.new("L", (20, 20), shade) for shade in (250, 0, 0)]
    for name in ("a.gif", "b.tiff"):
        frames[0].save(folder / name, save_all=True, append_images=frames[1:])
    records, _, _ = run(folder, nlp, tmp_path / "out")
    assert [record["images"][0]["cats"]["shades"]["label"] for record in records.values()] == ["light", "light"]


def test_process_counts_images_by_label(folder: Path, nlp: Language, tmp_path: Path) -> None:
    nlp.add_pipe("shade_classifier", name="again")
    for number, shade in enumerate((0, 10, 255, 128)):
        (folder / f"{number}.png").write_bytes(encode(shade=shade))
    (folder / "empty.png").touch()
    summary = process(folder, nlp, tmp_path / "out")
    assert (summary.documents, summary.failed, summary.images) == (4, 1, 4)
    for name in ("shades", "again"):
        counts = summary.image_cats[name]
        assert (dict(counts.labels), counts.unsure, counts.unreadable) == ({"dark": 2, "light": 1}, 1, 0)
        assert counts.rows() == [("dark", 2), ("light", 1), ("not sure", 1)]


def test_process_without_an_image_component_decodes_no_image(folder: Path, tmp_path: Path) -> None:
    (folder / "photo.png").write_bytes(encode())
    (folder / "empty.png").touch()
    records, errors, page = run(folder, spacy.blank("en"), tmp_path / "out")
    assert errors == {}
    assert [image["cats"] for record in records.values() for image in record["images"]] == [{}, {}]
    assert "no label" in page


def test_process_progress_ends_at_1_with_images(folder: Path, nlp: Language, tmp_path: Path) -> None:
    for number in range(3):
        (folder / f"{number}.png").write_bytes(encode())
    shares: list[float] = []
    process(folder, nlp, tmp_path / "out", batch_size=1, on_progress=lambda progress: shares.append(progress.share))
    assert shares == pytest.approx([1 / 3, 2 / 3, 1, 1])


def test_process_fails_an_image_only_if_every_component_failed(folder: Path, nlp: Language, tmp_path: Path) -> None:
    @Language.component("fails_on_images")
    def fails_on_images(doc: Doc) -> Doc:
        for image in doc._.images or ():
            image["cats"]["weak"] = {"error": "<b>too hard</b>"}
        return doc

    nlp.add_pipe("fails_on_images")
    (folder / "photo.png").write_bytes(encode())
    (folder / "empty.png").touch()
    records, errors, page = run(folder, nlp, tmp_path / "out")
    unread = {"label": None, "kind": None, "score": None, "scores": {}, "in_domain": None, "error": "<b>too hard</b>"}
    assert records["photo.png"]["images"][0]["cats"]["weak"] == unread
    assert list(errors) == ["empty.png"]
    assert errors["empty.png"].endswith("; <b>too hard</b>")
    assert "&lt;b&gt;too hard" in page
    assert "<b>too hard" not in page


@pytest.mark.filterwarnings("ignore:Doc._.images is already set")
def test_process_ignores_the_images_attribute_of_another_plugin(folder: Path, tmp_path: Path) -> None:
    @Language.component("classifies_hidden_images")
    def classifies_hidden_images(doc: Doc) -> Doc:
        for image in attributes.images(doc):
            image.setdefault("cats", {})["shades"] = classify_shade(image)
        return doc

    nlp = spacy.blank("en")
    nlp.add_pipe("classifies_hidden_images")
    (folder / "photo.png").write_bytes(encode())
    before = Doc.get_extension("images")
    Doc.set_extension("images", getter=lambda doc: 7, force=True)
    try:
        records, errors, _ = run(folder, nlp, tmp_path / "out")
    finally:
        Doc.set_extension("images", getter=before[2], setter=before[3], force=True)
    assert errors == {}
    assert records["photo.png"]["images"][0]["cats"]["shades"]["label"] == "light"


def document(text: str, *images: DocumentImage) -> Document:
    names = {"path": "a.pdf", "file": "/a.pdf", "part": "", "format": "pdf", "encoding": "", "title": ""}
    return Document(text=text, size=9, images=images, **names)


def test_document_assigns_each_image_to_its_chunk() -> None:
    starts = [None, 0, 4, 5, 10, 99]
    images = (DocumentImage(data=b"x", start=start, page=2) for start in starts)
    ten_chars = document("0123456789", *images)
    first, second = ten_chars.image_records(0, 5), ten_chars.image_records(5, 10)
    assert [image["id"].rpartition("-")[2] for image in first] == ["1", "2", "3"]
    assert [image["id"].rpartition("-")[2] for image in second] == ["4", "5", "6"]
    assert [image.get("start") for image in first] == [None, 0, 4]
    assert [image["start"] for image in second][:2] == [0, 5]
    assert all(image["bytes"] == b"x" and image["page"] == 2 for image in first + second)


def test_annotated_images_keep_the_number_that_was_read() -> None:
    nlp = spacy.blank("en")
    doc = document("Dear Ada,", DocumentImage(data=encode(), page=1, bbox=None, start=6)).make_doc(nlp, 5, 9)
    digit = {"label": "4", "probability": 0.98765432, "box": [1, 2.5, 3, 4]}
    cat = {"label": "4", "score": 0.9, "scores": {"4": 0.9}, "in_domain": 1.0}
    doc._.images[0]["cats"] = {"digits": cat | {"text": "4", "probability": 0.9, "digits": [digit]}}
    (image,) = annotated_images(doc, 5)
    found = image.cats["digits"]
    assert (found["text"], found["probability"], found["label"]) == ("4", 0.9, "4")
    assert found["digits"] == [{"label": "4", "probability": 0.987654, "box": [1.0, 2.5, 3.0, 4.0]}]


def test_annotated_images_are_plain_data_without_bytes() -> None:
    nlp = spacy.blank("en")
    embedded = DocumentImage(data=encode(), page=3, bbox=(0, 1, 2, 3.5), start=6)
    doc = document("Dear Ada,", embedded).make_doc(nlp, 5, 9)
    doc._.images[0]["cats"] = {
        "odd\ud800": {"label": 7, "score": float("nan"), "scores": {"7": 0.12345678}, "in_domain": float("-inf")}
    }
    (image,) = annotated_images(doc, 5)
    cat = {"label": "7", "kind": None, "score": None, "scores": {"7": 0.123457}, "in_domain": None, "error": None}
    assert image.record == {
        "id": f"{document('').id}-1",
        "page": 3,
        "bbox": [0.0, 1.0, 2.0, 3.5],
        "start": 6,
        "cats": {r"odd\ud800": cat},
    }
    assert image.source == encode()


def test_records_of_images_have_all_fields() -> None:
    doc = spacy.blank("en").make_doc("Ada")
    doc._.images = [{"path": "photo.png"}]
    (image,) = annotated_images(doc, 0)
    assert image.record == {"id": "", "page": None, "bbox": None, "start": None, "cats": {}}


def test_process_keeps_a_document_with_invalid_images(folder: Path, nlp: Language, tmp_path: Path) -> None:
    @Language.component("adds_odd_images")
    def adds_odd_images(doc: Doc) -> Doc:
        doc._.images = [7, {"id": "a", "cats": {"shades": {"error": "has neither"}}}, {"bytes": memoryview(encode())}]
        return doc

    nlp.add_pipe("adds_odd_images")
    (folder / "a.txt").write_text("By Ada Lovelace.", encoding="utf-8")
    records, errors, page = run(folder, nlp, tmp_path / "out")
    assert errors == {}
    assert [image["id"] for image in records["a.txt"]["images"]] == ["a", ""]
    assert (page.count("no preview"), page.count("<img ")) == (1, 1)


def test_thumbnail_is_small(tmp_path: Path) -> None:
    noise = Image.effect_noise((900, 700), 120).convert("RGB")
    noise.save(tmp_path / "noise.png")
    uri = thumbnail(str(tmp_path / "noise.png"))
    assert uri is not None
    assert uri.startswith("data:image/jpeg;base64,")
    assert len(uri) <= image_records.MAX_THUMBNAIL_BYTES * 4 / 3 + 30


def test_thumbnail_has_no_metadata() -> None:
    exif = Image.Exif()
    exif[0x010E] = "a secret place"
    data = encode("JPEG", exif=exif, comment="a secret word", size=(20, 20))
    assert b"secret" in data
    uri = thumbnail(data)
    assert uri is not None
    assert b"secret" not in base64.b64decode(uri.partition(",")[2])


@pytest.mark.parametrize(
    ("size", "shown"), [((1, 1), (1, 1)), ((5000, 1), (112, 1)), ((1, 5000), (1, 112)), ((400, 200), (112, 56))]
)
def test_thumbnail_keeps_any_shape_within_a_square(size: tuple[int, int], shown: tuple[int, int]) -> None:
    uri = thumbnail(encode(size=size))
    assert uri is not None
    assert Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))).size == shown


def test_thumbnail_of_an_invalid_or_giant_image_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert thumbnail(b"") is None
    assert thumbnail("/nowhere/at/all.png") is None
    monkeypatch.setattr(image_records, "_MAX_SOURCE_PIXELS", 100)
    assert thumbnail(encode(size=(11, 10))) is None
