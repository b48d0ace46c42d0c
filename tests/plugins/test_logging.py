"""docsight logs to one logger and those below it, which are silent until the application configures logging."""

import ast
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import spacy

import docsight

FOREIGN = {"ray.data", "uvicorn.access"}  # loggers of others, which are made quiet


def _loggers(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "getLogger"
        # The server also configures the root logger, and several in a loop.
        if is_call and node.args and isinstance(node.args[0], ast.Constant):
            yield node.args[0].value


def test_all_modules_log_to_one_logger():
    names = {name for path in Path(docsight.__file__).parent.rglob("*.py") for name in _loggers(path)}
    assert {name.partition(".")[0] for name in names - FOREIGN} == {"docsight"}


def test_logger_has_a_handler_that_shows_nothing():
    assert any(isinstance(handler, logging.NullHandler) for handler in logging.getLogger("docsight").handlers)
    assert logging.getLogger("docsight").level == logging.NOTSET


@pytest.fixture
def nlp(tiny_model):
    made = spacy.blank("en")
    made.add_pipe("rnn_ner", config={"model": str(tiny_model)})
    return made


def test_component_logs_the_model_that_it_reads(nlp, caplog, tiny_model):
    with caplog.at_level(logging.INFO, logger="docsight"):
        nlp("Ada")
        nlp("Ada")
    assert caplog.messages == [
        f"rnn_ner: read the model in {tiny_model}; it computes on {nlp.get_pipe('rnn_ner').device}."
    ]


def test_component_logs_why_a_batch_is_tried_one_by_one(nlp, caplog, monkeypatch):
    component = nlp.get_pipe("rnn_ner")
    predict = component.predict

    def fragile(docs):
        if len(docs) > 1:
            raise RuntimeError("too many")
        return predict(docs)

    monkeypatch.setattr(component, "predict", fragile)
    with caplog.at_level(logging.DEBUG, logger="docsight"):
        assert len(list(nlp.pipe(["Ada", "London"]))) == 2
    assert "a batch failed" in caplog.text
    assert "RuntimeError: too many" in caplog.text
