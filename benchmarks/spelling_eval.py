#!/usr/bin/env python3
# ruff: noqa: N813, PT018
"""Judge a spelling corrector on parallel data.

Sentences in context (parquet with the string columns ``noisy`` and ``clean``)::

    spelling_eval.py data.parquet --callable package.module:function
    spelling_eval.py data.parquet --command 'my-corrector --lang en'

Isolated words (parquet with ``misspelling``, ``correction`` and, optionally,
``count``); the kind is told from the columns::

    spelling_eval.py pairs.parquet --callable package.module:suggest

The corrector
    * callable, in context: ``list[str] -> list[str]``, one corrected sentence
      for each sentence.
    * callable, isolated: ``list[str] -> list[str | list[str]]``, for each word
      its best correction or its ranked suggestions.
    * command: one input a line on stdin, one output a line on stdout; for
      isolated words the suggestions are parted by tabs.  One process serves
      the whole run, so its start-up is inside the timing unless ``--warmup``
      (callables only) hides it.

A callable that is a class, or a function whose name ends in ``_factory``, is
called with no arguments first and what it returns is the corrector.

How a sentence is scored
    All three versions are split at white space.  ``clean`` and the corrected
    sentence are each aligned to ``noisy``: equal runs (in place where the
    lengths agree, else by difflib), then, inside each changed run, a monotone
    alignment by edit distance that allows one token to become several and
    several to become one (``alot`` -> ``a lot``, ``some times`` ->
    ``sometimes``).  So every noisy token has one gold string
    and one predicted string, and all counts are counts of noisy tokens:

    error       gold != noisy              changed   predicted != noisy
    fixed       error and predicted == gold

    word_accuracy     predicted == gold, of all tokens
    correction_rate   fixed / error       (NeuSpell's word correction rate)
    false_positive_rate   changed and not error / not error
    detection         P = changed & error / changed, R = changed & error / error
    correction        P = fixed / changed,           R = fixed / error
    sentence_accuracy the whole corrected sentence equals ``clean``

``--normalize case`` compares without case, ``punct`` strips punctuation from
the ends of tokens (tokens that are only punctuation are dropped), for
correctors that return bare lower-case words.

Speed is given by the clock and by CPU time (of the process and of its
children), the second for machines that are busy with other work.

Only the standard library, pyarrow and, if it is there, rapidfuzz are used.
"""

from __future__ import annotations

import argparse
import contextlib
import difflib
import importlib
import json
import os
import platform
import random
import shlex
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

try:
    from rapidfuzz.distance import Levenshtein as _lev

    def edit_distance(a: str, b: str) -> int:
        return _lev.distance(a, b)

except ImportError:  # pragma: no cover - slower, same numbers

    def edit_distance(a: str, b: str) -> int:
        if len(a) < len(b):
            a, b = b, a
        previous = list(range(len(b) + 1))
        for i, ca in enumerate(a, 1):
            current = [i]
            for j, cb in enumerate(b, 1):
                current.append(min(previous[j] + 1, current[-1] + 1, previous[j - 1] + (ca != cb)))
            previous = current
        return previous[-1]


# --------------------------------------------------------------------------- alignment
_GAP = 0.8  # a token left out or put in; two of them cost more than one replacement
_JOIN = 0.1  # on top of the edit distance, when the number of tokens changes
_MAX_JOIN = 3  # at most this many tokens are joined or split at once
_MAX_CELLS = 40_000  # a changed run larger than this is aligned position by position


def _cost(a: Sequence[str], b: Sequence[str]) -> float:
    x, y = "".join(a), "".join(b)
    longest = max(len(x), len(y))
    return edit_distance(x, y) / longest if longest else 0.0


