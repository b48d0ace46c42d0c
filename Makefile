# Every target that needs the environment creates it first.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := $(if $(filter Windows_NT,$(OS)),.venv/Scripts,.venv/bin)
READY := .venv/.ready
SOURCES := plugins training conf tests benchmarks docs .ci
PYTEST := $(BIN)/python -m pytest -n auto --dist loadfile
QUICK_TESTS := tests/test_lint.py tests/plugins/test_walls.py tests/plugins/components tests/plugins/models
EXTRAS := train,teacher,documents,ocr,redact,serve,ray,plots,tune,completion,docs,dev,release
INSTALL := -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[$(EXTRAS)]'
BUILD_SITE := NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict
OTHER_PYTHONS := python3.12 python3.13

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help install demo quick test test-python compile test-all lint format type docs check-docs package-test release-check check fuzz train bench clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(READY) ## Create or update .venv: docsight in editable mode, with all extras

$(READY): pyproject.toml constraints.txt plugins/docsight/version.py
	@test -n "$(PYTHON)" || { echo "docsight needs Python 3.11 or newer; none was found." >&2; exit 1; }
	@test -x $(BIN)/python || "$(PYTHON)" -m venv .venv
	@echo "Installing docsight and what it needs into .venv (the first time this takes a few minutes) ..."
	@$(BIN)/python $(INSTALL)
	@touch $@

demo: $(READY) ## Process the sample documents and write build/demo/report.html
	@$(BIN)/docsight process samples --out build/demo
	@echo "Open in a browser: $(CURDIR)/build/demo/report.html"

quick: lint type check-docs ## Lint, types, docs, and the tests of the import rules and the components: under two minutes
	@$(PYTEST) -q -m "not slow" $(QUICK_TESTS) $(ARGS)

test: $(READY) ## Run the tests except the slow ones (ARGS="-k crf")
	@$(PYTEST) -m "not slow" $(ARGS)

test-python: ## Run the quick tests with another Python, in build/pythonVERSION (VERSION=3.13)
	@test -x build/python$(VERSION)/bin/python || python$(VERSION) -m venv build/python$(VERSION)
	@build/python$(VERSION)/bin/python $(INSTALL)
	@build/python$(VERSION)/bin/python -m pytest -q -n auto --dist loadfile -m "not slow" $(QUICK_TESTS) $(ARGS)

compile: ## Compile the sources with each other supported Python that is present
	@for python in $(OTHER_PYTHONS); do \
		if $$python -c '' 2>/dev/null; then \
			echo "Compiling with $$python ..."; \
			$$python -X pycache_prefix=build/pycache -W error -m compileall -q $(SOURCES) || exit 1; \
		fi; \
	done

test-all: $(READY) ## Run all tests, including the slow ones
	@$(PYTEST) $(ARGS)

lint: $(READY) ## Check format and style
	@$(BIN)/ruff format --check $(SOURCES)
	@$(BIN)/ruff check $(SOURCES)

format: $(READY) ## Format the code, and fix what ruff can fix
	@$(BIN)/ruff check --fix-only --quiet $(SOURCES)
	@$(BIN)/ruff format $(SOURCES)

type: $(READY) ## Check the types
	@$(BIN)/mypy

docs: $(READY) ## Generate docs/api.md from the docstrings, and build the site in build/site
	@$(BIN)/python docs/generate_api.py
	@$(BUILD_SITE)
	@echo "Open in a browser: $(CURDIR)/build/site/index.html"

check-docs: $(READY) ## Check that docs/api.md is up to date, and that the site builds without a warning
	@$(BIN)/python docs/generate_api.py --check
	@$(BUILD_SITE)

package-test: $(READY) ## Install the wheel alone, away from the sources, and run the runtime tests there
	@PYTHON=$(BIN)/python tests/package_test.sh

release-check: $(READY) ## All that a release needs; results in build/release (ARGS="--only licences,bill")
	@PYTHONPATH=.ci $(BIN)/python -m release_check $(ARGS)

check: lint type compile check-docs package-test test ## Everything that must pass before a commit

fuzz: $(READY) ## Read mutated files of each format to find crashes of the readers (SECONDS=120 ARGS="--seed 2")
	@$(BIN)/python tests/fuzz.py --seconds $(or $(SECONDS),120) $(ARGS)

train: $(READY) ## Train: make train experiment=rnn_ner ARGS="data.path=FOLDER"
	@$(BIN)/docsight-train $(if $(experiment),experiment=$(experiment)) $(ARGS)

bench: $(READY) ## Compare docsight with its peers: make bench BENCH=spelling ARGS="--data FOLDER"
	@$(BIN)/python benchmarks/$(or $(BENCH),ner).py $(ARGS)

clean: ## Remove build outputs; .venv and runs stay
	@rm -rf build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find $(SOURCES) -name __pycache__ -type d -prune -exec rm -rf {} +
