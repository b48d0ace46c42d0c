"""The data module of images: settings and classes read from the data, splits, drawn images, batches, and errors."""

from pathlib import Path

import datasets
import numpy as np
import pytest
import spacy
import torch
from PIL import Image

from docsight.bundle import load_folder
from docsight.errors import ConfigError, DataError
from docsight.images import ImageSettings, normalise
from docsight_training.data.drawings.fonts import built_in_font
from docsight_training.data.images import image_batches, image_reading, synthetic
from docsight_training.data.images.dataset import OTHER
from docsight_training.data.images.image_data import ImageData
from docsight_training.data.images.image_reading import choose_settings, is_grey, read_images
from docsight_training.data.sources import load_images

SHAPES = ("bar", "dot", "line")


def _data(path: Path, **options) -> ImageData:
    data = ImageData(**{"path": str(path), **options})
    data.setup()
    return data


def test_image_data_reads_colour_size_and_classes_from_parquet(parquet):
    data = _data(parquet)
    assert data.labels == list(SHAPES)
    assert (data.settings.mode, data.settings.size) == ("L", 16)
    assert [len(data.parts[part]) for part in ("train", "validation", "test")] == [60, 12, 12]
    assert data.network_arguments() == {"labels": list(SHAPES), "channels": 1}
    assert data.has_test
    pixels = data.parts["train"].pixels.double() / 255
    assert data.settings.mean == (pytest.approx(float(pixels.mean()), abs=2e-3),)
    assert data.settings.std == (pytest.approx(float(pixels.std()), abs=2e-3),)
    inputs = normalise(data.parts["train"].pixels, data.settings)
    assert abs(float(inputs.mean())) < 0.02
    assert float(inputs.std()) == pytest.approx(1, abs=0.02)


def test_image_data_reads_colour_and_larger_sizes(tmp_path, shapes):
    shapes.write(tmp_path, "train", 4, colour=True, size=30)
    data = _data(tmp_path, validation=0.5)
    assert (data.settings.mode, data.settings.size) == ("RGB", 32)
    assert len(data.settings.mean) == 3
    assert data.settings.mean[0] < data.settings.mean[1]


def test_local_images_are_read_without_progress_bars_of_downloads(tmp_path, shapes, capfd):
    shapes.write(tmp_path, "train", 4)
    capfd.readouterr()
    assert datasets.is_progress_bar_enabled()
    assert len(load_images("train", source="auto", path=str(tmp_path))) == 4 * len(SHAPES)
    assert capfd.readouterr().err == ""
    assert datasets.is_progress_bar_enabled()


def test_image_data_explicit_settings_take_precedence(parquet):
    given = {"size": 12, "mode": "RGB", "mean": [0.5], "std": [0.25], "fit": None, "stretch": None}
    data = _data(parquet, images=given)
    assert data.settings == ImageSettings(size=12, mode="RGB", mean=(0.5,), std=(0.25,))
    assert data.parts["train"].pixels.shape == (60, 3, 12, 12)


def test_image_data_reads_string_labels(tmp_path, shapes):
    shapes.write(tmp_path, "train", 4, named=False)
    data = _data(tmp_path, validation=0.25)
    assert data.labels == sorted(SHAPES)
    assert data.parts["train"].labels.bincount().tolist() == [3, 3, 3]
    assert data.parts["validation"].labels.bincount().tolist() == [1, 1, 1]


def test_image_data_reads_integer_labels(tmp_path, shapes):
    rows = {"image": [shapes.encode(shapes.draw("bar", n)) for n in range(6)], "label": [3, 7] * 3}
    datasets.Dataset.from_dict(rows).to_parquet(tmp_path / "train.parquet")
    data = _data(tmp_path, validation=0.34)
    assert data.labels == ["3", "7"]
    assert _data(tmp_path, validation=0.34, labels=[7, 3]).labels == ["7", "3"]