def _align_run(src: Sequence[str], out: Sequence[str]) -> list[str]:
    """For each token of ``src`` the string (of zero or more tokens) it became in ``out``."""
    n, m = len(src), len(out)
    if n == 1:
        return [" ".join(out)]
    if m == 0:
        return [""] * n
    if n * m > _MAX_CELLS:
        aligned = [out[i] if i < m else "" for i in range(n)]
        if m > n:
            aligned[-1] = " ".join([aligned[-1], *out[n:]])
        return aligned
    infinity = float("inf")
    best = [[infinity] * (m + 1) for _ in range(n + 1)]
    step: list[list[tuple[int, int] | None]] = [[None] * (m + 1) for _ in range(n + 1)]
    best[0][0] = 0.0
    moves = [(1, 1)]
    moves += [(1, k) for k in range(2, _MAX_JOIN + 1)]
    moves += [(k, 1) for k in range(2, _MAX_JOIN + 1)]
    for i in range(n + 1):
        for j in range(m + 1):
            here = best[i][j]
            if here == infinity:
                continue
            for di, dj in moves:
                if i + di > n or j + dj > m:
                    continue
                price = _cost(src[i : i + di], out[j : j + dj])
                if (di, dj) != (1, 1):
                    price += _JOIN
                if here + price < best[i + di][j + dj]:
                    best[i + di][j + dj] = here + price
                    step[i + di][j + dj] = (di, dj)
            if i < n and here + _GAP < best[i + 1][j]:
                best[i + 1][j] = here + _GAP
                step[i + 1][j] = (1, 0)
            if j < m and here + _GAP < best[i][j + 1]:
                best[i][j + 1] = here + _GAP
                step[i][j + 1] = (0, 1)
    path: list[tuple[int, int, int, int]] = []
    i, j = n, m
    while i or j:
        di, dj = step[i][j]  # type: ignore[misc]
        path.append((i - di, j - dj, di, dj))
        i, j = i - di, j - dj
    path.reverse()
    pieces: list[list[str]] = [[] for _ in range(n)]
    waiting: list[str] = []  # put in before the first source token
    last = -1
    for i, j, di, dj in path:
        if di == 0:
            if last < 0:
                waiting.extend(out[j : j + dj])
            else:
                pieces[last].extend(out[j : j + dj])
            continue
        pieces[i].extend(waiting)
        waiting = []
        pieces[i].extend(out[j : j + dj])
        last = i + di - 1 if dj == 0 or di == 1 else i
    return [" ".join(p) for p in pieces]


def align(src: Sequence[str], out: Sequence[str]) -> list[str]:
    """One string for each token of ``src``: what became of it in ``out``."""
    if list(src) == list(out):
        return list(src)
    if not src:
        return []
    if len(src) == len(out):  # anchor on what is equal in place, so that repeats cannot shift it
        placed: list[str] = []
        start = 0
        for i in range(len(src) + 1):
            if i == len(src) or src[i] == out[i]:
                if start < i:
                    placed.extend(_align_run(src[start:i], out[start:i]))
                if i < len(src):
                    placed.append(src[i])
                start = i + 1
        return placed
    result: list[str | None] = [None] * len(src)
    matcher = difflib.SequenceMatcher(None, src, out, autojunk=False)
    pending: list[str] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            for i in range(i1, i2):
                result[i] = src[i]
            if pending:
                result[i1] = " ".join([*pending, src[i1]])
                pending = []
        elif tag == "insert":
            # An insertion belongs to the token before it, at the start to the one after.
            if i1 == 0:
                pending = list(out[j1:j2])
            else:
                result[i1 - 1] = " ".join([result[i1 - 1] or "", *out[j1:j2]]).strip()
        else:
            for i, text in zip(range(i1, i2), _align_run(src[i1:i2], out[j1:j2]), strict=True):
                result[i] = text
            if pending:
                result[i1] = " ".join([*pending, result[i1] or ""]).strip()
                pending = []
    return [r if r is not None else "" for r in result]


# --------------------------------------------------------------------------- tokens
def _is_edge(char: str) -> bool:
    return unicodedata.category(char)[0] in "PS"


