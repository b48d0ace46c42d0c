"""reStructuredText as its finished document shows it."""

import sys
from pathlib import Path

import pytest

from docsight.documents.formats.markup.rst import read

sys.path.append(str(Path(__file__).parent))
from markup_samples import MarkupSample

SAMPLE = MarkupSample(read, "a.rst")
parse, passages, links = SAMPLE.parse, SAMPLE.passages, SAMPLE.links

DOCUMENT = r"""
.. -*- rst -*-
.. _top:

============
Garden guide
============

:Author: Rosa Lindt
:Date: 2024-05-01
:Version: 1.2

Intro with *emphasis*, **strong**, ``code``, a :ref:`label <top>`, a `site <https://example.org>`_
and docutils_, see [#]_ and [1]_. Use :py:class:`~a.b.Garden` on R\ :sub:`2`.

.. _docutils: https://docutils.org
.. This is a comment
   of two lines.

Planting
========

* tomatoes
  that are red

  with a second paragraph

  - small
  - large
* beans

1. one
2. two

#. auto
#. auto two

term one
    A definition.
term two
    Another.

-v, --verbose  more talk
-q             quiet

.. note:: Be careful
   with water.

.. code-block:: python
   :caption: An example
   :linenos:

   def f():
       return 1

Run this::

   make install

    deeper

.. figure:: a.png
   :alt: A red tomato

   The tomato in June.

   More about it.

.. table:: Costs

   +-------+-------+
   | Item  | Price |
   +=======+=======+
   | Seeds | 4.20  |
   | red   |       |
   +-------+-------+
   |       | 1.00  |
   +-------+-------+

=====  =====
A      B
=====  =====
1      2
\      3
=====  =====

.. csv-table:: Numbers
   :header: "a", "b"

   1, "2, 3"
   , 4

.. list-table::
   :header-rows: 1

   * - Name
     - Age
   * - Ada
     - 36

    To be or not to be.

    -- Hamlet

| Line one
| Line two

>>> 1 + 1
2

.. [1] First note.
.. [#] Auto note
   wrapped.

.. versionadded:: 1.2
   The spade.

.. function:: dig(depth)

   Dig a hole.

   :param depth: how deep
"""


def test_rst_document_has_its_structure() -> None:
    assert passages(DOCUMENT) == [
        ("heading 1", "Garden guide"),
        ("list_item 1", "Author: Rosa Lindt"),
        ("list_item 1", "Date: 2024-05-01"),
        ("list_item 1", "Version: 1.2"),
        (
            "paragraph",
            "Intro with emphasis, strong, code, a label, a site and docutils, see [2] and [1]. Use Garden on R2.",
        ),
        ("heading 2", "Planting"),
        ("list_item 1", "tomatoes that are red\n\nwith a second paragraph"),
        ("list_item 2", "small"),
        ("list_item 2", "large"),
        ("list_item 1", "beans"),
        ("list_item 1", "1. one"),
        ("list_item 1", "2. two"),
        ("list_item 1", "3. auto"),
        ("list_item 1", "4. auto two"),
        ("list_item 1", "term one\nA definition."),
        ("list_item 1", "term two\nAnother."),
        ("list_item 1", "-v, --verbose more talk"),
        ("list_item 1", "-q quiet"),
        ("paragraph", "Note: Be careful with water."),
        ("caption", "An example"),
        ("code", "def f():\n    return 1"),
        ("paragraph", "Run this:"),
        ("code", "make install\n\n deeper"),
        ("paragraph", "A red tomato"),
        ("caption", "The tomato in June."),
        ("paragraph", "More about it."),
        ("caption", "Costs"),
        ("table", [["Item", "Price"], ["Seeds red", "4.20"], ["", "1.00"]]),
        ("table", [["A", "B"], ["1", "2"], ["", "3"]]),
        ("caption", "Numbers"),
        ("table", [["a", "b"], ["1", "2, 3"], ["", "4"]]),
        ("table", [["Name", "Age"], ["Ada", "36", "Hamlet"]]),
        ("paragraph", "Line one\nLine two"),
        ("code", ">>> 1 + 1\n2"),
        ("footnote", "[1] First note."),
        ("footnote", "[2] Auto note wrapped."),
        ("paragraph", "Added in version 1.2: The spade."),
        ("code", "dig(depth)"),
        ("paragraph", "Dig a hole."),
        ("list_item 1", "param depth: how deep"),
    ]


def test_rst_document_states_its_title_authors_and_date() -> None:
    document = parse(DOCUMENT)
    assert document.title == "Garden guide"
    assert (document.metadata.authors, document.metadata.created) == (("Rosa Lindt",), "2024-05-01")


def test_rst_links_have_their_targets() -> None:
    assert links(DOCUMENT) == [("site", "https://example.org"), ("docutils", "https://docutils.org")]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a\\*b", "a*b"),
        ("``*as is*`` and ``b``", "*as is* and b"),
        (":emphasis:`x` and *y z* and **w**", "x and y z and w"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("`text`", "text"),
        ("foo_ bar", "foo_ bar"),
        ("snake_case_ name", "snake_case_ name"),
        (":ref:`the label <x>`", "the label"),
        ("|name| is\n\n.. |name| replace:: Ada", "Ada is"),
        ("see [CIT2002]_", "see [CIT2002]"),
        ("A. Smith and\nothers wrote", "A. Smith and others wrote"),
        (".. only a comment", ""),
        ("..  code-block:: c\n\n    x", "x"),
        (".. unknown:: words stay\n\n   and these", "words stay\n\nand these"),
        ("Hello ::\n\n  code", "Hello\n\ncode"),
        ("<<a>> `b", "<<a>> `b"),
        ("see :pep:`8`", "see PEP 8"),
        ("=== ===\n  ab\n=== ===\na   b\n=== ===", "ab\na\tb"),
        ("|c| |d|\n\n.. |c| unicode:: 0xA9 .. sign\n.. |d| unicode:: U+2014", "© —"),
    ],
)
def test_rst_shows_text_without_marks(written: str, shown: str) -> None:
    assert parse(written).text == shown