def test_image_data_reads_folders_named_like_splits(folders):
    data = _data(folders, source="imagefolder")
    assert data.labels == list(SHAPES)
    assert [len(data.parts[part]) for part in ("train", "validation", "test")] == [54, 6, 12]
    assert data.parts["train"].sources == [""] * 54


def test_load_images_keeps_class_folders_named_like_splits(tmp_path, shapes):
    for name in ("test", "validation", "dev"):
        folder = tmp_path / "od[d] *" / "train" / name
        folder.mkdir(parents=True)
        shapes.draw("bar", 1).save(folder / "a.png")
    rows = load_images("train", source="imagefolder", path=str(tmp_path / "od[d] *"))
    assert rows.features["label"].names == ["dev", "test", "validation"]
    assert len(rows) == 3


def test_read_images_matches_the_network_input_of_the_component(tiny_imagecat, tmp_path, shapes):
    settings = ImageSettings.from_config(load_folder(tiny_imagecat, kind="image_classifier").about["images"])
    images = [shapes.draw(shape, n, size=9 + 7 * n, colour=bool(n % 2)) for n in range(4) for shape in SHAPES]
    rows = {"image": [shapes.encode(image) for image in images], "label": ["0"] * len(images)}
    datasets.Dataset.from_dict(rows).to_parquet(tmp_path / "train.parquet")
    split = load_images("train", source="parquet", path=str(tmp_path))
    read = read_images(split, {"image": "image", "label": "label"}, list("0123456789"), settings, "train")
    nlp = spacy.blank("en")
    component = nlp.add_pipe("cnn_imagecat", config={"model": str(tiny_imagecat)})
    _ = component.bundle
    seen = []
    component._network.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    doc = nlp.make_doc("x")
    doc._.images = [{"id": n, "bytes": content} for n, content in enumerate(rows["image"])]
    nlp(doc)
    assert torch.equal(torch.cat(seen), normalise(read.pixels, settings))


def test_choose_settings_holds_one_image_at_a_time(parquet, monkeypatch):
    alive = set()
    plain = image_reading.open_image

    class Held:
        def __init__(self, image):
            self.image = image
            alive.add(id(self))

        def __del__(self):
            alive.discard(id(self))

        def __getattr__(self, name):
            return getattr(self.image, name)

    counts = []
    monkeypatch.setattr(image_reading, "open_image", lambda source: counts.append(len(alive)) or Held(plain(source)))
    monkeypatch.setattr(image_reading, "to_pixels", lambda image, settings: np.zeros((1, settings.size, settings.size)))
    choose_settings(load_images("train", source="parquet", path=str(parquet)), "image", {})
    assert max(counts) <= 2


def test_is_grey_tolerates_jpeg_artefacts():
    assert is_grey(Image.new("RGB", (4, 4), (100, 104, 103)))
    assert not is_grey(Image.new("RGB", (4, 4), (100, 120, 100)))


def test_image_data_holds_out_a_seeded_fraction_of_each_class(tmp_path, shapes):
    shapes.write(tmp_path, "train", 10)
    first, again, other = (_data(tmp_path, validation=0.3, seed=seed) for seed in (1, 1, 2))
    assert first.parts["validation"].labels.bincount().tolist() == [3, 3, 3]
    assert torch.equal(first.parts["validation"].pixels, again.parts["validation"].pixels)
    assert not torch.equal(first.parts["validation"].pixels, other.parts["validation"].pixels)
    assert not first.has_test
    keys = {part: {bytes(row) for row in first.parts[part].pixels.flatten(1).numpy()} for part in first.parts}
    assert not keys["train"] & keys["validation"]


def test_image_data_leaves_sources_out_of_training_and_validation_only(parquet):
    data = _data(parquet, leave_out=["web"])
    assert set(data.parts["train"].sources) == set(data.parts["validation"].sources) == {"book"}
    assert set(data.parts["test"].sources) == {"book", "web"}
    with pytest.raises(ConfigError, match=r"data\.leave_out: unknown source radio; expected book, web\."):
        _data(parquet, leave_out=["web", "radio"])


