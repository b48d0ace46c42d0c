# Every target that needs the environment creates it first.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
READY := .venv/.ready
SOURCES := plugins training conf tests benchmarks

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help install demo test test-all lint format type package-test check fuzz train bench clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(READY) ## Create or update .venv: docsight as it lies here, with all extras

$(READY): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "docsight needs Python 3.11 or newer; none was found." >&2; exit 1; }
	@test -x $(BIN)/python || "$(PYTHON)" -m venv .venv
	@echo "Installing docsight and what it needs into .venv (the first time this takes a few minutes) ..."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt \
		-e '.[train,documents,ocr,ray,plots,dev]'
	@touch $@

demo: $(READY) ## Read the sample documents, and show what was found in build/demo/report.html
	@$(BIN)/docsight process samples --out build/demo
	@echo "Open in a browser: $(CURDIR)/build/demo/report.html"

test: $(READY) ## Run the tests but for the slow ones (ARGS="-k crf")
	@$(BIN)/python -m pytest -m "not slow" $(ARGS)

test-all: $(READY) ## Run all tests, the slow ones too
	@$(BIN)/python -m pytest $(ARGS)

lint: $(READY) ## Check format and style
	@$(BIN)/ruff format --check $(SOURCES)
	@$(BIN)/ruff check $(SOURCES)

format: $(READY) ## Format the code, and mend what can be mended
	@$(BIN)/ruff check --fix-only --quiet $(SOURCES)
	@$(BIN)/ruff format $(SOURCES)

type: $(READY) ## Check the types
	@$(BIN)/mypy

package-test: $(READY) ## Install the wheel alone, away from the sources, and run the tests of the run time there
	@PYTHON=$(BIN)/python tests/package_test.sh

check: lint type package-test test ## All that must hold before a commit: lint, type, package-test, test

fuzz: $(READY) ## Read mutated files of each format, to find what breaks the readers (SECONDS=120 ARGS="--seed 2")
	@$(BIN)/python tests/fuzz.py --seconds $(or $(SECONDS),120) $(ARGS)

train: $(READY) ## Train: make train experiment=rnn_ner ARGS="data.path=FOLDER"
	@$(BIN)/docsight-train $(if $(experiment),experiment=$(experiment)) $(ARGS)

bench: $(READY) ## Compare docsight with its peers: make bench BENCH=spelling ARGS="--data FOLDER"
	@$(BIN)/python benchmarks/$(or $(BENCH),ner).py $(ARGS)

clean: ## Remove what was built; .venv and runs stay
	@rm -rf build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find $(SOURCES) -name __pycache__ -type d -prune -exec rm -rf {} +
