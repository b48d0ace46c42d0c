import hashlib
import io
import json
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
import spacy
import torch
from PIL import Image
from spacy.language import Language
from spacy.tokens import Doc, DocBin
from spacy.training import Example

from docsight import attributes
from docsight.bundle import Bundle, load_folder
from docsight.components import cnn_imagecat
from docsight.errors import BundleError, ConfigError
from docsight.images import ImageSettings, normalise, read_pixels
from docsight.networks.image_classifier import ImageClassifier

KEY = ("._.", "images", None, None)


@pytest.fixture
def nlp(tiny_imagecat) -> Language:
    return _with(tiny_imagecat)


def _with(model: Path, **settings) -> Language:
    made = spacy.blank("en")
    made.add_pipe("cnn_imagecat", config={"model": str(model), **settings})
    return made


def _png(seed: int, size: int = 16) -> bytes:
    values = np.random.default_rng(seed).integers(0, 256, (size, size), dtype=np.uint8)
    held = io.BytesIO()
    Image.fromarray(values).save(held, "PNG")
    return held.getvalue()


def _doc(nlp: Language, *images, text: str = "London") -> Doc:
    doc = nlp.make_doc(text)
    doc._.images = list(images)
    return doc


def _cats(doc: Doc, name: str = "cnn_imagecat") -> list:
    return [image["cats"][name] for image in doc._.images]


def _same(cats: dict, other: dict) -> bool:
    return cats["label"] == other["label"] and cats["scores"] == pytest.approx(other["scores"], abs=1e-4)


def test_cnn_imagecat_writes_label_score_and_probabilities_of_each_image(nlp):
    doc = nlp(_doc(nlp, {"id": "a", "bytes": _png(1)}))
    (cats,) = _cats(doc)
    assert set(cats) == {"label", "score", "scores", "in_domain"}
    assert list(cats["scores"]) == list("0123456789")
    assert sum(cats["scores"].values()) == pytest.approx(1, abs=1e-5)
    assert cats["score"] == max(cats["scores"].values())
    assert all(type(value) is float for value in (cats["score"], cats["in_domain"], *cats["scores"].values()))
    json.dumps(cats, allow_nan=False)


def test_cnn_imagecat_equals_the_network_called_by_hand(nlp, tiny_imagecat):
    bundle = load_folder(tiny_imagecat, kind="image_classifier")
    settings = ImageSettings.from_config(bundle.about["images"])
    images = [_png(seed, 12 + seed) for seed in range(5)]
    pixels = torch.from_numpy(np.stack([read_pixels(image, settings) for image in images]))
    with torch.inference_mode():
        reading = bundle.network.eval()(normalise(pixels, settings))
    doc = nlp(_doc(nlp, *({"id": n, "bytes": image} for n, image in enumerate(images))))
    for cats, logits in zip(_cats(doc), reading.logits, strict=True):
        assert list(cats["scores"].values()) == pytest.approx((logits / 1.5).softmax(0).tolist(), abs=1e-5)
        assert cats["in_domain"] == pytest.approx(float(logits.logsumexp(0)), abs=1e-4)


def test_cnn_imagecat_a_broken_image_affects_no_other(nlp, tmp_path):
    good = {"id": "good", "bytes": _png(1)}
    (tmp_path / "a.png").write_bytes(_png(1))
    rows = [
        {"id": "broken", "bytes": _png(1)[:60]},
        dict(good),
        {"id": "empty", "bytes": b""},
        {"id": "gone", "path": str(tmp_path / "gone.png")},
        {"id": "by path", "path": str(tmp_path / "a.png")},
        {"id": "neither"},
        {"id": "number", "path": 5},
        {"id": "no string", "path": tmp_path / "a.png"},
        {"id": "last", "bytes": bytearray(_png(1))},
    ]
    expected = _cats(nlp(_doc(nlp, dict(good))))[0]
    docs = [_doc(nlp, *(dict(row) for row in rows)), _doc(nlp), _doc(nlp, dict(good))]
    read = list(nlp.pipe(docs))
    found = {image["id"]: image["cats"]["cnn_imagecat"] for image in read[0]._.images}
    for name in ("good", "by path", "last"):
        assert _same(found[name], expected), name
    assert _same(_cats(read[2])[0], expected)
    assert set(found["broken"]) == {"error"}
    assert "cannot be decoded" in found["broken"]["error"]
    assert "it is empty" in found["empty"]["error"]
    assert "gone.png cannot be read: No such file" in found["gone"]["error"]
    for name in ("neither", "number", "no string"):
        assert "'bytes', or with 'path' as a string" in found[name]["error"]
    assert [image["id"] for image in read[0]._.images] == [row["id"] for row in rows]


