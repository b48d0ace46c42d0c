"""The contents of the built distributions. `make package-test` installs the wheel and tests it."""

import email
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

import pytest
from packaging.licenses import canonicalize_license_expression

import docsight
from docsight.bundle import CARD, CONFIG, WEIGHTS

pytest.importorskip("build")
pytest.importorskip("hatchling")

ROOT = Path(__file__).parents[1]
PACKAGES = (ROOT / "plugins/docsight", ROOT / "training/docsight_training", ROOT / "conf/docsight_conf")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the sdist, and the wheel from the sdist."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, done.stdout
    return out


@pytest.fixture(scope="module")
def wheel(built: Path) -> zipfile.ZipFile:
    (path,) = built.glob("*.whl")
    return zipfile.ZipFile(path)


@pytest.fixture(scope="module")
def names(wheel: zipfile.ZipFile) -> set[str]:
    return set(wheel.namelist())


def metadata(wheel: zipfile.ZipFile, name: str) -> str:
    return wheel.read(f"docsight-{docsight.__version__}.dist-info/{name}").decode()


def test_wheel_contains_exactly_the_three_packages(names: set[str]) -> None:
    sources = {
        path.relative_to(package.parent).as_posix()
        for package in PACKAGES
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {name for name in names if ".dist-info/" not in name} == sources


def test_wheel_contains_the_data_files_of_the_run_time(names: set[str]) -> None:
    assert {
        "docsight/py.typed",
        "docsight/documents/report/report.html.jinja",
        "docsight/documents/report/report.css",
        "docsight/documents/report/report.js",
        "docsight/inspection/page.html.jinja",
        "docsight/inspection/page.css",
        "docsight_training/py.typed",
        "docsight_conf/train.yaml",
    } <= names


def test_wheel_contains_an_init_for_every_config_folder(names: set[str]) -> None:
    folders = {str(PurePosixPath(name).parent) for name in names if name.endswith(".yaml")}
    assert "docsight_conf/experiment" in folders
    assert [folder for folder in folders if f"{folder}/__init__.py" not in names] == []


def test_wheel_contains_complete_models(names: set[str]) -> None:
    models = {PurePosixPath(*path.parts[:3]) for path in map(PurePosixPath, names) if path.parts[1] == "models"}
    missing = [f"{model}/{file}" for model in models for file in (CONFIG, WEIGHTS, CARD)]
    assert [name for name in missing if name not in names] == []


def test_wheel_declares_its_commands_and_licence(wheel: zipfile.ZipFile) -> None:
    declared = metadata(wheel, "entry_points.txt").splitlines()
    assert "docsight = docsight.cli:main" in declared
    assert "docsight-train = docsight_training.cli:main" in declared
    assert "MIT" in metadata(wheel, "licenses/LICENSE")


def test_wheel_states_the_licence_of_every_part_with_its_text(wheel: zipfile.ZipFile, names: set[str]) -> None:
    header = email.message_from_string(metadata(wheel, "METADATA"))
    licences = canonicalize_license_expression(header["License-Expression"]).split(" AND ")
    texts = {PurePosixPath(name).name for name in header.get_all("License-File") or ()}
    assert texts == {"LICENSE", *(f"{licence}.txt" for licence in licences if licence != "MIT")}
    for card in (name for name in names if name.endswith(f"/{CARD}")):
        (stated,) = re.findall(r"Licence of the weights: (.+)\.$", wheel.read(card).decode(), flags=re.M)
        assert stated.replace(" ", "-") in licences
        assert "Text of the licence: <https://" in wheel.read(card).decode()
    assert header.get_all("Project-URL")


def test_wheel_names_the_versions_of_python(wheel: zipfile.ZipFile) -> None:
    classifiers = re.findall(
        r"^Classifier: Programming Language :: Python :: (3\.\d+)$", metadata(wheel, "METADATA"), re.M
    )
    assert classifiers == ["3.11", "3.12", "3.13"]


def test_wheel_requires_no_training_package_without_extras(wheel: zipfile.ZipFile) -> None:
    plain = re.findall(r"^Requires-Dist: ([\w-]+)(?!.*extra ==)", metadata(wheel, "METADATA"), flags=re.M)
    assert set(plain) == {"filelock", "numpy", "packaging", "pebble", "pillow", "safetensors", "spacy", "torch"}


def test_sdist_contains_sources_and_tests_only(built: Path) -> None:
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        tops = {PurePosixPath(name).parts[1] for name in archive.getnames()}
    known = {
        "plugins",
        "training",
        "conf",
        "tests",
        "pyproject.toml",
        "README.md",
        "CHANGELOG.md",
        "LICENSE",
        "LICENSES",
    }
    assert tops - known == {"PKG-INFO", ".gitignore"}
    assert {"plugins", "training", "conf", "tests", "pyproject.toml"} <= tops