def strip_edges(token: str) -> str:
    start, end = 0, len(token)
    while start < end and _is_edge(token[start]):
        start += 1
    while end > start and _is_edge(token[end - 1]):
        end -= 1
    return token[start:end]


def tokens_of(text: str, normalize: Iterable[str] = ()) -> list[str]:
    tokens = text.split()
    if "punct" in normalize:
        tokens = [t for t in (strip_edges(t) for t in tokens) if t]
    if "case" in normalize:
        tokens = [t.casefold() for t in tokens]
    return tokens


# --------------------------------------------------------------------------- counting
def _ratio(a: float, b: float) -> float:
    return a / b if b else 0.0


def _f(precision: float, recall: float, beta: float) -> float:
    square = beta * beta
    return _ratio((1 + square) * precision * recall, square * precision + recall)


COUNTS = (
    "tokens",
    "errors",
    "changed",
    "fixed",
    "changed_errors",
    "false_positives",
    "right",
    "sentences",
    "right_sentences",
    "clean_sentences",
    "spoilt_clean_sentences",
    "cap_right",
    "cap_false_positives",
    "real_errors",
    "real_fixed",
    "real_detected",
    "nonword_errors",
    "nonword_fixed",
    "nonword_detected",
)


@dataclass
class Scored:
    counts: dict[str, int]
    examples: dict[str, list[tuple[str, str, str]]]


def score_sentence(
    noisy: str,
    clean: str,
    predicted: str,
    normalize: Iterable[str] = (),
    wordlist: set[str] | None = None,
) -> Scored:
    src = tokens_of(noisy, normalize)
    gold_tokens = tokens_of(clean, normalize)
    pred_tokens = tokens_of(predicted, normalize)
    gold = align(src, gold_tokens)
    pred = align(src, pred_tokens)
    c = dict.fromkeys(COUNTS, 0)
    examples: dict[str, list[tuple[str, str, str]]] = {"missed": [], "wrong": [], "false": []}
    c["sentences"] = 1
    c["tokens"] = len(src)
    c["right_sentences"] = int(gold_tokens == pred_tokens)
    if src == gold_tokens:
        c["clean_sentences"] = 1
        c["spoilt_clean_sentences"] = int(pred_tokens != src)
    for index, (s, g, p) in enumerate(zip(src, gold, pred, strict=True)):
        is_error, is_changed = s != g, s != p
        c["errors"] += is_error
        c["changed"] += is_changed
        c["right"] += p == g
        if is_error:
            c["fixed"] += p == g
            c["changed_errors"] += is_changed
            if wordlist is not None:
                kind = "real" if strip_edges(s).lower() in wordlist else "nonword"
                c[f"{kind}_errors"] += 1
                c[f"{kind}_fixed"] += p == g
                c[f"{kind}_detected"] += is_changed
            if p != g:
                examples["wrong" if is_changed else "missed"].append((s, g, p))
        else:
            c["false_positives"] += is_changed
            if index and s[:1].isupper():
                c["cap_right"] += 1
                c["cap_false_positives"] += is_changed
            if is_changed:
                examples["false"].append((s, g, p))
    return Scored(c, examples)