@pytest.mark.parametrize("entry", ["a.png", None, 5, ["a.png"], b"bytes"])
def test_cnn_imagecat_an_entry_that_is_not_a_dict_affects_no_other_image(nlp, entry):
    doc = nlp(_doc(nlp, entry, {"id": "a", "bytes": _png(1)}))
    assert doc._.images[0] == entry
    assert doc._.images[1]["cats"]["cnn_imagecat"]["scores"]
    assert sum(doc._.image_cats["cnn_imagecat"].values()) <= 1


def test_cnn_imagecat_replaces_cats_that_are_not_a_dict(nlp):
    doc = nlp(_doc(nlp, {"id": "a", "bytes": _png(1), "cats": None}))
    assert doc._.images[0]["cats"]["cnn_imagecat"]["scores"]


def test_cnn_imagecat_keeps_other_keys_of_an_image(nlp):
    row = {
        "id": "a",
        "bytes": _png(1),
        "page": 3,
        "bbox": [1, 2, 3, 4],
        "start": 0,
        "cats": {"other": {"label": "x"}},
    }
    (image,) = nlp(_doc(nlp, row))._.images
    assert (image["page"], image["bbox"], image["cats"]["other"]) == (3, [1, 2, 3, 4], {"label": "x"})


def test_cnn_imagecat_abstains_below_the_threshold(tiny_imagecat):
    image = {"id": "a", "bytes": _png(1)}
    own, none = _with(tiny_imagecat), _with(tiny_imagecat, threshold=1e9)
    label, refused = (_cats(nlp(_doc(nlp, dict(image))))[0] for nlp in (own, none))
    assert label["label"] in set("0123456789")
    assert refused["label"] is None
    assert refused["score"] == label["score"]
    assert refused["scores"] == label["scores"]
    at = _with(tiny_imagecat, threshold=label["in_domain"])
    assert _cats(at(_doc(at, dict(image))))[0]["label"] == label["label"]  # the threshold itself passes


@pytest.mark.parametrize(
    "settings",
    [
        {"threshold": float("nan")},
        {"threshold": float("inf")},
        {"threshold": "high"},
        {"threshold": True},
        {"max_pixels": 0},
        {"max_pixels": "many"},
    ],
)
def test_cnn_imagecat_refuses_invalid_settings(settings):
    (name, value) = next(iter(settings.items()))
    with pytest.raises(ConfigError, match=f"^cnn: expected .*{name}.*; found {value!r}"):
        cnn_imagecat.ImageCategorizer(spacy.blank("en").vocab, "cnn", model="/nowhere", **settings)


def test_cnn_imagecat_max_pixels_applies_to_each_image(tiny_imagecat):
    nlp = _with(tiny_imagecat, max_pixels=400)
    doc = nlp(_doc(nlp, {"id": "a", "bytes": _png(1, 21)}, {"id": "b", "bytes": _png(1, 20)}))
    assert "21 x 21 pixels; expected at most 400" in _cats(doc)[0]["error"]
    assert "scores" in _cats(doc)[1]


def test_cnn_imagecat_huge_max_pixels_allocates_no_memory(tiny_imagecat):
    nlp = _with(tiny_imagecat, max_pixels=10**15)
    assert "scores" in _cats(nlp(_doc(nlp, {"id": "a", "bytes": _png(1)})))[0]


