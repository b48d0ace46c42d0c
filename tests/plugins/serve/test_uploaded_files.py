import pytest
from hypothesis import given
from hypothesis import strategies as st

from docsight.errors import DataError
from docsight.serve.services.uploaded_files import TooManyFilesError, UploadedFiles, safe_name


def body_of(*files, field="files", end=b"--b--\r\n"):
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'.encode() + content + b"\r\n"
        for name, content in files
    ]
    return b"".join(parts) + end


def receive(folder, body, *, step=7, max_files=100):
    files = UploadedFiles(b"b", folder, max_files=max_files)
    try:
        for start in range(0, len(body), step):
            files.write(body[start : start + step])
        files.finish()
    finally:
        files.close()
    return files


@pytest.mark.parametrize("step", [1, 3, 100_000])
def test_files_are_written_as_they_arrive(tmp_path, step):
    contents = {"a.txt": b"Ada", "b/c.bin": bytes(range(256)) * 20, "empty": b"", "dash.txt": b"--b\r\n--"}
    files = receive(tmp_path, body_of(*contents.items()), step=step)
    assert files.count == len(contents)
    assert files.bytes == sum(map(len, contents.values()))
    assert {name: (tmp_path / name).read_bytes() for name in contents} == contents


def test_files_of_the_same_name_are_all_kept(tmp_path):
    receive(tmp_path, body_of(("a.txt", b"1"), ("A.txt", b"2"), ("a.txt", b"3"), ("d", b"4"), ("d/e", b"5")))
    found = sorted(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert found == [b"1", b"2", b"3", b"4", b"5"]


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd", "/etc/passwd", "..\\..\\windows\\x", "C:\\x", "a/../../b", "./././x", "..", ""]
)
def test_names_do_not_lead_out_of_the_folder(tmp_path, name):
    folder = tmp_path / "inner" / "folder"
    folder.mkdir(parents=True)
    receive(folder, body_of((name.replace("\\", "\\\\"), b"x")))
    (found,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert found.resolve().is_relative_to(folder.resolve())


def test_hidden_names_become_visible(tmp_path):
    """Hidden files of a folder are not read, but a file that was sent must be."""
    files = receive(
        tmp_path, body_of((".notes.txt", b"1"), (".git/a.txt", b"2"), ("..b.txt", b"3"), ("_notes.txt", b"4"))
    )
    found = [path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()]
    assert len(found) == files.count == 4
    assert not [path for path in found if any(part.startswith(".") for part in path.parts)]


def test_field_without_a_file_name_says_so(tmp_path):
    with pytest.raises(DataError, match="no file name"):
        receive(tmp_path, b'--b\r\nContent-Disposition: form-data; name="files"\r\n\r\nx\r\n--b--\r\n')


@given(st.text(max_size=300))
def test_safe_names_are_relative_and_short(name):
    safe = safe_name(name)
    parts = safe.split("/")
    assert all(part and not part.startswith(".") and len(part.encode()) <= 200 for part in parts)
    assert "\\" not in safe
    assert safe.encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not multipart",
        body_of(("a", b"x"), end=b""),
        body_of(("a", b"x"))[:40],
        body_of(end=b"--b--\r\n"),
        body_of(("a", b"x"), field="other"),
        b'--b\r\nContent-Disposition: form-data; name="files"\r\n\r\nno file name\r\n--b--\r\n',
        b"--b\r\nX: " + b"a" * 20_000 + b"\r\n\r\nx\r\n--b--\r\n",
    ],
)
def test_invalid_bodies_are_refused(tmp_path, body):
    with pytest.raises(DataError):
        receive(tmp_path, body)


def test_boundary_that_is_too_long_is_refused(tmp_path):
    with pytest.raises(DataError, match="Content-Type"):
        UploadedFiles(b"b" * 1000, tmp_path, max_files=1)


def test_too_many_files_are_refused(tmp_path):
    with pytest.raises(TooManyFilesError):
        receive(tmp_path, body_of(*((f"{number}.txt", b"x") for number in range(11))), max_files=10)
    assert len(list(tmp_path.iterdir())) == 10