def metrics(c: dict[str, int], beta: float = 0.5) -> dict[str, object]:
    detection_p = _ratio(c["changed_errors"], c["changed"])
    detection_r = _ratio(c["changed_errors"], c["errors"])
    correction_p = _ratio(c["fixed"], c["changed"])
    correction_r = _ratio(c["fixed"], c["errors"])
    name = f"f{beta:g}"
    result: dict[str, object] = {
        "word_accuracy": _ratio(c["right"], c["tokens"]),
        "correction_rate": correction_r,
        "false_positive_rate": _ratio(c["false_positives"], c["tokens"] - c["errors"]),
        "detection": {
            "precision": detection_p,
            "recall": detection_r,
            name: _f(detection_p, detection_r, beta),
            "f1": _f(detection_p, detection_r, 1),
        },
        "correction": {
            "precision": correction_p,
            "recall": correction_r,
            name: _f(correction_p, correction_r, beta),
            "f1": _f(correction_p, correction_r, 1),
        },
        "sentence_accuracy": _ratio(c["right_sentences"], c["sentences"]),
        "clean_sentences_spoilt": _ratio(c["spoilt_clean_sentences"], c["clean_sentences"]),
        "false_positive_rate_capitalised": _ratio(c["cap_false_positives"], c["cap_right"]),
    }
    if c["real_errors"] or c["nonword_errors"]:
        for kind in ("real", "nonword"):
            result[f"{kind}_word_errors" if kind == "real" else "nonword_errors"] = {
                "errors": c[f"{kind}_errors"],
                "detected": _ratio(c[f"{kind}_detected"], c[f"{kind}_errors"]),
                "corrected": _ratio(c[f"{kind}_fixed"], c[f"{kind}_errors"]),
            }
    return result


def do_nothing_accuracy(c: dict[str, int]) -> float:
    return _ratio(c["tokens"] - c["errors"], c["tokens"])


# --------------------------------------------------------------------------- the corrector
def load_callable(spec: str) -> Callable:
    module_name, _, attribute = spec.partition(":")
    if not attribute:
        raise SystemExit(f"--callable wants module:function, not {spec!r}")
    if module_name.endswith(".py") or os.sep in module_name:
        folder, file = os.path.split(os.path.abspath(module_name))
        sys.path.insert(0, folder)
        module_name = file[:-3] if file.endswith(".py") else file
    else:
        sys.path.insert(0, os.getcwd())
    target = importlib.import_module(module_name)
    for part in attribute.split("."):
        target = getattr(target, part)
    if isinstance(target, type) or attribute.endswith("_factory"):
        target = target()
    return target


def run_command(command: str, lines: Sequence[str]) -> list[str]:
    with tempfile.TemporaryFile("w+", encoding="utf-8") as stdin:
        stdin.writelines(line.replace("\n", " ") + "\n" for line in lines)
        stdin.seek(0)
        done = subprocess.run(shlex.split(command), stdin=stdin, stdout=subprocess.PIPE, check=True)
    got = done.stdout.decode("utf-8").split("\n")
    if got and got[-1] == "":
        got.pop()
    if len(got) != len(lines):
        raise SystemExit(f"the command gave {len(got)} lines for {len(lines)}")
    return got


def cpu_seconds() -> float:
    """CPU time of this process, of its living descendants and of those it has waited for."""
    total = sum(os.times()[:4])
    try:
        tick = os.sysconf("SC_CLK_TCK")
        stats: dict[int, tuple[int, float]] = {}
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                with contextlib.suppress(OSError):
                    with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as handle:
                        fields = handle.read().rpartition(")")[2].split()
                    stats[int(entry)] = int(fields[1]), sum(map(int, fields[11:15])) / tick
    except (OSError, ValueError):  # no /proc: this process and what it has waited for
        return total
    family = {os.getpid()}
    while more := {p for p, (parent, _) in stats.items() if parent in family} - family:
        family |= more
    return total + sum(stats[p][1] for p in family - {os.getpid()} if p in stats)


def run_corrector(args, inputs: list[str]) -> tuple[list, float, float]:
    """The outputs (perhaps fewer than the inputs, after --max-seconds), seconds, CPU seconds."""
    if args.command:
        start, cpu = time.perf_counter(), cpu_seconds()
        outputs: list = run_command(args.command, inputs)
        return outputs, time.perf_counter() - start, cpu_seconds() - cpu
    function = load_callable(args.callable)
    if args.warmup:
        function(["This is a warm up sentense ."] if args.kind == "context" else ["sentense"])
    outputs, spent, busy = [], 0.0, 0.0
    size = args.batch_size or len(inputs)
    for begin in range(0, len(inputs), size):
        chunk = inputs[begin : begin + size]
        start, cpu = time.perf_counter(), cpu_seconds()
        got = list(function(list(chunk)))
        spent += time.perf_counter() - start
        busy += cpu_seconds() - cpu
        if len(got) != len(chunk):
            raise SystemExit(f"the corrector gave {len(got)} outputs for {len(chunk)} inputs")
        outputs.extend(got)
        if args.max_seconds and spent > args.max_seconds:
            break
    return outputs, spent, busy