def test_cnn_imagecat_two_instances_write_under_their_names(tiny_imagecat):
    nlp = _with(tiny_imagecat)
    nlp.add_pipe("cnn_imagecat", name="strict", config={"model": str(tiny_imagecat), "threshold": 1e9})
    doc = nlp(_doc(nlp, {"id": "a", "bytes": _png(1)}, {"id": "b", "bytes": b"broken"}))
    assert _cats(doc)[0]["label"] is not None
    assert _cats(doc, "strict")[0]["label"] is None
    assert doc._.image_cats == {"cnn_imagecat": {_cats(doc)[0]["label"]: 1}, "strict": {}}


def test_image_cats_counts_labels(nlp):
    doc = nlp.make_doc("London")
    labels = ["a", "b", "a", None]
    doc._.images = [{"id": n, "cats": {"one": {"label": label}}} for n, label in enumerate(labels)]
    doc._.images.append({"id": 9, "cats": {"one": {"error": "broken"}}})
    doc._.images.append({"id": 10})
    assert doc._.image_cats == {"one": {"a": 2, "b": 1}}


def test_images_can_be_appended_to_set_and_emptied(nlp):
    doc = nlp.make_doc("London")
    assert doc._.images == []
    doc._.images.append({"id": "a", "bytes": _png(1)})
    assert len(nlp(doc)._.images) == 1
    doc._.images = ({"id": name} for name in "ab")
    assert [image["id"] for image in doc._.images] == ["a", "b"]
    doc._.images = None
    assert doc._.images == []


def test_cnn_imagecat_leaves_a_doc_without_images_as_it_is(nlp):
    doc = nlp("London")
    assert doc._.image_cats == {}
    assert KEY not in doc.user_data


def test_images_are_lists_of_dicts_again_after_docbin(nlp):
    row = {"id": "a", "bytes": _png(1), "bbox": [1.0, 2.0], "more": {"deep": [[1], [2]]}}
    doc = nlp(_doc(nlp, row))
    expected = doc._.images
    held = DocBin(docs=[doc], store_user_data=True).to_bytes()
    (back,) = DocBin().from_bytes(held).get_docs(nlp.vocab)
    assert back._.image_cats == doc._.image_cats
    assert back._.images == expected
    assert type(back._.images[0]["bbox"]) is list
    back._.images.append({"id": "b", "bytes": _png(2)})
    assert len(_cats(nlp(back))) == 2
    again = Doc(nlp.vocab).from_bytes(back.to_bytes())
    assert again._.images == back._.images


@pytest.mark.parametrize("at_once", [1, 3, 1000])
def test_cnn_imagecat_chunks_across_documents_equal_one_by_one(nlp, monkeypatch, at_once):
    counts = [0, 1, 5, 2, 0, 7]
    rows = [[{"id": n, "bytes": _png(10 * d + n)} for n in range(count)] for d, count in enumerate(counts)]
    rows[2][3]["bytes"] = b"broken"
    expected = [_cats(nlp(_doc(nlp, dict(row))))[0] for group in rows for row in group]
    monkeypatch.setattr(cnn_imagecat, "_PIXELS_PER_BATCH", at_once * 16 * 16)
    monkeypatch.setattr(cnn_imagecat, "_MIN_IMAGES_PER_BATCH", 1)
    sizes = []
    component = nlp.get_pipe("cnn_imagecat")
    classify = component._classify
    monkeypatch.setattr(component, "_classify", lambda images: sizes.append(len(images)) or classify(images))
    docs = list(nlp.pipe([_doc(nlp, *(dict(row) for row in group)) for group in rows]))
    found = [cats for doc in docs for cats in _cats(doc)]
    assert [len(doc._.images) for doc in docs] == counts
    assert max(sizes) <= at_once
    assert sum(sizes) == 15
    for one, other in zip(found, expected, strict=True):
        assert one == other if "error" in one else _same(one, other)


