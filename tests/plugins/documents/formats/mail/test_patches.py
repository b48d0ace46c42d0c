"""Patches in mails are code."""

import sys
import time
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))

from mail_samples import HEAD, kinds

FILES = "--- a/x.c\n+++ b/x.c\n"
PATCH = f"diff --git a/x.c b/x.c\nindex 1a2..3b4 100644\n{FILES}"
HUNK = "@@ -1,4 +1,3 @@\n int a;\n\n-- \n-\treturn;;\n+\treturn;\n"


@pytest.mark.parametrize(
    ("text", "passages"),
    [
        (
            f"Fix x.\n---\n x.c | 2\n\n{PATCH}{HUNK}@@ -9 +8 @@ f()\n-a\n+b\n-- \n2.40\n",
            [
                ("Fix x.\n---\n x.c | 2", "paragraph"),
                (f"{PATCH}{HUNK}@@ -9 +8 @@ f()\n-a\n+b", "code"),
                ("-- \n2.40", "signature"),
            ],
        ),
        (
            f"{FILES}{HUNK}- is it right?\n\n{PATCH}{HUNK}",
            [
                (f"{FILES}{HUNK}".rstrip(), "code"),
                ("- is it right?", "paragraph"),
                (f"{PATCH}{HUNK}".rstrip(), "code"),
            ],
        ),
        ("diff -u shows it.\n--- so\n+++ far", [("diff -u shows it.\n--- so\n+++ far", "paragraph")]),
    ],
)
def test_patches_in_mails_are_code(text: str, passages: list[tuple[str, str]]) -> None:
    assert kinds(f"{HEAD}\n{text}") == passages


def test_patches_are_found_in_linear_time() -> None:
    start = time.process_time()
    assert len(kinds(HEAD + "\n" + "--- a\n+++ b\n@@ -1 +1 @@\nx\n" * 20_000)) == 40_000
    assert time.process_time() - start < 5
