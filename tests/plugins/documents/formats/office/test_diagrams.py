"""The words of diagrams."""

import pytest

from docsight.documents.formats.office.diagrams import diagram_lines
from docsight.documents.formats.office.markup import parse_xml

pytest.importorskip("lxml")

NAMESPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:d="http://schemas.openxmlformats.org/drawingml/2006/diagram"'
)


def lines(content: str) -> list[str]:
    root = parse_xml(f"<d:dataModel {NAMESPACES}>{content}</d:dataModel>".encode())
    return [line for line in diagram_lines(root) if line]


def point(name: str, *texts: str, kind: str = "node") -> str:
    runs = "".join(f"<a:r><a:t>{text}</a:t></a:r>" for text in texts)
    return f'<d:pt modelId="{name}" type="{kind}"><d:t><a:p>{runs}</a:p></d:t></d:pt>'


def connection(parent: str, child: str, place: int, kind: str = "") -> str:
    stated = f' type="{kind}"' if kind else ""
    return f'<d:cxn modelId="x"{stated} srcId="{parent}" destId="{child}" srcOrd="{place}"/>'


def test_points_have_the_order_of_their_outline_and_loops_end() -> None:
    points = [point("2", "B"), point("0", kind="doc"), point("1a", "A1"), point("1", "A"), point("9", "loose")]
    connections = [connection("0", "2", 1), connection("0", "1", 0), connection("1", "1a", 0), connection("1a", "1", 0)]
    connections.append(connection("2", "1a", 0, kind="presOf"))
    assert lines("".join([*points, *connections])) == ["A", "A1", "B", "loose"]


def test_runs_of_a_paragraph_are_joined_and_breaks_are_spaces() -> None:
    text = "<a:p><a:r><a:t>Sa</a:t></a:r><a:r><a:t>les</a:t></a:r><a:br/><a:r><a:t>2025</a:t></a:r></a:p>"
    assert lines(text) == ["Sales 2025"]
