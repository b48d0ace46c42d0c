"""Train a speller: count its tables, then train its networks one after the other.

Each stage leaves its result in the folder of the run; a run that goes on begins with the first stage that has none, and
within a stage at its last checkpoint.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch
from hydra.utils import instantiate
from torch import nn
from tqdm import tqdm

from docsight.errors import ConfigError, MissingExtraError
from docsight.networks.char_lm import CharLM
from docsight.networks.context import ContextNetwork
from docsight.spelling.candidates.error_model import encode_letters
from docsight.spelling.correction.corrector import Corrector
from docsight.spelling.lexicon.dictionary import RARE
from docsight.spelling.lexicon.tables import ZIPF_STEPS, WordSource
from docsight.spelling.model import Speller
from docsight.spelling.tokens import lexicon_id, read_tokens
from docsight.vocab import Vocab
from docsight_training import runs
from docsight_training.data.speller import letter_error_model as letter_channel
from docsight_training.data.speller.char_lm_data import CharLMData
from docsight_training.data.speller.confusions import confusions
from docsight_training.data.speller.context_data import ContextData, count_keys, edit_neighbours
from docsight_training.data.speller.error_model import fit_error_model
from docsight_training.data.speller.lexicon import build_lexicon, read_pairs
from docsight_training.data.speller.noise import Noise
from docsight_training.data.speller.noise import confusions as confusion_sets
from docsight_training.data.speller.open_text import Paragraph, read_paragraphs
from docsight_training.data.speller.ranker_data import RankerData, read_clean_column
from docsight_training.data.speller.trigrams import count_trigrams
from docsight_training.export import export_model, export_pipeline
from docsight_training.plots import plot_curves
from docsight_training.trainer import make_trainer

CHARS = Vocab("abcdefghijklmnopqrstuvwxyz'0.,!?;:\"()-\u2013\u2014/$%&\u2026[]*+=_#@éèáàâäãåçêëíìîïñóòôöõøúùûüß")
_RESULT = "weights.pt"
_CONTRACTION = 20  # sightings that a contraction without its apostrophe counts as
_CONTRACTIONS_AMONG = 20_000  # the most frequent words
_BASE_ZIPF = 2.0  # a word of the base dictionaries below this may be a misspelling of another one


def train_speller(config: dict[str, Any], folder: Path) -> dict[str, float]:
    """Train all parts of a speller and export it.

    Args:
        config: The resolved config, plain Python.
        folder: The folder of the run.

    Returns:
        The final figures of the stages.
    """
    if config["ckpt_path"] is None:
        runs.open_run(folder, config)
    elif config["ckpt_path"] != "last":
        raise ConfigError(f"ckpt_path={config['ckpt_path']}: a speller has many; pass last, to go on where it stopped.")
    runs.write_config(folder, config)
    recipe = _Recipe(config, folder)
    network = recipe.assemble()
    export_model(
        folder / "model",
        kind="speller",
        network=network,
        arguments=recipe.arguments,
        vocabularies={"words": recipe.words, "chars": CHARS},
        config=config,
        data=config["data"]["origins"],
        metrics=recipe.metrics,
    )
    export_pipeline(folder / "pipeline", folder / "model", component=config["component"], lang=config["lang"])
    runs.write_metrics(folder, recipe.metrics)
    return recipe.metrics


class _Recipe:
    """The stages of one run."""

    def __init__(self, config: dict[str, Any], folder: Path) -> None:
        self.config, self.data, self.parts, self.folder = config, config["data"], config["model"], folder
        self.metrics: dict[str, float] = {}
        self.arguments: dict[str, Any] = {}

    def assemble(self) -> Speller:
        """Go through the stages, and put the parts together."""
        tables = self._tables()
        self.words = Vocab(tables["words"])
        self.noise = self._noise(tables["lexicon"])
        context, typing = self._context(), self._typing()
        network = self._speller(tables, context, typing)
        self._rank(network)
        return network

    def _tables(self) -> dict[str, Any]:
        """Count what is counted: lexicon, known misspellings, error costs, confusions, trigrams, letters."""
        file = self._file("tables")
        if not file.is_file():
            _save(file, self._count())
        return torch.load(file, weights_only=True)

    def _count(self) -> dict[str, Any]:
        steps = tqdm(total=7, desc="counting", unit="table", mininterval=0)
        paragraphs = list(self._text("train"))
        counts = _done(steps, count_keys(paragraphs))
        pairs = read_pairs(Path(self.data["lists"]))
        words, lexicon, known = build_lexicon(
            Path(self.data["scowl"]),
            frequencies=_frequencies(),
            counts=counts,
            pairs=[(wrong, right) for wrong, right, _ in pairs],
        )
        _done(steps, None)
        channel = _done(steps, fit_error_model(pairs))
        names = ["", "", *words]

        def cost(typed: Any, meant: Any) -> Any:
            letters = (encode_letters([names[at] for at in ids]) for ids in (typed, meant))
            return channel.costs(*letters).numpy()

        sets = [(word, *others) for word, others in confusion_sets().items()]
        offsets, ids = confusions(
            words, lexicon, sets=sets, pairs=[(wrong, right) for wrong, right, _ in pairs], cost=cost
        )
        _done(steps, None)
        zipf = lexicon.zipf.numpy() / ZIPF_STEPS
        tokens = _done(steps, _trigram_ids(paragraphs, Vocab(words)))
        trigrams = _done(steps, count_trigrams(tokens, zipf, **self.parts["trigrams"]))
        letters = letter_channel.fit_letter_error_model([(wrong, right) for wrong, right, _ in pairs])
        _done(steps, None)
        steps.close()
        tables = {"lexicon": lexicon, "pairs": known, "channel": channel, "trigrams": trigrams, "letters": letters}
        return {
            "words": words,
            "confusions": {"offsets": torch.from_numpy(offsets), "ids": torch.from_numpy(ids)},
            **{name: table.state_dict() for name, table in tables.items()},
        }

    def _noise(self, lexicon: Mapping[str, torch.Tensor]) -> Noise:
        words = self.words.entries
        # A misspelling may be a rare word (wich, hous): only what is usual is no misspelling of anything.
        base = (lexicon["sources"][2:] & int(WordSource.US | WordSource.UK)) > 0
        usual = (base & (lexicon["zipf"][2:] >= _BASE_ZIPF * ZIPF_STEPS)) | (lexicon["zipf"][2:] >= RARE * ZIPF_STEPS)
        known = [word for word, is_usual in zip(words, usual.tolist(), strict=True) if is_usual]
        rivals = edit_neighbours(words, most=8, among=20_000)
        near = {words[at - 2]: [words[other - 2] for other in row if other] for at, row in enumerate(rivals) if row[0]}
        # Contractions without their apostrophe, which lists of misspellings have too few of.
        short = [(word.replace("'", ""), word, _CONTRACTION) for word in words[:_CONTRACTIONS_AMONG] if "'" in word]
        pairs = [*read_pairs(Path(self.data["lists"])), *short]
        return Noise.from_pairs(pairs, lexicon=frozenset(known), neighbours=near)

    def _context(self) -> ContextNetwork:
        part = self.parts["context"]
        self._seed()
        network = ContextNetwork(num_chars=len(CHARS), **part["network"])

        def data() -> pl.LightningDataModule:
            return ContextData(
                text=self.data["text"],
                words=self.words.entries,
                chars=CHARS,
                noise=self.noise,
                thin=self.data["thin"],
                seed=self.config["seed"],
                **part["data"],
            )

        self._fit("context", network, data, monitor="val/rivals")
        return network

    def _typing(self) -> CharLM:
        part, file = self.parts["typing"], self._file("typing")
        data = CharLMData(text=self.data["text"], thin=self.data["thin"], seed=self.config["seed"], **part["data"])
        if file.is_file():
            arguments = torch.load(file, weights_only=True)["arguments"]
        else:
            data.setup()
            arguments = {**part["network"], "chars": data.chars}
        self._seed()
        network = CharLM(**arguments)
        self.arguments["typing"] = arguments
        self._fit("typing", network, lambda: data, monitor="val/bits_per_character", arguments=arguments)
        return network

    def _speller(self, tables: Mapping[str, Any], context: ContextNetwork, typing: CharLM) -> Speller:
        sizes = {"num_words": len(self.words), "num_confusions": len(tables["confusions"]["ids"])}
        sizes |= {"num_bigrams": len(tables["trigrams"]["bigram"]), "num_trigrams": len(tables["trigrams"]["trigram"])}
        typed, meant = (size - 1 for size in tables["channel"]["rules"].shape)
        self.arguments |= {
            **sizes,
            "num_chars": len(CHARS),
            "num_pairs": len(tables["pairs"]["hashes"]),
            "channel": {"num_typed": typed, "num_meant": meant},
            "context": {**self.parts["context"]["network"], "in_bytes": True},
            "ranker": self.parts["ranker"]["network"],
        }
        self._seed()
        network = Speller(**self.arguments)
        for name in ("lexicon", "pairs", "channel", "confusions", "trigrams", "letters"):
            network.get_submodule(name).load_state_dict(tables[name])
        network.context.copy_from(context)
        network.typing.load_state_dict(typing.state_dict())
        return network.eval().requires_grad_(False)

    def _rank(self, network: Speller) -> None:
        """Train the ranker on what the other parts say of mistakes in text that they have not met."""
        part = self.parts["ranker"]
        network.ranker.train().requires_grad_(True)

        def data() -> pl.LightningDataModule:
            documents = [paragraph.sentences for paragraph in self._text("ranker")]
            names = read_clean_column(self.data["lists"], self.data["names"])
            kept = set(read_clean_column(self.data["lists"], self.data["without"]) if self.data["without"] else ())
            vocabularies = {"words": self.words, "chars": CHARS}
            made = RankerData(
                corrector=Corrector(network, vocabularies, device=torch.device("cpu")),
                words=self.words,
                documents=documents,
                edited=[[text] for text in names if text not in kept],
                noise=self.noise,
                seed=self.config["seed"],
                **part["data"],
            )
            made.setup()
            network.ranker.mean.copy_(torch.from_numpy(made.mean))
            network.ranker.scale.copy_(torch.from_numpy(made.scale))
            return made

        self._fit("ranker", network.ranker, data, monitor="val/loss")
        network.ranker.eval().requires_grad_(False)

    def _fit(
        self,
        name: str,
        network: nn.Module,
        make_data: Callable[[], pl.LightningDataModule],
        *,
        monitor: str,
        arguments: Mapping[str, Any] | None = None,
    ) -> None:
        """Train a network, or read what this stage left earlier."""
        folder, part = self.folder / name, self.parts[name]
        file = self._file(name)
        if not file.is_file():
            self._seed()
            data = make_data()
            module = instantiate(part["module"], network=network, seed=self.config["seed"], _convert_="all")
            settings = {**self.config["trainer"], "monitor": monitor, "mode": "min", **part.get("trainer", {})}
            trainer = make_trainer(settings, folder)
            last = folder / runs.CHECKPOINTS / "last.ckpt"
            trainer.fit(module, datamodule=data, ckpt_path=str(last) if last.is_file() else None)
            figures = {key: float(value) for key, value in trainer.callback_metrics.items() if key.startswith("val/")}
            plot_curves(folder)
            _save(file, {"network": network.state_dict(), "figures": figures, "arguments": dict(arguments or {})})
        left = torch.load(file, weights_only=True)
        network.load_state_dict(left["network"])
        self.metrics |= {f"{name}/{key}": value for key, value in left["figures"].items()}

    def _file(self, stage: str) -> Path:
        """Return where the result of a stage lies, or will: another run may lend its own, but for the ranker."""
        lender = self.parts["parts_from"]
        if lender is not None and stage != "ranker":
            file = Path(lender) / stage / _RESULT
            if not file.is_file():
                raise ConfigError(f"model.parts_from={lender}: expected {file}, which a run that is done leaves there.")
            return file
        return self.folder / stage / _RESULT

    def _seed(self) -> None:
        """Seed anew before each network and each stage, so that a run that goes on draws what it would have drawn."""
        pl.seed_everything(self.config["seed"], workers=True, verbose=False)

    def _text(self, part: str) -> Iterable[Paragraph]:
        return read_paragraphs(self.data["text"], part, thin=self.data["thin"])


def _trigram_ids(paragraphs: Iterable[Paragraph], words: Vocab) -> np.ndarray:
    """Number the tokens of a text for the trigrams: signs and the edges of sentences are 0."""
    numbers: dict[str, int] = {}
    ids = [0, 0]
    for paragraph in paragraphs:
        for sentence in paragraph.sentences:
            for surface in read_tokens(sentence).surfaces:
                if surface not in numbers:
                    numbers[surface] = _trigram_id(surface, words)
                ids.append(numbers[surface])
            ids += [0, 0]
    return np.array(ids, dtype=np.int64)


def _trigram_id(surface: str, words: Vocab) -> int:
    return lexicon_id(surface, words) if any(char.isalnum() for char in surface) else 0


def _frequencies() -> Mapping[str, float]:
    try:
        import wordfreq
    except ModuleNotFoundError as err:
        raise MissingExtraError("The frequency list of a speller", "train") from err
    return wordfreq.get_frequency_dict("en", "best")


def _done(bar: Any, result: Any) -> Any:
    bar.update()
    return result


def _save(file: Path, content: Mapping[str, Any]) -> None:
    """Write a file in one go: a stage is done, or it is not."""
    file.parent.mkdir(parents=True, exist_ok=True)
    torch.save(content, file.with_suffix(".tmp"))
    file.with_suffix(".tmp").replace(file)