def test_image_data_leaves_out_a_source_missing_from_validation(tmp_path, shapes):
    shapes.write(tmp_path, "train", 4)
    rows = datasets.load_dataset("parquet", data_files=str(tmp_path / "train.parquet"), split="train")
    rows.filter(lambda row: row["source"] == "web").to_parquet(tmp_path / "validation.parquet")
    data = _data(tmp_path, leave_out=["book"])
    assert set(data.parts["train"].sources) == {"web"}
    assert len(data.parts["validation"]) == 6


def test_image_data_per_class_samples_are_nested(parquet):
    kept = {}
    for count in (2, 5, 100):
        train = _data(parquet, per_class=count).parts["train"]
        assert train.labels.bincount().tolist() == [min(count, 20)] * 3
        kept[count] = {bytes(row) for row in train.pixels.flatten(1).numpy()}
    assert kept[2] < kept[5] < kept[100]


def test_image_data_draws_withheld_labels(parquet, monkeypatch):
    seeds = []

    def drawn(label, rng, typefaces):
        seeds.append(int(rng.integers(2**31)))
        return Image.new("RGB", (20, 20), (seeds[-1] % 256, 0, 0))

    monkeypatch.setattr(synthetic, "draw", drawn)
    monkeypatch.setattr(synthetic, "find_fonts", lambda folders: [built_in_font()])
    data = _data(parquet, withhold=["dot"], drawn={"dot": 30, "bar": 5})
    assert data.parts["train"].labels.bincount().tolist() == [25, 30, 20]
    assert data.parts["validation"].labels.bincount().tolist() == [4, 3, 4]  # the withheld ones are all drawn
    assert data.parts["test"].labels.bincount().tolist() == [4, 4, 4]
    assert len(set(seeds)) == len(seeds) == 38
    assert "drawn by docsight_training: dot, bar" in data.sources()["drawn"]["origin"]


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_image_data_trains_on_glyphs_in_the_mode_of_the_data(tmp_path, monkeypatch, mode, shapes):
    images = [shapes.encode(shapes.draw("bar", n)) for n in range(20)]
    rows = {"image": images, "label": [str(n % 10) for n in range(20)]}
    datasets.Dataset.from_dict(rows).to_parquet(tmp_path / "train.parquet")
    blank = np.zeros((99, 16, 16), dtype=np.uint8)
    monkeypatch.setattr(synthetic, "find_fonts", lambda folders: [built_in_font()])
    monkeypatch.setattr(synthetic, "glyph_set", lambda chars, n, **_: (blank[:n], [chars[at % 10] for at in range(n)]))
    monkeypatch.setattr(synthetic, "outlier_set", lambda n, **_: blank[:n])
    options = {"images": {"mode": mode}, "validation": 0.5, "glyphs": {"digits": 20, "other": 30}}
    data = _data(tmp_path, **options)
    labels = data.parts["train"].labels
    assert labels[labels != OTHER].bincount().tolist() == [3] * 10
    assert int((labels == OTHER).sum()) == 30
    assert int((data.parts["validation"].labels == OTHER).sum()) == 3
    assert data.parts["train"].pixels.shape == (60, data.settings.channels, 16, 16)


def test_image_data_balance_equalises_class_counts(parquet):
    data = _data(parquet, epoch_size=3000, batch_size=1000, balance=1.0)
    few = [*(data.parts["train"].labels != 0).nonzero()[:, 0].tolist(), 0, 3]
    data.parts["train"] = data.parts["train"].take(few)
    epoch = data.train_dataloader().dataset
    counts = torch.cat([epoch[at].labels for at in range(3)]).bincount()
    assert counts.tolist() == pytest.approx([1000] * 3, rel=0.15)
    data.balance = 0.0
    epoch = data.train_dataloader().dataset
    counts = torch.cat([epoch[at].labels for at in range(3)]).bincount()
    assert counts.tolist() == pytest.approx([3000 * 2 / 42, 3000 * 20 / 42, 3000 * 20 / 42], rel=0.35)


