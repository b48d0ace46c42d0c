#!/usr/bin/env bash
# Test what a user installs, without extras in a fresh environment, away from the sources: a wheel or an sdist that is
# given as the argument, or else the wheel, built from the sdist. PYTHON is that of an environment with the extra [dev].
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
unset PYTHONPATH PYTHONHOME

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
    echo "package-test: $*" >&2
    exit 1
}

if [ $# -gt 0 ]; then
    distribution=$1
else
    echo "package-test: building sdist and wheel ..."
    "${PYTHON:-.venv/bin/python}" -m build --no-isolation --outdir "$work/dist" . >"$work/build.log" 2>&1 ||
        { cat "$work/build.log" >&2; fail "the build failed"; }
    distribution=$(echo "$work"/dist/*.whl)
fi

echo "package-test: installing $(basename "$distribution") into a fresh environment ..."
"${PYTHON:-.venv/bin/python}" -m venv "$work/env"
"$work/env/bin/python" -m pip install -qq --disable-pip-version-check -c constraints.txt "$distribution" \
    pytest pytest-xdist hypothesis

mkdir "$work/tests"
cp pyproject.toml "$work/"
cp tests/conftest.py "$work/tests/"
cp -R tests/plugins "$work/tests/"
cd "$work"
export PATH="$work/env/bin:$PATH"

python - <<'PY' || fail "the environment is not what the wheel alone should make it"
import importlib.util
import sys

import docsight

extra = ["pytorch_lightning", "lightning", "hydra", "omegaconf", "datasets", "pyarrow", "selectolax", "matplotlib"]
extra += ["pypdfium2", "docx", "pptx", "rapidocr", "ray"]
found = [name for name in extra if importlib.util.find_spec(name)]
if found:
    sys.exit(f"installed without being asked for: {found}")
if not docsight.__file__.startswith(sys.prefix):
    sys.exit(f"docsight comes from {docsight.__file__}")
PY

docsight --help >/dev/null || fail "docsight --help failed"

# Without the extra, reading HTML fails for that file, and says what to install.
echo "<p>Ada</p>" >page.html
python -c "import spacy; spacy.blank('en').to_disk('blank')"
docsight process page.html --out out --pipeline blank >message 2>&1 && fail "HTML was read without the extra"
grep -qF "pip install 'docsight[documents]'" message || fail "the extra is not named: $(cat message)"

# The rest is the same in a checkout, where `make test` tests it.
python -m pytest -n auto --dist loadfile -m "not slow" -p no:cacheprovider \
    tests/plugins/components tests/plugins/models tests/plugins/documents/test_reading.py \
    tests/plugins/test_bundle.py tests/plugins/test_cli.py tests/plugins/test_walls.py
