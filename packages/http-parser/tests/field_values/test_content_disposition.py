"""Content-Disposition: what servers and browsers send is read, and what goes out is read by all of them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_http_parser import InvalidFieldValue, LocalProtocolError
from tidewire_http_parser.field_values import format_content_disposition, parse_content_disposition

PRINTED = st.characters(exclude_categories=["Cs"], exclude_characters=[*map(chr, range(32)), "\x7f"])


@pytest.mark.parametrize(
    ("value", "kind", "filename"),
    [
        ("inline", "inline", None),
        ("ATTACHMENT", "attachment", None),
        (" attachment ; ", "attachment", None),
        ("attachment; filename=a.txt", "attachment", "a.txt"),
        ('attachment; FILENAME="a b.txt"', "attachment", "a b.txt"),
        ('attachment; filename="a;b.txt"; x=y', "attachment", "a;b.txt"),
        (r'attachment; filename="f\"o\"o.html"', "attachment", 'f"o"o.html'),
        (r'attachment; filename="C:\Users\me\new.txt"', "attachment", r"C:\Users\me\new.txt"),
        (r'attachment; filename="\\server\share"', "attachment", r"\server\share"),
        ('attachment; filename="naïve €.txt"', "attachment", "naïve €.txt"),
        ("attachment; filename*=UTF-8''foo-%c3%a4-%e2%82%ac.html", "attachment", "foo-ä-€.html"),
        ("attachment; filename*=iso-8859-1''foo-%E4.html", "attachment", "foo-ä.html"),
        ("attachment; filename=\"plain.txt\"; filename*=UTF-8''b%C3%A9.txt", "attachment", "bé.txt"),
        ("attachment; filename*=UTF-8''b%C3%A9.txt; filename=plain.txt", "attachment", "bé.txt"),
        ("attachment; filename*=\"UTF-8''b%C3%A9.txt\"", "attachment", "bé.txt"),
        ("attachment; filename*=UTF-8''%zz; filename=plain.txt", "attachment", "plain.txt"),
        ("attachment; filename*=utf-7''+AOk-; filename=plain.txt", "attachment", "plain.txt"),
        ('attachment; filename*0="foo."; filename*1="html"', "attachment", "foo.html"),
        ("attachment; filename*1=b; filename*0=a; filename=c", "attachment", "ab"),
        ("attachment; filename*0*=UTF-8''foo-%c3; filename*1*=%a4.html", "attachment", "foo-ä.html"),
        ("attachment; filename=a b (1).txt; x=y", "attachment", "a b (1).txt"),
        ("attachment; nothing; filename=a", "attachment", "a"),
        ("attachment;; =b; filename=a", "attachment", "a"),
        ("attachment; filename=a; filename=b", "attachment", "a"),
        ('attachment; filename="never closed', "attachment", "never closed"),
        ("attachment; filename=%41.txt", "attachment", "%41.txt"),
        ("attachment; filename=a%22b", "attachment", "a%22b"),
        ('form-data; name="f"; filename="a%22b%0D%0Ac%41.txt"', "form-data", 'a"b\r\nc%41.txt'),
        ('form-data; name="f"; filename=""', "form-data", ""),
    ],
)
def test_filenames(value: str, kind: str, filename: str | None) -> None:
    disposition = parse_content_disposition(value)
    assert (disposition.type, disposition.filename) == (kind, filename)


def test_parameters_are_there_as_they_were_sent() -> None:
    disposition = parse_content_disposition(
        'form-data; Name="a%22"; filename*=UTF-8\'\'%C3%A9; x*0*=UTF-8\'\'%22; x*1="%22"; y*=bad; size="1"'
    )
    assert disposition.parameters == {
        "name": 'a"',
        "filename*": "é",
        "x*0*": "UTF-8''%22",
        "x*1": "%22",
        "size": "1",
    }
    assert disposition.name == 'a"'
    assert disposition.filename == "é"
    assert disposition.parameter("x") == '"%22'
    assert disposition.parameter("y") is None


@pytest.mark.parametrize(
    "value", ["", " ", ";", '"attachment"', "filename=a", "é", "a b; c=d", "attachment/x", "a,b", "in\0line"]
)
def test_what_does_not_begin_with_a_disposition_type(value: str) -> None:
    with pytest.raises(InvalidFieldValue):
        parse_content_disposition(value)


@given(st.text(alphabet="ab;=\"\\ '*%02é\n") | st.text())
def test_nothing_else_raises(value: str) -> None:
    try:
        disposition = parse_content_disposition(value)
    except InvalidFieldValue:
        disposition = parse_content_disposition(f"attachment;{value}")
    _ = disposition.filename, disposition.name, disposition.parameter("a")


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit", [";", "a", "*", "%", "%C3", '"\\', "filename*0=a;", "'", "f*=''a;", '="', "\\", "%22", "%0D"]
)
def test_a_megabyte_is_read(unit: str) -> None:
    rest = unit * (1_000_000 // len(unit))
    for beginning in ('form-data; name="', "a; filename*=UTF-8''", "a; filename*0*=UTF-8''", "a;"):
        disposition = parse_content_disposition(beginning + rest)
        assert len(disposition.parameters) <= 64
        assert len(disposition.filename or "") <= 1_000_000


@pytest.mark.parametrize(
    ("kind", "parameters", "value"),
    [
        ("inline", {}, "inline"),
        ("attachment", {"filename": "a b.txt"}, 'attachment; filename="a b.txt"'),
        (
            "attachment",
            {"filename": "naïve.txt"},
            "attachment; filename=\"na_ve.txt\"; filename*=UTF-8''na%C3%AFve.txt",
        ),
        (
            "attachment",
            {"filename": r'50%"\.txt'},
            "attachment; filename=\"50___.txt\"; filename*=UTF-8''50%25%22%5C.txt",
        ),
        ("form-data", {"name": "a", "filename": "é.txt"}, 'form-data; name="a"; filename="é.txt"'),
        ("form-data", {"name": 'a"\r\nb'}, 'form-data; name="a%22%0D%0Ab"'),
        ("form-data", {"name": r"C:\a"}, r'form-data; name="C:\\a"'),
        ("Form-Data", {"name": "é"}, 'Form-Data; name="é"'),
    ],
)
def test_formatting(kind: str, parameters: dict[str, str], value: str) -> None:
    assert format_content_disposition(kind, parameters) == value


@pytest.mark.slow
@given(st.text(PRINTED))
def test_what_goes_out_comes_back(filename: str) -> None:
    value = format_content_disposition("attachment", {"filename": filename, "name": filename})
    assert value.isascii()
    disposition = parse_content_disposition(value)
    assert disposition.filename == disposition.name == filename


@pytest.mark.slow
@given(st.text(PRINTED | st.sampled_from("\r\n")).filter(lambda text: "%" not in text))
def test_what_goes_out_in_forms_comes_back(name: str) -> None:
    value = format_content_disposition("form-data", {"name": name, "filename": name})
    assert "\n" not in value
    assert "\r" not in value
    disposition = parse_content_disposition(value)
    assert disposition.filename == disposition.name == name


@pytest.mark.parametrize("kind", ["attachment", "form-data"])
@pytest.mark.parametrize(
    "parameters",
    [{"filename": "\0"}, {"filename": "é\x1f"}, {"a b": "c"}, {"": "c"}, {"a*": "b"}, {"a": "\ud800"}],
)
def test_what_may_not_go_out(kind: str, parameters: dict[str, str]) -> None:
    with pytest.raises(LocalProtocolError):
        format_content_disposition(kind, parameters)


@pytest.mark.parametrize("text", ["a\r\nb", "é\r\nb", "\n"])
def test_lines_do_not_end_in_attachments(text: str) -> None:
    with pytest.raises(LocalProtocolError):
        format_content_disposition("attachment", {"filename": text})


@pytest.mark.parametrize("kind", ["", "a b", "a;b", "a\r\n"])
def test_the_type_is_a_token(kind: str) -> None:
    with pytest.raises(LocalProtocolError):
        format_content_disposition(kind, {})


def test_other_types_are_refused() -> None:
    wrong: Any = b"inline"
    for arguments in [(wrong, {}), ("inline", wrong), ("inline", {"a": wrong}), ("inline", {1: "a"})]:
        with pytest.raises(TypeError):
            format_content_disposition(*arguments)
    with pytest.raises(TypeError):
        parse_content_disposition(wrong)