# --------------------------------------------------------------------------- the two kinds
def read_rows(path: str) -> tuple[str, list[dict]]:
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    names = set(table.column_names)
    if {"noisy", "clean"} <= names:
        return "context", table.select(["noisy", "clean"]).to_pylist()
    if {"misspelling", "correction"} <= names:
        return "isolated", table.to_pylist()
    raise SystemExit(f"{path}: neither noisy/clean nor misspelling/correction in {sorted(names)}")


def evaluate_context(args, rows: list[dict]) -> dict:
    noisy = [r["noisy"] for r in rows]
    outputs, seconds, cpu = run_corrector(args, noisy)
    rows = rows[: len(outputs)]
    wordlist = None
    if args.wordlist:
        with open(args.wordlist, encoding="utf-8") as handle:
            wordlist = {line.split()[0].lower() for line in handle if line.strip()}
    per_sentence, examples = [], {"missed": [], "wrong": [], "false": []}
    for row, output in zip(rows, outputs, strict=True):
        scored = score_sentence(row["noisy"], row["clean"], output, args.normalize, wordlist)
        per_sentence.append(scored.counts)
        for kind, found in scored.examples.items():
            examples[kind].extend(found)
    total = {name: sum(c[name] for c in per_sentence) for name in COUNTS}
    words = sum(len(r["noisy"].split()) for r in rows)
    result: dict = {"kind": "context", "counts": total}
    result.update(metrics(total, args.beta))
    result["word_accuracy_unchanged"] = do_nothing_accuracy(total)
    result["seconds"] = seconds
    result["sentences_per_second"] = _ratio(len(rows), seconds)
    result["words_per_second"] = _ratio(words, seconds)
    result["cpu_seconds"] = cpu
    result["words_per_cpu_second"] = _ratio(words, cpu)
    if args.bootstrap and per_sentence:
        generator = random.Random(args.seed)
        needed = ("tokens", "errors", "changed", "fixed", "changed_errors", "false_positives")
        table = [tuple(c[n] for n in needed) for c in per_sentence]
        name = f"f{args.beta:g}"
        draws: dict[str, list[float]] = {}
        for _ in range(args.bootstrap):
            sums = dict.fromkeys(COUNTS, 0)
            sums.update(zip(needed, map(sum, zip(*generator.choices(table, k=len(table)), strict=True)), strict=True))
            m = metrics(sums, args.beta)
            for k in ("correction_rate", "false_positive_rate"):
                draws.setdefault(k, []).append(m[k])  # type: ignore[arg-type]
            draws.setdefault(f"correction_{name}", []).append(m["correction"][name])  # type: ignore[index]
        result["ci95"] = {
            k: [sorted(v)[int(0.025 * len(v))], sorted(v)[int(0.975 * len(v)) - 1]] for k, v in draws.items()
        }
    if args.examples:
        generator = random.Random(args.seed)
        result["examples"] = {k: generator.sample(v, min(args.examples, len(v))) for k, v in examples.items()}
    if args.save_outputs:
        with open(args.save_outputs, "w", encoding="utf-8") as handle:
            for row, output in zip(rows, outputs, strict=True):
                handle.write(json.dumps({**row, "predicted": output}, ensure_ascii=False) + "\n")
    return result