def test_epoch_is_determined_by_its_seed_and_number(parquet):
    changes = {"geometry": {"rotate": 20}, "chances": {"noise": 0.5}}
    data, again = (_data(parquet, batch_size=16, augment=changes) for _ in range(2))
    first, other = data.epoch_batches(3), again.epoch_batches(3)
    assert len(first) == 3  # and 12 images that come in another epoch
    backwards = [other[at] for at in (2, 1, 0)][::-1]  # by its number, not by earlier draws
    for at in range(3):
        assert torch.equal(first[at].images, backwards[at].images)
        assert torch.equal(first[at].labels, backwards[at].labels)
    assert not torch.equal(first[0].images, data.epoch_batches(4)[0].images)
    data.seed = 2
    assert not torch.equal(first[0].images, data.epoch_batches(3)[0].images)


def test_epoch_has_every_image_once(parquet):
    data = _data(parquet, batch_size=20)
    epoch = data.epoch_batches(0)
    assert sorted(torch.cat([chosen for _, chosen in epoch.plans]).tolist()) == list(range(60))
    with pytest.raises(IndexError):
        epoch[3]


def test_epoch_smaller_than_a_batch_is_one_batch(parquet):
    epoch = _data(parquet, per_class=2).epoch_batches(0)
    assert len(epoch) == 1
    assert epoch[0].images.shape == (6, 1, 16, 16)


def test_evaluation_batches_are_the_images_in_order(parquet, monkeypatch):
    monkeypatch.setattr(image_batches, "_EVALUATION_BATCH_SIZE", 5)
    data = _data(parquet)
    batches = [data.evaluation_batches("test")[at] for at in range(len(data.evaluation_batches("test")))]
    assert [len(batch.labels) for batch in batches] == [5, 5, 2]
    assert torch.equal(torch.cat([b.images for b in batches]), normalise(data.parts["test"].pixels, data.settings))
    assert len(data.augmented_batches("train", max_images=7)) == 2
    assert torch.equal(
        data.augmented_batches("train", max_images=7)[0].images, data.augmented_batches("train", max_images=7)[0].images
    )


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"source": "parket"}, ConfigError, "data.source='parket' is unknown"),
        ({"source": "imagefolder"}, DataError, "has no images for 'train': expected train/CLASS/IMAGE"),
        ({"splits": {"train": "learn"}}, DataError, "has no images for 'learn'"),
        (
            {"columns": {"image": "photo"}},
            DataError,
            r"has no column 'photo'; found image, label, source.*columns\.image",
        ),
        ({"columns": {"label": "class"}}, DataError, r"has no column 'class'; found .*columns\.label"),
        ({"labels": ["bar", "dot"]}, DataError, r"unknown class line; expected bar, dot"),
        ({"images": {"mode": "CMYK"}}, ConfigError, r"images\.mode"),
        ({"withhold": ["dot"]}, ConfigError, "nothing is drawn for dot"),
        ({"drawn": {"ship": 3}}, ConfigError, "unknown class ship; expected bar, dot, line"),
        ({"glyphs": {"digits": 3}}, ConfigError, "expected the classes 0 to 9"),
        ({"glyphs": {"letters": 3}}, ConfigError, "expected digits, other and pairs; found letters"),
        ({"leave_out": ["book", "web"]}, DataError, "No images are left for train"),
        ({"batch_size": 0}, ConfigError, r"data\.batch_size: expected at least 1; found 0"),
        ({"per_class": 0}, ConfigError, r"data\.per_class"),
        ({"augment": {"chances": {"fire": 0.1}}}, ConfigError, "fire is unknown"),
        ({"columns": {"source": "nowhere"}, "leave_out": ["web"]}, ConfigError, "a column 'nowhere', which is missing"),
    ],
)
def test_image_data_reports_invalid_settings(parquet, options, error, message):
    with pytest.raises(error, match=message):
        _data(parquet, **options)


