"""`docsight inspect`: arrays against known values, and the page."""

import builtins
import importlib.util
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional as F

from docsight import inspection
from docsight.bundle import Bundle
from docsight.cli import main
from docsight.errors import BundleError, ConfigError, DataError, MissingExtraError
from docsight.images import ImageSettings
from docsight.inspection import InspectedModel
from docsight.inspection.activations import receptive_fields, record_activations
from docsight.inspection.attribution import grad_cam, occlusion
from docsight.inspection.loading import prepare
from docsight.networks.image_classifier import Decision, ImageClassifier

VIEWS = ["scores", "picture", "pixels", "decision", "filters", "maps_block1", "maps_block2"]


@pytest.fixture(scope="module")
def model(tiny_imagecat: Path) -> InspectedModel:
    return inspection.load(tiny_imagecat)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an image of a light stroke on a dark, uneven background."""
    pixels = np.random.default_rng(1).integers(0, 30, (20, 14), dtype=np.uint8)
    pixels[4:16, 6:9] = 240
    path = tmp_path_factory.mktemp("images") / "stroke.png"
    Image.fromarray(pixels).save(path)
    return path


def hand_made(*, channels: int = 1, blocks: list[list[int]] | None = None, stride: int = 1) -> InspectedModel:
    """Make a model of 16 by 16 pixels whose filters pass the image through, with the classes "ink" and "paper"."""
    arguments: dict[str, Any] = {
        "labels": ["ink", "paper"],
        "channels": channels,
        "blocks": blocks or [[2]],
        "stem_stride": stride,
    }
    network = ImageClassifier(**arguments)
    with torch.no_grad():
        for layer in network.modules():
            if isinstance(layer, torch.nn.Conv2d):
                layer.weight.zero_()
                layer.weight[0, 0, 1, 1] = 1.0  # filter 0 responds to light, filter 1 to nothing
        network.classify.weight.copy_(torch.tensor([[8.0, 0.0], [0.0, 0.0]]))
        network.classify.bias.zero_()
    return InspectedModel(
        name="hand made",
        network=network.eval().requires_grad_(False),
        arguments=arguments,
        settings=ImageSettings(size=16, mode="L" if channels == 1 else "RGB", mean=(0.0,), std=(1.0,)),
        decision=Decision(),
    )


def run(*args: object) -> int:
    return main([str(arg) for arg in args])


def dot(row: int, column: int, *, side: int = 2, light: int = 255) -> np.ndarray:
    pixels = np.zeros((1, 16, 16), dtype=np.uint8)
    pixels[:, row : row + side, column : column + side] = light
    return pixels


def test_load_names_a_shipped_model_as_users_know_it() -> None:
    assert [inspection.load(name).name for name in ("digits", "figures")] == ["digits", "figures"]


def test_load_refuses_other_kinds_of_models(tiny_model: Path, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="tagger"):
        inspection.load(tiny_model)
    with pytest.raises(BundleError, match="neither a shipped model"):
        inspection.load(tmp_path / "none")


def test_load_refuses_a_model_without_image_settings(tmp_path: Path) -> None:
    one = hand_made()
    Bundle("image_classifier", dict(one.arguments), one.network, {}, "# x\n").to_disk(tmp_path)
    with pytest.raises(BundleError, match="Export the model again"):
        inspection.load(tmp_path)


def test_pixels_and_input_have_the_shape_of_the_model(model: InspectedModel, image: Path) -> None:
    pixels, numbers = inspection.pixel_values(model, image), inspection.network_input(model, image.read_bytes())
    assert (pixels.dtype, pixels.shape) == (np.uint8, (1, 16, 16))
    assert (numbers.dtype, numbers.shape) == (np.float32, (1, 16, 16))
    assert inspection.pixel_values(model, pixels) is pixels
    with pytest.raises(DataError, match="uint8"):
        inspection.pixel_values(model, pixels[:, :8])


def test_classify_equals_the_component(model: InspectedModel, tiny_imagecat: Path, image: Path) -> None:
    spacy = pytest.importorskip("spacy")
    nlp = spacy.blank("en")
    nlp.add_pipe("cnn_imagecat", config={"model": str(tiny_imagecat), "device": "cpu"})
    doc = nlp.make_doc("")
    doc._.images = [{"id": "a", "path": str(image)}]
    cats = nlp.get_pipe("cnn_imagecat")(doc)._.images[0]["cats"]["cnn_imagecat"]
    prediction = inspection.classify(model, image)
    assert prediction.label == cats["label"]
    assert prediction.scores == pytest.approx(cats["scores"], abs=1e-4)
    assert prediction.in_domain == pytest.approx(cats["in_domain"], abs=1e-3)
    assert (prediction.temperature, prediction.threshold) == (1.5, 0.0)


def test_filters_before_training_follow_the_seed(model: InspectedModel) -> None:
    before, after = inspection.filters_before_and_after(model)
    assert before.shape == after.shape == (4, 1, 3, 3)
    fresh = ImageClassifier(**model.arguments).first_conv.weight.detach().numpy()
    assert np.array_equal(before, fresh)
    assert np.array_equal(after, model.network.first_conv.weight.numpy())
    assert np.abs(after - before).min() > 0


def test_feature_maps_equal_a_forward_pass_by_hand(model: InspectedModel, image: Path) -> None:
    maps = inspection.feature_maps(model, image, layers=inspection.layer_names(model))
    assert {name: values.shape for name, values in maps.items()} == {
        "block1.layer1": (4, 16, 16),
        "block1.layer2": (4, 16, 16),
        "block1": (4, 16, 16),
        "block2.layer1": (8, 8, 8),
        "block2.layer2": (8, 8, 8),
        "block2": (8, 8, 8),
    }
    first, second = model.network.blocks
    with torch.no_grad():
        ones = first.first(prepare(model, inspection.pixel_values(model, image)[None]))  # type: ignore[operator]
        twos = first.branch(ones)  # type: ignore[operator]
        out = second(F.max_pool2d(ones + twos, 2))
    for name, expected in (("block1.layer1", ones), ("block1.layer2", twos), ("block1", ones + twos), ("block2", out)):
        assert np.allclose(maps[name], expected[0].numpy(), atol=1e-6), name
    assert list(inspection.feature_maps(model, image)) == ["block1", "block2"]
    assert not any(module._forward_hooks for module in model.network.modules())


def test_feature_maps_error_for_an_unknown_layer_lists_the_layers(model: InspectedModel, image: Path) -> None:
    with pytest.raises(ConfigError, match=r"block1\.layer1, block1\.layer2, block1, block2"):
        inspection.feature_maps(model, image, layers=["block9"])


def test_grad_cam_finds_the_evidence_for_the_label() -> None:
    one = hand_made()
    cam = grad_cam(one, dot(4, 10))
    # The logit is 8 times the mean of filter 0, so that each position of its map has 8 / 256 of its value.
    assert cam[4:6, 10:12] == pytest.approx(8 / 256, rel=1e-3)
    cam[4:6, 10:12] = 0
    assert not cam.any()
    assert not grad_cam(one, dot(4, 10), label="paper").any()


def test_grad_cam_equals_the_weighted_maps_of_the_last_block(model: InspectedModel, image: Path) -> None:
    maps = torch.from_numpy(inspection.feature_maps(model, image)["block2"])
    weights = model.network.classify.weight[3]  # after the mean, of class "3"
    expected = ((weights[:, None, None] * maps).sum(dim=0) / 64).relu()
    expected = F.interpolate(expected[None, None], size=(16, 16), mode="bilinear")[0, 0]
    with torch.inference_mode():  # as a caller may be in
        cam = grad_cam(model, image, label="3")
    assert np.allclose(cam, expected.numpy(), atol=1e-5)
    assert grad_cam(model, image, layer="block1").shape == (16, 16)
    assert not any(module._forward_hooks for module in model.network.modules())


def test_attribution_takes_the_most_probable_label_by_default(model: InspectedModel, image: Path) -> None:
    best = inspection.classify(model, image).best
    assert np.array_equal(grad_cam(model, image), grad_cam(model, image, label=best))
    assert np.array_equal(occlusion(model, image), occlusion(model, image, label=best))


@pytest.mark.parametrize("explain", [grad_cam, occlusion])
def test_attribution_error_for_an_unknown_label_lists_the_labels(
    explain: Callable[..., np.ndarray], model: InspectedModel, image: Path
) -> None:
    with pytest.raises(ConfigError, match="0, 1, 2, 3"):
        explain(model, image, label="x")


@pytest.mark.parametrize(("row", "column"), [(4, 10), (0, 0), (14, 14)])
def test_occlusion_finds_the_only_block_that_matters(row: int, column: int) -> None:
    lost = occlusion(hand_made(), dot(row, column), patch=2, stride=2)
    assert lost[row : row + 2, column : column + 2] == pytest.approx(8 * 4 / 256, rel=1e-3)
    lost[row : row + 2, column : column + 2] = 0
    assert np.allclose(lost, 0)


def test_occlusion_is_negative_where_covering_helps() -> None:
    assert occlusion(hand_made(), dot(4, 10), label="paper").min() < -0.05


def test_occlusion_reaches_every_pixel_and_refuses_a_patch_that_does_not_fit() -> None:
    one = hand_made()
    assert np.isfinite(occlusion(one, dot(4, 10), patch=5, stride=3)).all()
    for patch, stride in ((0, 1), (17, 1), (4, 5)):
        with pytest.raises(ConfigError, match="patch"):
            occlusion(one, dot(4, 10), patch=patch, stride=stride)


def test_occlusion_works_with_one_label_and_in_colour() -> None:
    one = hand_made(channels=3)
    assert occlusion(one, np.repeat(dot(4, 10), 3, axis=0)).argmax() in (4 * 16 + 10, 4 * 16 + 11)
    only = ImageClassifier(labels=["a"], channels=1, blocks=[[2]]).eval().requires_grad_(False)
    assert np.isfinite(occlusion(InspectedModel(**{**vars(hand_made()), "network": only}), dot(4, 10))).all()


def test_top_images_sorts_images_by_their_maximum_activation() -> None:
    one = hand_made()
    images = [dot(3, 3, light=light) for light in (50, 250, 0, 150, 250)]
    found = inspection.top_images(one, images, top=4)
    assert found.images.tolist() == [[1, 4, 3, 0], [0, 1, 2, 3]]  # filter 1 responds to none of them
    assert found.values[0] == pytest.approx([250 / 255, 250 / 255, 150 / 255, 50 / 255], rel=1e-3)
    assert found.boxes[0, 0].tolist() == [2, 2, 5, 5]  # 3 by 3, around the first pixel of the dot
    assert (found.layer, found.read, found.unread) == ("block1", 5, 0)


def test_top_images_does_not_depend_on_the_batch(monkeypatch: pytest.MonkeyPatch, model: InspectedModel) -> None:
    images = [np.random.default_rng(seed).integers(0, 255, (1, 16, 16), dtype=np.uint8) for seed in range(7)]
    whole = inspection.top_images(model, images, layer="block1", top=3)
    monkeypatch.setattr("docsight.inspection.top_activations._PIXELS_PER_SEARCH_BATCH", 2 * 16 * 16)
    lines: list[str] = []
    parts = inspection.top_images(model, images, layer="block1", top=3, filters=[2], on_progress=lines.append)
    assert parts.filters.tolist() == [2]
    assert np.array_equal(parts.images[0], whole.images[2])
    assert np.array_equal(parts.boxes[0], whole.boxes[2])
    assert lines[-1] == "7 of 7 images"


def test_top_images_skips_unreadable_images(model: InspectedModel) -> None:
    found = inspection.top_images(model, [b"no image", dot(3, 3), b""], top=9)
    assert (found.read, found.unread, found.images.shape) == (1, 2, (8, 1))
    assert (found.images == 1).all()
    with pytest.raises(DataError, match="None of the 1 images"):
        inspection.top_images(model, [b"no image"])


def test_top_images_refuses_unknown_layers_and_filters(model: InspectedModel) -> None:
    with pytest.raises(ConfigError, match="block2"):
        inspection.top_images(model, [dot(3, 3)], layer="block3")
    for filters in ([8], [-1], []):
        with pytest.raises(ConfigError, match="0 to 7"):
            inspection.top_images(model, [dot(3, 3)], filters=filters)
    with pytest.raises(ConfigError, match="top"):
        inspection.top_images(model, [dot(3, 3)], top=0)


def test_find_images_searches_subfolders_and_skips_other_files(tmp_path: Path) -> None:
    for name in ("b.PNG", "sub/a.jpg", ".hidden/c.png", "text.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert [path.name for path in inspection.find_images(tmp_path)] == ["b.PNG", "a.jpg"]
    with pytest.raises(DataError, match="not a folder"):
        inspection.find_images(tmp_path / "text.txt")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="no image"):
        inspection.find_images(tmp_path / "empty")


@pytest.mark.parametrize(("stride", "layer"), [(1, "block1"), (1, "block2"), (2, "block1"), (2, "block2.layer1")])
def test_receptive_fields_cover_what_a_position_depends_on(stride: int, layer: str) -> None:
    arguments: dict[str, Any] = {"labels": ["a"], "channels": 1, "blocks": [[2, 2], [2, 2]], "stem_stride": stride}
    network = ImageClassifier(**arguments).eval().requires_grad_(False)
    network.pool = torch.nn.AvgPool2d(2)  # type: ignore[assignment]  # which lets all pixels through
    for module in network.modules():
        if isinstance(module, torch.nn.Conv2d):
            module.weight.fill_(1.0)
    settings = ImageSettings(size=32, mode="L")
    one = InspectedModel(name="", network=network, arguments=arguments, settings=settings, decision=Decision())
    images = torch.ones(1, 1, 32, 32, requires_grad=True)
    with record_activations(one, [layer]) as maps:
        network(images)
    maps[layer][0, 0, 3, 2].backward()
    assert images.grad is not None
    rows, columns = np.nonzero(images.grad[0, 0].numpy())
    expected = [rows.min(), columns.min(), rows.max() + 1, columns.max() + 1]
    assert receptive_fields(one, layer, np.array([3, 2])).tolist() == expected


def test_inspect_writes_a_page_and_its_views(
    tiny_imagecat: Path, image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("matplotlib")
    out, data = tmp_path / "new" / "out", tmp_path / "data"
    data.mkdir()
    shutil.copy(image, data / "a.png")
    (data / "broken.png").write_bytes(b"no image")
    options = ["--data", data, "--layer", "block1", "--filter", 1, "--filter", 3, "--top", 2]
    assert run("inspect", tiny_imagecat, "--image", image, "-o", out, *options) == 0
    names = [f"{name}.png" for name in (*VIEWS, "exciting")]
    assert sorted(path.name for path in out.iterdir()) == sorted(["index.html", *names])
    for name in names:
        with Image.open(out / name) as view:
            assert (view.format, view.width) == ("PNG", 1792 if name != "exciting.png" else 1232)
    page = (out / "index.html").read_text(encoding="utf-8")
    assert page.count('<img src="data:image/png;base64,') == len(names)
    assert "1 image was read, 1 could not be read" in page
    lines = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r".*stroke\.png: (\d \(|no label \(most like \d, )0\.\d{3}\), in_domain -?\d+\.\d\d", lines[0])
    assert lines[1] == f"Written to {out}: index.html, {', '.join(names)}"


def test_inspect_draws_colour_images_and_another_label(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    one = hand_made(channels=3, blocks=[[2], [2]], stride=2)
    about = {"images": {"size": 40, "mode": "RGB"}, "decision": one.decision.to_config()}
    Bundle("image_classifier", dict(one.arguments), one.network, {}, "# x\n", about).to_disk(tmp_path / "model")
    noise = np.random.default_rng(1).integers(0, 255, (30, 50, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "a.png")
    found = inspection.inspect(tmp_path / "model", tmp_path / "a.png", tmp_path / "out", label="paper")
    assert (found.label, found.prediction.best) == ("paper", "ink")
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "which is not the most probable class" in page
    assert "the threshold is" not in page  # there is none


def test_inspect_page_shows_hostile_names_as_text_and_needs_no_network(
    tiny_imagecat: Path, image: Path, tmp_path: Path
) -> None:
    pytest.importorskip("matplotlib")
    evil = '"><script>alert(1)<&{{ 7 * 7 }}$x$.png'
    shutil.copy(image, tmp_path / evil)
    inspection.inspect(tiny_imagecat, tmp_path / evil, tmp_path / "out")
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;&amp;{{ 7 * 7 }}$x$.png" in page
    assert not re.search(r"""(src|href)\s*=\s*["']?\s*(https?:)?//|url\(|@import""", page)
    assert "content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\"" in page


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--image", "{broken}"], "this is not an image"),
        (["--image", "{none}"], "none.png"),
        (["--image", "{image}", "--label", "x"], "label 'x': the model tiny has 0, 1, 2"),
        (["--image", "{image}", "--data", "{none}"], "not a folder"),
        (["--image", "{image}", "--data", "{folder}", "--layer", "nine"], "layer 'nine': the model has block1"),
        (["--image", "{image}", "--data", "{folder}", "--filter", "99"], "filters 0 to 7; found 99"),
    ],
)
def test_inspect_reports_errors_in_one_line_and_writes_nothing(
    options: list[str],
    message: str,
    tiny_imagecat: Path,
    image: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    pytest.importorskip("matplotlib")
    (tmp_path / "broken.png").write_bytes(b"no image")
    names = {
        "broken": tmp_path / "broken.png",
        "none": tmp_path / "none.png",
        "image": image,
        "folder": image.parent,
    }
    given = [option.format(**names) for option in options]
    assert run("inspect", tiny_imagecat, "-o", tmp_path / "out", *given) == 1
    (line,) = [line for line in capsys.readouterr().err.splitlines() if "error" in line]
    assert line.startswith("docsight: error: ")
    assert message in line
    assert not (tmp_path / "out").exists()


def test_inspect_refuses_a_model_of_another_kind(
    tiny_model: Path, image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("matplotlib")
    assert run("inspect", tiny_model, "--image", image, "-o", tmp_path / "out") == 1
    assert "'tagger' model" in capsys.readouterr().err


def test_inspect_refuses_a_filter_without_a_data_set(
    tiny_imagecat: Path, image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        run("inspect", tiny_imagecat, "--image", image, "-o", tmp_path / "out", "--filter", 1)
    assert stopped.value.code == 2
    assert "--data" in capsys.readouterr().err


def test_inspect_without_matplotlib_names_the_extra(
    tiny_imagecat: Path,
    image: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "matplotlib" else find(name))
    assert run("inspect", tiny_imagecat, "--image", image, "-o", tmp_path / "out") == 1
    error = capsys.readouterr().err
    assert error == (
        "docsight: error: docsight inspect needs the 'plots' extra; install it with: pip install 'docsight[plots]'\n"
    )
    assert not (tmp_path / "out").exists()


def test_arrays_need_no_matplotlib(model: InspectedModel, image: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", refuse)
    for see in (inspection.pixel_values, inspection.feature_maps, grad_cam, occlusion):
        see(model, image)  # type: ignore[operator]
    inspection.filters_before_and_after(model)
    inspection.top_images(model, [image])
    monkeypatch.setattr(importlib.util, "find_spec", lambda *_: None)
    with pytest.raises(MissingExtraError, match="plots"):
        inspection.inspect("digits", image, "out")


def test_inspection_reads_large_images_in_float32(tmp_path, monkeypatch):
    monkeypatch.setattr("docsight.layers.lstms.has_fast_bfloat16", lambda device: True)
    arguments = {"labels": ["a", "b"], "channels": 1, "blocks": [[4], [8]]}
    about = {"name": "large", "lang": "xx", "images": ImageSettings(size=96, mode="L").to_config(), "decision": {}}
    Bundle("image_classifier", arguments, ImageClassifier(**arguments), {}, "# large\n", about).to_disk(tmp_path / "m")
    model = inspection.load(tmp_path / "m")
    pixels = np.random.default_rng(1).integers(0, 256, (1, 96, 96), dtype=np.uint8)
    assert inspection.grad_cam(model, pixels).dtype == np.float32
    assert all(maps.dtype == np.float32 for maps in inspection.feature_maps(model, pixels).values())