def evaluate_isolated(args, rows: list[dict]) -> dict:
    words = list(dict.fromkeys(r["misspelling"] for r in rows))
    outputs, seconds, cpu = run_corrector(args, words)
    if args.command:
        outputs = [line.split("\t") for line in outputs]
    ranked = {w: ([o] if isinstance(o, str) else list(o)) for w, o in zip(words, outputs, strict=False)}
    rows = [r for r in rows if r["misspelling"] in ranked]
    by_word: dict[str, set[str]] = {}
    for r in rows:
        by_word.setdefault(r["misspelling"], set()).add(r["correction"])
    hits = dict.fromkeys(("top1", "top5", "top1_ci", "top5_ci", "changed", "any1_ci", "any5_ci"), 0.0)
    total = 0.0
    for r in rows:
        weight = float((r.get("count") or 1) if args.weighted else 1)
        found = ranked[r["misspelling"]]
        low = [f.casefold() for f in found]
        target, target_low = r["correction"], r["correction"].casefold()
        total += weight
        hits["top1"] += weight * (target in found[:1])
        hits["top5"] += weight * (target in found[:5])
        hits["top1_ci"] += weight * (target_low in low[:1])
        hits["top5_ci"] += weight * (target_low in low[:5])
        hits["changed"] += weight * (bool(found) and found[0] != r["misspelling"])
        accepted = {c.casefold() for c in by_word[r["misspelling"]]}
        hits["any1_ci"] += weight * bool(accepted & set(low[:1]))
        hits["any5_ci"] += weight * bool(accepted & set(low[:5]))
    return {
        "kind": "isolated",
        "pairs": len(rows),
        "words": len(ranked),
        "weighted": bool(args.weighted),
        **{k: _ratio(v, total) for k, v in hits.items()},
        "seconds": seconds,
        "words_per_second": _ratio(len(ranked), seconds),
        "cpu_seconds": cpu,
        "words_per_cpu_second": _ratio(len(ranked), cpu),
    }