def test_cnn_imagecat_opens_files_lazily_and_closes_them(nlp, tmp_path, monkeypatch):
    for n in range(4):
        (tmp_path / f"{n}.png").write_bytes(_png(n))
    opened = []
    plain = cnn_imagecat.open_image
    monkeypatch.setattr(
        cnn_imagecat, "open_image", lambda source, *a, **k: opened.append(source) or plain(source, *a, **k)
    )
    docs = [_doc(nlp, {"id": n, "path": str(tmp_path / f"{n}.png")}) for n in range(4)]
    stream = nlp.pipe(docs, batch_size=2)
    assert opened == []
    next(stream)
    assert len(opened) == 2
    shutil.rmtree(tmp_path)  # nothing is held: the others are gone now
    next(stream)
    assert ["error" in _cats(doc)[0] for doc in stream] == [True, True]
    assert all(set(doc._.images[0]) == {"id", "path", "cats"} for doc in docs)


def test_cnn_imagecat_threads_do_not_mix_images(nlp):
    images = [_png(seed) for seed in range(8)]
    expected = [_cats(nlp(_doc(nlp, {"id": "a", "bytes": image})))[0] for image in images]
    results = {}

    def work(at):
        results[at] = [_cats(nlp(_doc(nlp, {"id": "a", "bytes": images[at]})))[0] for _ in range(5)]

    threads = [threading.Thread(target=work, args=(at,)) for at in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(_same(cats, expected[at]) for at in range(8) for cats in results[at])


# ---- score


def _example(nlp: Language, gold: list, found: list) -> Example:
    """Make an Example of (id, label) pairs; a label that is an Exception stands for an image that was not read."""
    docs = []
    for pairs in (found, gold):
        rows = []
        for key, label in pairs:
            cats = {"error": str(label)} if isinstance(label, Exception) else {"label": label}
            rows.append(({} if key is None else {"id": key}) | {"cats": {"cnn_imagecat": cats}})
        docs.append(_doc(nlp, *rows))
    return Example(*docs)


def test_cnn_imagecat_score_by_hand(nlp):
    gold = [("1", "a"), ("2", "a"), ("3", "b"), ("4", "b"), ("5", "b"), ("6", "c")]
    found = [("6", "c"), ("1", "a"), ("2", "b"), ("3", "b"), ("4", None), ("5", ValueError("broken"))]
    scores = nlp.get_pipe("cnn_imagecat").score([_example(nlp, gold[:3], found), _example(nlp, gold[3:], found)])
    assert scores["image_cats_acc"] == pytest.approx(3 / 6)
    per_type = scores["image_cats_f_per_type"]
    assert per_type["a"] == {"p": 1.0, "r": 0.5, "f": pytest.approx(2 / 3)}
    assert per_type["b"] == {"p": 0.5, "r": pytest.approx(1 / 3), "f": pytest.approx(0.4)}
    assert per_type["c"]["f"] == 1.0
    assert scores["image_cats_macro_f"] == pytest.approx((2 / 3 + 0.4 + 1) / 3)


def test_cnn_imagecat_score_of_missing_images(nlp):
    scores = nlp.get_pipe("cnn_imagecat").score([_example(nlp, [("1", "a"), ("2", "a")], [("1", "a")])])
    assert scores["image_cats_acc"] == 0.5
    assert nlp.get_pipe("cnn_imagecat").score([])["image_cats_acc"] is None
    assert (
        nlp.get_pipe("cnn_imagecat").score([_example(nlp, [("1", None)], [("1", "a")])])["image_cats_macro_f"] is None
    )


def test_cnn_imagecat_score_matches_images_without_ids_by_their_position(nlp):
    gold, found = [(None, "a"), (None, "b")], [(None, "a"), (None, "a")]
    assert nlp.get_pipe("cnn_imagecat").score([_example(nlp, gold, found)])["image_cats_acc"] == 0.5


def test_cnn_imagecat_score_of_odd_entries(nlp):
    reference, predicted = _doc(nlp, "a.png", {"id": "1", "cats": None}), _doc(nlp, None, {"id": ["1"]})
    assert nlp.get_pipe("cnn_imagecat").score([Example(predicted, reference)])["image_cats_acc"] is None


def test_cnn_imagecat_is_scored_by_nlp_evaluate(nlp):
    row = {"id": "a", "bytes": _png(1)}
    reference = nlp(_doc(nlp, dict(row)))
    scores = nlp.evaluate([Example(_doc(nlp, dict(row)), reference)])
    assert scores["image_cats_acc"] == 1.0


# ---- invalid model folders


def _altered(model: Path, folder: Path, change) -> Path:
    """Copy a model folder with its config changed."""
    shutil.copytree(model, folder)
    config = json.loads((folder / "config.json").read_text())
    change(config)
    (folder / "config.json").write_text(json.dumps(config))
    return folder


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda config: config.pop("images"), "images: expected size, mode"),
        (lambda config: config.update(images=[]), "images: expected size"),
        (lambda config: config["images"].update(size=10**9), r"images\.size: expected 8 to 1024"),
        (
            lambda config: config["images"].update(mode="RGB", mean=[0.5]),
            "reads 1 channels, but its images have mode RGB",
        ),
        (lambda config: config["images"].update(std=[float("nan")]), r"images\.std"),
        (lambda config: config.pop("decision"), "decision: expected temperature, score, threshold; found None"),
        (lambda config: config.update(decision="yes"), "decision: expected temperature"),
        (lambda config: config["decision"].update(threshold=float("nan")), r"decision\.threshold: .* found nan"),
        (lambda config: config["decision"].update(temperature=0), r"decision\.temperature"),
        (lambda config: config["decision"].update(score="luck"), r"decision\.score: expected one of"),
        (lambda config: config["decision"].update(score={}), r"decision\.score"),
        (lambda config: config["network"].update(blocks=[[10**9, 10**9]]), "cannot be built from its arguments"),
        (
            lambda config: config["network"].update(blocks=[[4096, 4096]] * 100),
            "the tensors are not those of the network",
        ),
        (lambda config: config["network"].update(blocks=5), "cannot be built from its arguments"),
        (lambda config: config["network"].update(blocks=[[4, 4], []]), "cannot be built from its arguments"),
        (lambda config: config["network"].update(stem_stride=0), "stem_stride from 1 to 8"),
        (
            lambda config: config["network"].update(labels=[str(n) for n in range(10**5)]),
            "different labels; found 100000",
        ),
        (lambda config: config["network"].update(labels="0123456789"), "list of printable strings"),
        (lambda config: config["network"].update(other=False), "tensor 'classify.weight' has shape|classify"),
        (lambda config: config["network"].update(init_seed="x"), "cannot be built from its arguments"),
        (lambda config: config["network"].update(strange=1), "cannot be built from its arguments"),
    ],
)
def test_cnn_imagecat_refuses_a_model_with_an_invalid_config(tiny_imagecat, tmp_path, change, message):
    nlp = _with(_altered(tiny_imagecat, tmp_path / "model", change))
    with pytest.raises(BundleError, match=message):
        nlp(_doc(nlp, {"id": "a", "bytes": _png(1)}))


