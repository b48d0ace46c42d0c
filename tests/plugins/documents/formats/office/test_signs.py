"""What Word draws without having it as text: symbols, formulas, and the values of form fields."""

import sys
import time
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))

from word_samples import read, with_body


def test_docx_reads_symbols_escapes_and_fractions() -> None:
    symbols = '<w:r><w:sym w:font="Symbol" w:char="F062"/><w:sym w:font="Wingdings" w:char="F0E0"/></w:r>'
    symbols += '<w:r><w:sym w:font="Unknown" w:char="F0E0"/><w:sym w:font="Arial" w:char="00E9"/></w:r>'
    math = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    parts = "<m:num><m:r><m:t>a</m:t></m:r></m:num><m:den><m:r><m:t>b</m:t></m:r></m:den>"
    fraction = f"<m:oMath {math}><m:f>{parts}</m:f></m:oMath>"
    text = "<w:r><w:t>one_x000B_two</w:t></w:r>"
    body = "".join(f"<w:p>{content}</w:p>" for content in (symbols, text, fraction))
    assert read(with_body(body)).text == "\u03b2\u2192\xe9\n\none\ntwo\n\na/b"


def test_signs_of_formulas_are_read() -> None:
    math = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'

    def run(text: str) -> str:
        return f"<m:r><m:t>{text}</m:t></m:r>"

    root = f"<m:rad><m:e>{run('x')}</m:e></m:rad>"
    total = f'<m:nary><m:naryPr><m:chr m:val="\u2211"/></m:naryPr><m:sub>{run("i")}</m:sub><m:e>{root}</m:e></m:nary>'
    integral = f"<m:nary><m:e>{run('y')}</m:e></m:nary>"
    pair = (
        f'<m:d><m:dPr><m:sepChr m:val=","/><m:endChr m:val="]"/></m:dPr><m:e>{total}</m:e><m:e>{integral}</m:e></m:d>'
    )
    formula = f"<m:oMath {math}>{pair}</m:oMath>"
    assert read(with_body(f"<w:p>{formula}</w:p>")).text == "(\u2211i\u221ax,\u222by]"


@pytest.mark.parametrize("properties", ["", "<m:dPr>" + "<m:x/>" * 20_000 + "</m:dPr>"], ids=["none", "many"])
def test_formulas_with_many_parts_take_little_time(properties: str) -> None:
    math = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    parts = "<m:e/>" * 20_000
    data = with_body(f"<w:p><m:oMath {math}><m:d>{properties}{parts}</m:d></m:oMath></w:p>")
    started = time.process_time()
    assert read(data).text == "(" + "|" * 19_999 + ")"
    assert time.process_time() - started < 3


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("<w:checkBox/>", "\u2610"),
        ('<w:checkBox><w:default w:val="1"/></w:checkBox>', "\u2612"),
        ('<w:checkBox><w:default w:val="1"/><w:checked w:val="0"/></w:checkBox>', "\u2610"),
        ("<w:checkBox><w:checked/></w:checkBox>", "\u2612"),
        ('<w:ddList><w:result w:val="1"/><w:listEntry w:val="no"/><w:listEntry w:val="yes"/></w:ddList>', "yes"),
        ('<w:ddList><w:listEntry w:val="no"/><w:listEntry w:val="yes"/></w:ddList>', "no"),
        ('<w:ddList><w:result w:val="7"/><w:listEntry w:val="no"/></w:ddList>', ""),
    ],
)
def test_values_of_form_fields_are_read(field: str, value: str) -> None:
    begin = f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData>{field}</w:ffData></w:fldChar></w:r>'
    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    assert read(with_body(f"<w:p>{begin}{end}<w:r><w:t>.</w:t></w:r></w:p>")).text == f"{value}."