# --------------------------------------------------------------------------- self-check
def self_check() -> None:
    def aligned(a: str, b: str) -> list[str]:
        return align(a.split(), b.split())

    # alignment
    assert aligned("a b c", "a b c") == ["a", "b", "c"]
    assert aligned("I luk foward", "I look forward") == ["I", "look", "forward"]
    assert aligned("I have alot of it", "I have a lot of it") == ["I", "have", "a lot", "of", "it"]
    assert aligned("some times I go", "sometimes I go") == ["sometimes", "", "I", "go"]
    assert aligned("we like cow Boys here", "we like cowboys here") == ["we", "like", "cowboys", "", "here"]
    assert aligned("x y z", "") == ["", "", ""]
    assert aligned("", "x") == []
    assert aligned("b c", "a b c") == ["a b", "c"]  # put in at the start
    assert aligned("a c", "a b c") == ["a b", "c"]  # put in in the middle
    assert aligned("a b c", "a c") == ["a", "", "c"]  # left out
    assert aligned("teh cat sat", "the a cat sat") == ["the a", "cat", "sat"]
    # one split and one join in the same run, same number of tokens
    assert aligned("alot to day", "a lot today") == ["a lot", "today", ""]
    assert aligned("we alot of fun some times yes", "we a lot of fun sometimes yes") == [
        "we",
        "a lot",
        "of",
        "fun",
        "sometimes",
        "",
        "yes",
    ]
    # repeats do not shift an alignment that is equal in length
    assert aligned("he his", "his his") == ["his", "his"]
    # a wholly different word in a run of one is still a replacement
    assert aligned("the xqz ran", "the horse ran") == ["the", "horse", "ran"]
    assert aligned("foo qqq bar zzz", "fooo horse bar tree") == ["fooo", "horse", "bar", "tree"]

    # counting: one fixed, one miscorrected, one missed, one false positive
    noisy = "teh cta sat onn the mat"
    clean = "the cat sat on the mat"
    predicted = "the car sat onn thee mat"
    c = score_sentence(noisy, clean, predicted).counts
    assert (c["tokens"], c["errors"], c["changed"], c["fixed"]) == (6, 3, 3, 1), c
    assert (c["changed_errors"], c["false_positives"], c["right"]) == (2, 1, 3), c
    m = metrics(c)
    assert abs(m["word_accuracy"] - 3 / 6) < 1e-9
    assert abs(m["correction_rate"] - 1 / 3) < 1e-9
    assert abs(m["false_positive_rate"] - 1 / 3) < 1e-9
    assert abs(m["detection"]["precision"] - 2 / 3) < 1e-9
    assert abs(m["detection"]["recall"] - 2 / 3) < 1e-9
    assert abs(m["correction"]["precision"] - 1 / 3) < 1e-9
    assert abs(m["correction"]["f0.5"] - 1 / 3) < 1e-9
    # f0.5 with p != r: p = 1/2, r = 1/4 -> 1.25 * .125 / (.125 + .25) = 0.41666...
    assert abs(_f(0.5, 0.25, 0.5) - 0.4166666667) < 1e-9
    # perfect and do-nothing correctors
    c = score_sentence(noisy, clean, clean).counts
    assert metrics(c)["correction"]["f0.5"] == 1.0 and metrics(c)["sentence_accuracy"] == 1.0
    c = score_sentence(noisy, clean, noisy).counts
    m = metrics(c)
    assert m["correction_rate"] == 0 and m["false_positive_rate"] == 0 and m["word_accuracy"] == 0.5
    # a clean sentence that is spoilt, a capitalised name that is changed
    c = score_sentence("I met Zorba", "I met Zorba", "I met Zebra").counts
    assert (c["clean_sentences"], c["spoilt_clean_sentences"], c["cap_false_positives"]) == (1, 1, 1)
    # splitting and joining count as corrections
    c = score_sentence("I have alot", "I have a lot", "I have a lot").counts
    assert (c["errors"], c["fixed"], c["false_positives"]) == (1, 1, 0)
    c = score_sentence("some times I go", "sometimes I go", "sometimes I go").counts
    assert (c["errors"], c["fixed"], c["false_positives"]) == (2, 2, 0)
    c = score_sentence("some times I go", "sometimes I go", "some times I go").counts
    assert (c["errors"], c["fixed"], c["changed"]) == (2, 0, 0)
    # a corrector that deletes everything changes everything, and does not crash
    c = score_sentence("a b", "a b", "").counts
    assert c["false_positives"] == 2 and c["right"] == 0
    # normalisation
    c = score_sentence("Teh cat , sat.", "The cat , sat.", "the cat sat", ("case", "punct")).counts
    assert (c["tokens"], c["errors"], c["fixed"], c["false_positives"]) == (3, 1, 1, 0), c
    assert tokens_of('"Don\'t!" he-said ...', ("punct",)) == ["Don't", "he-said"]
    # real-word and non-word errors
    c = score_sentence("I no teh way", "I know the way", "I know teh way", (), {"i", "no", "way"}).counts
    assert (c["real_errors"], c["real_fixed"], c["nonword_errors"], c["nonword_fixed"]) == (1, 1, 1, 0)
    # the fall-back edit distance agrees with what is in use
    for a, b, d in (("kitten", "sitting", 3), ("", "abc", 3), ("same", "same", 0), ("ab", "ba", 2)):
        assert edit_distance(a, b) == d

    # both kinds from end to end, with a callable and with a command
    import pyarrow as pa
    import pyarrow.parquet as pq

    with tempfile.TemporaryDirectory() as folder:
        context = os.path.join(folder, "c.parquet")
        pq.write_table(pa.table({"noisy": [noisy, "all fine"], "clean": [clean, "all fine"]}), context)
        pairs = os.path.join(folder, "p.parquet")
        pq.write_table(
            pa.table(
                {"misspelling": ["teh", "ther", "ther"], "correction": ["the", "there", "their"], "count": [3, 1, 1]}
            ),
            pairs,
        )
        module = os.path.join(folder, "toy_corrector.py")
        with open(module, "w") as handle:
            handle.write(
                "def fix(s): return [x.replace('teh', 'the') for x in s]\n"
                "def suggest(w): return [{'teh': ['the'], 'ther': ['Their', 'there']}[x] for x in w]\n"
            )
        r = main([context, "--callable", f"{module}:fix", "--quiet"])
        assert r["correction_rate"] == 1 / 3 and r["counts"]["clean_sentences"] == 1
        r = main([context, "--command", "sed s/teh/the/", "--quiet"])
        assert r["correction_rate"] == 1 / 3 and r["false_positive_rate"] == 0
        r = main([pairs, "--callable", f"{module}:suggest", "--quiet"])
        assert (r["pairs"], r["words"]) == (3, 2)
        assert abs(r["top1"] - 1 / 3) < 1e-9 and abs(r["top1_ci"] - 2 / 3) < 1e-9
        assert abs(r["top5"] - 2 / 3) < 1e-9 and r["top5_ci"] == 1.0 and r["any1_ci"] == 1.0
        r = main([pairs, "--callable", f"{module}:suggest", "--quiet", "--weighted"])
        assert abs(r["top1"] - 3 / 5) < 1e-9
        r = main([pairs, "--command", "sed s/teh/the/", "--quiet"])
        assert abs(r["top1"] - 1 / 3) < 1e-9
    print("self-check passed", file=sys.stderr)