@pytest.mark.parametrize("fraction", [0, 1, -0.1, float("nan")])
def test_image_data_rejects_a_fraction_that_leaves_no_images(tmp_path, fraction, shapes):
    shapes.write(tmp_path, "train", 2)
    with pytest.raises(ConfigError, match=r"data\.validation: expected a fraction between 0 and 1"):
        _data(tmp_path, validation=fraction)


def test_image_data_holds_out_at_least_one_image_of_each_class(tmp_path, shapes):
    shapes.write(tmp_path, "train", 2)
    data = _data(tmp_path, validation=0.01)
    assert data.parts["validation"].labels.bincount().tolist() == [1, 1, 1]


def test_image_data_reads_a_folder_of_classes(tmp_path, shapes):
    for shape in SHAPES:
        (tmp_path / shape).mkdir()
        for n in range(10):
            shapes.draw(shape, n).save(tmp_path / shape / f"{n}.png")
    data = _data(tmp_path, validation=0.1, test=0.2)
    assert data.labels == list(SHAPES)
    assert {part: images.labels.bincount().tolist() for part, images in data.parts.items()} == {
        "train": [7, 7, 7],
        "validation": [1, 1, 1],
        "test": [2, 2, 2],
    }
    again = _data(tmp_path, validation=0.1, test=0.2)
    assert torch.equal(data.parts["test"].pixels, again.parts["test"].pixels)


def test_image_data_reads_splits_by_any_of_their_names(folders, tmp_path):
    (tmp_path / "training").symlink_to(folders / "train")
    (tmp_path / "valid").symlink_to(folders / "test")
    data = _data(tmp_path)
    assert [len(data.parts[part]) for part in ("train", "validation")] == [60, 12]
    assert not data.has_test


@pytest.mark.parametrize("given", [{}, {"size": 16, "mode": "L", "mean": [0.5], "std": [0.25]}])
def test_image_data_names_the_row_of_a_broken_image(tmp_path, given, shapes):
    good = shapes.encode(shapes.draw("bar", 1))
    rows = {"image": [good, good, good[:40], good], "label": ["a"] * 4}
    datasets.Dataset.from_dict(rows).to_parquet(tmp_path / "train.parquet")
    with pytest.raises(DataError, match=r", row 2: .* of 40 bytes cannot be decoded.*Correct or remove that row"):
        _data(tmp_path, images=given)


def test_image_data_names_the_row_without_a_label(tmp_path, shapes):
    good = shapes.encode(shapes.draw("bar", 1))
    datasets.Dataset.from_dict({"image": [good] * 3, "label": ["a", None, "b"]}).to_parquet(tmp_path / "train.parquet")
    with pytest.raises(DataError, match="row 1: there is no label"):
        _data(tmp_path)


def test_read_images_rejects_images_that_exceed_the_memory(parquet, monkeypatch):
    monkeypatch.setattr(image_reading, "_MAX_MEMORY_FRACTION", 1e-9)
    with pytest.raises(ConfigError, match=r"60 images of 16 x 16 pixels take .* GiB, as they are all kept in memory"):
        _data(parquet)


@pytest.mark.parametrize(("images", "size"), [(30, 8), (400, 40), (3000, 128)])
def test_batch_size_follows_the_number_of_images(parquet, images, size):
    data = _data(parquet, epoch_size=images)
    assert len(data.epoch_batches(0)[0].images) == size
    assert len(data.epoch_batches(0)) == images // size


def test_a_single_class_is_a_warning(tmp_path, caplog):
    (tmp_path / "bar").mkdir()
    for number in range(4):
        Image.new("L", (16, 16), 50 * number).save(tmp_path / "bar" / f"{number}.png")
    _data(tmp_path)
    assert caplog.messages == ["There is only one class, bar, so the model will predict it for every image."]


def test_classes_of_one_image_are_refused_with_the_number_that_is_needed(tmp_path):
    for name in SHAPES:
        (tmp_path / name).mkdir()
        Image.new("L", (16, 16)).save(tmp_path / name / "0.png")
    with pytest.raises(DataError, match=r"No images are left for validation; .* A class needs two images"):
        _data(tmp_path)