def test_cnn_imagecat_refuses_a_score_that_the_network_has_no_output_for(tmp_path):
    from docsight.bundle import Bundle
    from docsight.networks.image_classifier import ImageClassifier

    arguments = {"labels": ["a", "b"], "channels": 1, "blocks": [[2]]}
    about = {"images": ImageSettings(size=16, mode="L").to_config(), "decision": {"score": "other"}}
    Bundle("image_classifier", arguments, ImageClassifier(**arguments), {}, "", about).to_disk(tmp_path / "model")
    nlp = _with(tmp_path / "model")
    with pytest.raises(BundleError, match=r"decision\.score=other: the network was trained without an 'other' class"):
        nlp("London")


def test_cnn_imagecat_refuses_images_too_small_for_the_blocks(tmp_path):
    from docsight.bundle import Bundle
    from docsight.networks.image_classifier import ImageClassifier

    arguments = {"labels": ["a", "b"], "channels": 1, "blocks": [[2]] * 6}
    about = {"images": ImageSettings(size=16, mode="L").to_config(), "decision": {}}
    Bundle("image_classifier", arguments, ImageClassifier(**arguments), {}, "", about).to_disk(tmp_path / "model")
    nlp = _with(tmp_path / "model")
    with pytest.raises(
        BundleError, match=r"need images of at least 32 pixels, but its config\.json says images\.size=16"
    ):
        nlp("London")