# --------------------------------------------------------------------------- command line
def main(argv: Sequence[str] | None = None) -> dict:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parquet", nargs="?")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--callable", help="module:function or path/to/file.py:function")
    which.add_argument("--command", help="reads lines on stdin, writes lines on stdout")
    parser.add_argument("--normalize", default="", help="any of case,punct")
    parser.add_argument("--beta", type=float, default=0.5)
    parser.add_argument("--sample", type=int, help="only this many rows, drawn with --seed")
    parser.add_argument("--seed", type=int, default=13)
    parser.add_argument("--batch-size", type=int, help="rows a call (callables)")
    parser.add_argument("--max-seconds", type=float, help="stop after the batch that passes this")
    parser.add_argument("--cores", type=int, default=1, help="pin to so many cores; 0: do not pin")
    parser.add_argument("--warmup", action="store_true", help="one untimed call first (callables)")
    parser.add_argument("--wordlist", help="one word a line: parts real-word from non-word errors")
    parser.add_argument("--weighted", action="store_true", help="isolated: weigh pairs by count")
    parser.add_argument("--bootstrap", type=int, default=0, help="so many draws for 95% intervals")
    parser.add_argument("--examples", type=int, default=0, help="so many examples of each failure")
    parser.add_argument("--save-outputs", help="write what was predicted, as JSON lines")
    parser.add_argument("--label", help="copied into the result")
    parser.add_argument("--self-check", action="store_true")
    parser.add_argument("--quiet", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    if args.self_check:
        self_check()
        return {}
    if not args.parquet or not (args.callable or args.command):
        parser.error("a parquet and --callable or --command are needed")
    args.normalize = tuple(x for x in args.normalize.split(",") if x)
    if unknown := set(args.normalize) - {"case", "punct"}:
        parser.error(f"--normalize knows case and punct, not {sorted(unknown)}")
    if args.cores and hasattr(os, "sched_setaffinity"):
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[: args.cores]))
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
            os.environ.setdefault(name, str(args.cores))
    args.kind, rows = read_rows(args.parquet)
    if args.sample:
        args.sample = min(args.sample, len(rows))
        # In the order drawn, so that what --max-seconds leaves is a random sample too.
        rows = random.Random(args.seed).sample(rows, args.sample)
    result = {
        "data": args.parquet,
        "corrector": args.label or args.callable or args.command,
        "rows": len(rows),
        "normalize": list(args.normalize),
        "cores": args.cores,
        "python": platform.python_version(),
    }
    result.update((evaluate_context if args.kind == "context" else evaluate_isolated)(args, rows))
    if not args.quiet:
        print(json.dumps(result, ensure_ascii=False, indent=1))
    return result


if __name__ == "__main__":
    main()
