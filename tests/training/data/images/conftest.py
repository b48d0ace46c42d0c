"""Small images of three shapes, on disk as Parquet and as folders."""

import io
from pathlib import Path

import datasets
import numpy as np
import pytest
from PIL import Image


class Shapes:
    """Draws bars, dots and lines, and writes them as data sets."""

    names = ("bar", "dot", "line")

    @staticmethod
    def draw(shape: str, seed: int, *, size: int = 16, colour: bool = False) -> Image.Image:
        """Draw a shape on noisy paper."""
        rng = np.random.default_rng([seed, Shapes.names.index(shape)])
        values = rng.integers(0, 40, (size, size, 3 if colour else 1), dtype=np.uint8)
        middle = size // 2 + int(rng.integers(-1, 2))
        if shape == "bar":
            values[2 : size - 2, middle - 2 : middle + 1] = 220
        elif shape == "dot":
            values[middle - 2 : middle + 2, middle - 2 : middle + 2] = 220
        else:
            values[middle, 2 : size - 2] = 220
        if colour:
            values[..., 0] //= 2
        return Image.fromarray(values if colour else values[..., 0])

    @staticmethod
    def encode(image: Image.Image) -> bytes:
        buffer = io.BytesIO()
        image.save(buffer, "PNG")
        return buffer.getvalue()

    @staticmethod
    def write(
        folder: Path,
        split: str,
        count: int,
        *,
        first: int = 0,
        named: bool = True,
        colour: bool = False,
        size: int = 16,
    ) -> Path:
        """Write a Parquet split with `count` images of each shape, from two sources; `named` writes a ClassLabel."""
        rows = [(shape, n) for n in range(first, first + count) for shape in Shapes.names]
        images = [Shapes.encode(Shapes.draw(shape, n, colour=colour, size=size)) for shape, n in rows]
        columns = {
            "image": [{"bytes": content, "path": None} for content in images],
            "label": [Shapes.names.index(shape) if named else shape for shape, _ in rows],
            "source": ["book" if n % 2 else "web" for _, n in rows],
        }
        label = datasets.ClassLabel(names=list(Shapes.names)) if named else datasets.Value("string")
        features = datasets.Features({"image": datasets.Image(), "label": label, "source": datasets.Value("string")})
        folder.mkdir(exist_ok=True, parents=True)
        datasets.Dataset.from_dict(columns, features=features).to_parquet(folder / f"{split}.parquet")
        return folder


@pytest.fixture(scope="session")
def shapes() -> type[Shapes]:
    return Shapes


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory):
    """Separate the cache of `datasets` from that of other tests."""
    before = datasets.config.HF_DATASETS_CACHE
    datasets.config.HF_DATASETS_CACHE = tmp_path_factory.mktemp("cache")
    yield
    datasets.config.HF_DATASETS_CACHE = before


@pytest.fixture(scope="session")
def parquet(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("parquet")
    Shapes.write(folder, "train", 20)
    Shapes.write(folder, "validation", 4, first=100)
    return Shapes.write(folder, "test", 4, first=200)


@pytest.fixture(scope="session")
def folders(tmp_path_factory) -> Path:
    """Write folders of images; some files are named like splits."""
    root = tmp_path_factory.mktemp("folders")
    for split, first, count in (("train", 0, 20), ("test", 200, 4)):
        for shape in Shapes.names:
            folder = root / split / shape
            folder.mkdir(parents=True)
            for n in range(first, first + count):
                Shapes.draw(shape, n).save(folder / f"{'test' if n % 2 else 'a'}-{n}.png")
    return root
