"""Link, both ways."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_http_parser import InvalidFieldValue, LocalProtocolError
from tidewire_http_parser.field_values import Link, format_links, parse_links

REFERENCES = st.text(alphabet="abZ09/:?#[]@!$&'()*+,;=-._~%", max_size=12)
PRINTED = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=[*map(chr, range(32)), "\x7f"]))
ATTRIBUTES = st.lists(
    st.tuples(st.sampled_from(["hreflang", "crossorigin", "as"]), st.none() | PRINTED)
    | st.tuples(st.just("label*"), PRINTED),
    max_size=4,
).map(tuple)
LINKS = st.builds(
    Link,
    REFERENCES,
    st.lists(REFERENCES.filter(bool).map(str.lower), max_size=3).map(tuple),
    st.none() | REFERENCES,
    st.none() | PRINTED,
    ATTRIBUTES,
)


@pytest.mark.parametrize(
    ("value", "links"),
    [
        ("", []),
        (", ,", []),
        ("<>", [Link("")]),
        (
            '<http://example.com/TheBook/chapter2>; rel="previous"; title="previous chapter"',
            [Link("http://example.com/TheBook/chapter2", ("previous",), None, "previous chapter")],
        ),
        ('</>; rel="http://example.net/Foo"', [Link("/", ("http://example.net/foo",))]),
        ('</terms>; rel="copyright"; anchor="#foo"', [Link("/terms", ("copyright",), "#foo")]),
        (
            "</a>; rel=\"previous\"; title*=UTF-8'de'letztes%20Kapitel; title=x, </b>;rel=\"next\"; title*=iso-8859-1''n%E4chstes",
            [
                Link("/a", ("previous",), None, "letztes Kapitel"),
                Link("/b", ("next",), None, "nächstes"),
            ],
        ),
        ('<a,b;c>; rel="start  Stop"', [Link("a,b;c", ("start", "stop"))]),
        ("<a> ; rel = next,<b>;rel=prev", [Link("a", ("next",)), Link("b", ("prev",))]),
        (
            "<a>; rel=preload; as=style; crossorigin; nopush",
            [Link("a", ("preload",), None, None, (("as", "style"), ("crossorigin", None), ("nopush", None)))],
        ),
        ("<a>;;hreflang=en; hreflang=de;", [Link("a", attributes=(("hreflang", "en"), ("hreflang", "de")))]),
        (
            "<a>; rel=a; rel=b; type=x/y; type=z; title=1; title=2",
            [Link("a", ("a",), None, "1", (("type", "x/y"),))],
        ),
        (
            "<a>; anchor=#b; type=text/html;q=é",
            [Link("a", anchor="#b", attributes=(("type", "text/html"), ("q", "é")))],
        ),
        ("<a>; title*=bad; title=plain; x*=bad", [Link("a", title="plain")]),
        ("<é>; title=é", [Link("é", title="é")]),
        ("<a>; rel", [Link("a")]),
        ('<a>; rel="B\xa0c \u212a \td"', [Link("a", ("B\xa0c", "\u212a", "d"))]),
    ],
)
def test_links(value: str, links: list[Link]) -> None:
    assert parse_links(value) == links


@pytest.mark.parametrize(
    "value",
    [
        "a",
        "<a",
        "a>",
        "<a> b",
        "<a>; =b",
        "<a>; rel=",
        '<a>; rel="b',
        '<a>; rel="b"c',
        '<a>; rel=b"c',
        "<a>; rel=b c",
        "<a>; rel b",
        "<a>; é",
        "<a\n>",
        "<a>; rel=b\n",
        "<a>, b",
    ],
)
def test_malformed_links(value: str) -> None:
    with pytest.raises(InvalidFieldValue):
        parse_links(value)
    with pytest.raises(InvalidFieldValue):
        parse_links(f"<x>, {value}")


@pytest.mark.slow
@given(st.lists(LINKS, max_size=4))
def test_what_goes_out_comes_back(links: list[Link]) -> None:
    assert parse_links(format_links(links)) == links


@pytest.mark.parametrize(
    ("link", "value"),
    [
        (Link("/"), "</>"),
        (Link("/", ("next", "last")), '</>; rel="next last"'),
        (Link("/", (), "#a", 'b"'), r'</>; anchor="#a"; title="b\""'),
        (Link("/", title="é"), "</>; title*=UTF-8''%C3%A9"),
        (
            Link("/", attributes=(("as", "style"), ("crossorigin", None), ("l*", "é"))),
            "</>; as=\"style\"; crossorigin; l*=UTF-8''%C3%A9",
        ),
    ],
)
def test_formatting(link: Link, value: str) -> None:
    assert format_links([link]) == value


@pytest.mark.parametrize(
    "link",
    [
        Link("a b"),
        Link("a>"),
        Link("a\r\n"),
        Link("é"),
        Link("a", ("",)),
        Link("a", ("b c",)),
        Link("a", ('b"',)),
        Link("a", anchor="\0"),
        Link("a", title="\n"),
        Link("a", title="é\n"),
        Link("a", title="\ud800"),
        Link("a", attributes=(("b", "\r\n"),)),
        Link("a", attributes=(("b c", None),)),
        Link("a", attributes=(("Rel", "b"),)),
        Link("a", attributes=(("b*", "\0"),)),
    ],
)
def test_what_may_not_go_out(link: Link) -> None:
    with pytest.raises(LocalProtocolError):
        format_links([link])


@pytest.mark.slow
@given(st.text(alphabet="<>;=rel\"*', \\é\n") | st.text())
def test_nothing_else_raises(value: str) -> None:
    for sent in (value, f"<a>;{value}"):
        try:
            parse_links(sent)
        except InvalidFieldValue:
            continue


def test_the_number_of_links_and_parameters_is_limited() -> None:
    assert len(parse_links("<a>," * 1024)) == 1024
    with pytest.raises(InvalidFieldValue):
        parse_links("<a>," * 1025)
    assert len(parse_links("<a>" + ";b=c" * 64)[0].attributes) == 64
    with pytest.raises(InvalidFieldValue):
        parse_links("<a>" + ";b=c" * 65)
    assert len(parse_links(f'<a>; rel="{"b " * 100}"')[0].rel) == 64


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit", [",", "<", "<>", "<>,", "<a>;b,", ";", "a", '"', '"\\', 'a="', "<>;a*=''%41,", " "]
)
def test_a_megabyte_is_read_or_refused(unit: str) -> None:
    value = unit * (1_000_000 // len(unit))
    for sent in (value, f"<a>;{value}", f'<a>;rel="{value}'):
        try:
            assert len(parse_links(sent)) <= 1024
        except InvalidFieldValue:
            continue


def test_other_types_are_refused() -> None:
    wrong: Any = b"<a>"
    triple: Any = ("b", "c", "d")
    for function in (parse_links, format_links):
        with pytest.raises(TypeError):
            function(wrong)
    links: list[Any] = [
        wrong,
        ("a", (), None, None, ()),
        Link("a", attributes=wrong),
        Link("a", attributes=(wrong,)),
        Link("a", attributes=(triple,)),
        Link(wrong),
        Link("a", wrong),
        Link("a", (wrong,)),
        Link("a", anchor=wrong),
        Link("a", title=wrong),
        Link("a", attributes=((wrong, "b"),)),
        Link("a", attributes=(("b", wrong),)),
    ]
    for link in links:
        with pytest.raises(TypeError):
            format_links([link])