def test_cnn_imagecat_keeps_its_model_when_another_cannot_be_read(nlp, tiny_imagecat, tmp_path):
    row = {"id": "a", "bytes": _png(1)}
    expected = _cats(nlp(_doc(nlp, dict(row))))[0]

    def change(config):
        config["images"]["size"] = 32
        config["decision"]["score"] = "luck"

    folder = _altered(tiny_imagecat, tmp_path / "model", change)
    with pytest.raises(BundleError):
        nlp.get_pipe("cnn_imagecat").from_disk(folder)
    assert _same(_cats(nlp(_doc(nlp, dict(row))))[0], expected)


def test_cnn_imagecat_refuses_altered_weights(tiny_imagecat, tmp_path):
    folder = shutil.copytree(tiny_imagecat, tmp_path / "model")
    weights = bytearray((folder / "weights.safetensors").read_bytes())
    weights[-1] ^= 1
    (folder / "weights.safetensors").write_bytes(bytes(weights))
    nlp = _with(folder)
    with pytest.raises(BundleError, match="truncated or altered"):
        nlp("London")
    config = json.loads((folder / "config.json").read_text())
    config["sha256"]["weights.safetensors"] = hashlib.sha256(weights).hexdigest()
    (folder / "config.json").write_text(json.dumps(config))
    nlp("London")  # one bit of a weight with a matching checksum: a different model, which cannot be detected


def test_read_images_equals_images(nlp):
    doc = _doc(nlp, {"id": "a"})
    assert attributes.read_images(doc) is attributes.images(doc)


def test_cnn_imagecat_writes_the_kind_of_a_label_that_has_kinds(tmp_path):
    kinds = {"chart": ["bar_chart", "pie_chart"]}
    arguments = {"labels": ["chart", "map"], "channels": 1, "blocks": [[4], [8]], "kinds": kinds}
    network = ImageClassifier(**arguments)
    with torch.no_grad():
        network.classify.weight.zero_()
        network.classify.bias.copy_(torch.tensor([2.0, 3.0, 0.0]))
    about = {
        "name": "kinds",
        "lang": "xx",
        "images": ImageSettings(size=16, mode="L").to_config(),
        "decision": {"temperature": 1.0, "score": "energy", "threshold": 0.0},
    }
    Bundle("image_classifier", arguments, network, {}, "# kinds\n", about).to_disk(tmp_path / "kinds")
    made = _with(tmp_path / "kinds")
    assert made.get_pipe("cnn_imagecat").labels == ("chart", "map")
    (cats,) = _cats(made(_doc(made, {"bytes": _png(1)})))
    bar, pie, other = torch.tensor([2.0, 3.0, 0.0]).softmax(dim=0).tolist()
    assert (cats["label"], cats["kind"]) == ("chart", "pie_chart")
    assert cats["scores"] == pytest.approx({"chart": bar + pie, "map": other}, abs=1e-5)
    assert cats["kinds"] == pytest.approx({"bar_chart": bar, "pie_chart": pie}, abs=1e-5)
    refusing = _with(tmp_path / "kinds", threshold=99.0)
    (cats,) = _cats(refusing(_doc(refusing, {"bytes": _png(1)})))
    assert (cats["label"], cats["kind"]) == (None, None)


def test_cnn_imagecat_writes_no_kind_for_a_model_without_kinds(nlp):
    (cats,) = _cats(nlp(_doc(nlp, {"bytes": _png(1)})))
    assert set(cats) == {"label", "score", "scores", "in_domain"}
