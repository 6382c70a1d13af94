"""Forwarded: strict where an answer may be trusted, tolerant where it is only shown; never in doubt about a proxy."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_http_parser import InvalidFieldValue, LocalProtocolError
from tidewire_http_parser.field_values import (
    ForwardedElement,
    ForwardedNode,
    format_forwarded,
    parse_forwarded,
    parse_forwarded_pairs,
    parse_x_forwarded_for,
)

OBFUSCATED = st.text(alphabet="abz09._-", min_size=1, max_size=8).map("_{}".format)
NODES = st.builds(
    ForwardedNode,
    st.ip_addresses().map(str) | OBFUSCATED | st.just("unknown"),
    st.none() | st.integers(0, 65535) | OBFUSCATED,
)
ELEMENTS = st.builds(
    ForwardedElement,
    NODES,
    st.none() | NODES,
    st.sampled_from([None, "example.com", "example.com:8080", "[::1]:80"]),
    st.sampled_from([None, "http", "https", "x+y-z.1"]),
    st.dictionaries(
        st.text(alphabet="xyz", min_size=1),
        st.text(st.characters(exclude_categories=["Cs", "Cc"])),
        max_size=3,
    ).map(lambda pairs: tuple(pairs.items())),
)


@pytest.mark.parametrize(
    ("value", "elements"),
    [
        ("", []),
        (" , ,", []),
        ('for="_gazonk"', [ForwardedElement(ForwardedNode("_gazonk"))]),
        ("For=192.0.2.43", [ForwardedElement(ForwardedNode("192.0.2.43"))]),
        (
            'For="[2001:db8:cafe::17]:4711"',
            [ForwardedElement(ForwardedNode("2001:db8:cafe::17", 4711))],
        ),
        (
            "for=192.0.2.60;proto=HTTP;by=203.0.113.43",
            [ForwardedElement(ForwardedNode("192.0.2.60"), ForwardedNode("203.0.113.43"), None, "http")],
        ),
        (
            "for=192.0.2.43, for=198.51.100.17",
            [ForwardedElement(ForwardedNode("192.0.2.43")), ForwardedElement(ForwardedNode("198.51.100.17"))],
        ),
        ('for="unknown:_p"', [ForwardedElement(ForwardedNode("unknown", "_p"))]),
        ("for=UNKNOWN", [ForwardedElement(ForwardedNode("unknown"))]),
        ("for=192.0.2.1:80", [ForwardedElement(ForwardedNode("192.0.2.1", 80))]),
        ('for="192.0.2.1":80', [ForwardedElement(ForwardedNode("192.0.2.1", 80))]),
        (
            " for=_a ; host=h:1 ;; X=y ;",
            [ForwardedElement(ForwardedNode("_a"), None, "h:1", None, (("x", "y"),))],
        ),
        ('host="[::1]:80"', [ForwardedElement(host="[::1]:80")]),
    ],
)
def test_elements(value: str, elements: list[ForwardedElement]) -> None:
    assert parse_forwarded(value) == elements


@pytest.mark.parametrize(
    "value",
    [
        "for",
        "for=",
        "for =_a",
        "for= _a",
        'for="_a',
        "=_a",
        "for=_a for=_b",
        "for=_a by=_b",
        "for=_a;for=_b",
        "for=[::1]",
        'for="::1"',
        'for="[::1"',
        'for="[::1]80"',
        'for="[1.2.3.4]"',
        "for=300.1.1.1",
        "for=name.example",
        'for="_"',
        'for="_a b"',
        'for="1.2.3.4:"',
        'for="1.2.3.4:x"',
        'for="1.2.3.4:65536"',
        'for="1.2.3.4:\u0665"',
        'for="1.2.3.4:123456"',
        "for=1.2.3.4:",
        'for="é"',
        'host=""',
        'host="a b"',
        'host="u@h"',
        "proto=1",
        'proto=""',
        'proto="a b"',
        "proto=h_t",
        "for=_a\0",
        'x="a\nb"',
    ],
)
def test_malformed_values(value: str) -> None:
    with pytest.raises(InvalidFieldValue):
        parse_forwarded(value)
    with pytest.raises(InvalidFieldValue):
        parse_forwarded(f"for=_a, {value}, for=_b")


@pytest.mark.parametrize(
    ("value", "pairs"),
    [
        ("", [{}]),
        (",", [{}, {}]),
        ("For=a;BY=b, for=c", [{"for": "a", "by": "b"}, {"for": "c"}]),
        (r'for="a\"b,c";x=y', [{"for": 'a"b,c', "x": "y"}]),
        ("for=a:1234;proto=p", [{"for": "a:1234", "proto": "p"}]),
        ('for="[::1]":80', [{"for": "[::1]:80"}]),
        ("for=a by=b, for=c", [{"for": "a"}, {"for": "c"}]),
        ("for=a;bad bad=x;by=b, for=c", [{"for": "a"}, {"for": "c"}]),
        ("for=a;for=b, for=c", [{"for": "a"}, {"for": "c"}]),
        ('for="a,b";nothing, for=c', [{"for": "a,b"}, {"for": "c"}]),
        ("for=é, for=c", [{}, {"for": "c"}]),
    ],
)
def test_pairs(value: str, pairs: list[dict[str, str]]) -> None:
    assert parse_forwarded_pairs(value) == pairs


@pytest.mark.parametrize(
    "sent", ['for="', 'for="x', 'for="\\', 'for="x;by="y', 'a="b', '"', 'for=x:"', "x=\n"]
)
def test_what_a_client_sends_does_not_swallow_what_a_proxy_adds(sent: str) -> None:
    assert parse_forwarded_pairs(f"{sent}, for=192.0.2.1")[-1] == {"for": "192.0.2.1"}


@pytest.mark.parametrize("added", ["[2001:db8::1]", "[::1]:80", "192.0.2.1:80", "_a"])
@pytest.mark.parametrize(
    "sent",
    ['for="', 'for="x', 'for=x;by="', 'for=x;for="', 'for=x;by="a\\"', 'for=x;by="a" ;y="', 'for=x by="'],
)
def test_the_quote_of_a_proxy_does_not_close_that_of_a_client(sent: str, added: str) -> None:
    elements = parse_forwarded_pairs(f'{sent}, for="{added}";proto=https, for="_b"')
    assert elements[-2:] == [{"for": added, "proto": "https"}, {"for": "_b"}]


def test_letters_that_are_like_those_of_unknown_are_none() -> None:
    with pytest.raises(InvalidFieldValue):
        parse_x_forwarded_for("un\u212anown")


def test_the_number_of_elements_and_parameters_is_limited() -> None:
    assert len(parse_forwarded("for=_a," * 1024)) == 1024
    with pytest.raises(InvalidFieldValue):
        parse_forwarded("for=_a," * 1025)
    many = ";".join(f"p{number}=x" for number in range(65))
    with pytest.raises(InvalidFieldValue):
        parse_forwarded(many)
    assert len(parse_forwarded_pairs(many)[0]) == 64
    numbered = ",".join(f"for={number}" for number in range(5000))
    assert [pairs["for"] for pairs in parse_forwarded_pairs(numbered)] == [
        str(each) for each in range(3976, 5000)
    ]


@pytest.mark.parametrize(
    ("value", "nodes"),
    [
        ("", []),
        ("192.0.2.1, 2001:db8::1,[::1], unknown", ["192.0.2.1", "[2001:db8::1]", "[::1]", "unknown"]),
        ("192.0.2.1:80,[::1]:443, _a", ["192.0.2.1:80", "[::1]:443", "_a"]),
    ],
)
def test_x_forwarded_for(value: str, nodes: list[str]) -> None:
    assert [str(node) for node in parse_x_forwarded_for(value)] == nodes


@pytest.mark.parametrize(
    "value", ["a", "1.2.3", "1.2.3.4 5.6.7.8", '"1.2.3.4', "::1::", "[::1", "1.2.3.4;x", "\0"]
)
def test_malformed_x_forwarded_for(value: str) -> None:
    with pytest.raises(InvalidFieldValue):
        parse_x_forwarded_for(f"192.0.2.1, {value}")


@pytest.mark.slow
@given(st.lists(ELEMENTS, min_size=1, max_size=4))
def test_what_goes_out_comes_back(elements: list[ForwardedElement]) -> None:
    value = format_forwarded(elements)
    assert parse_forwarded(value) == elements
    assert [pairs["for"] for pairs in parse_forwarded_pairs(value)] == [str(each.for_) for each in elements]


@pytest.mark.slow
@given(st.lists(NODES, min_size=1, max_size=4))
def test_nodes_are_read_in_both_fields(nodes: list[ForwardedNode]) -> None:
    assert parse_x_forwarded_for(", ".join(map(str, nodes))) == nodes


@pytest.mark.parametrize(
    ("element", "value"),
    [
        (ForwardedElement(ForwardedNode("192.0.2.1")), "for=192.0.2.1"),
        (ForwardedElement(ForwardedNode("::1", 80), proto="https"), 'for="[::1]:80";proto=https'),
        (ForwardedElement(host="h:1", by=ForwardedNode("_b")), 'by=_b;host="h:1"'),
        (ForwardedElement(extensions=(("X", "a b"),)), 'X="a b"'),
    ],
)
def test_formatting(element: ForwardedElement, value: str) -> None:
    assert format_forwarded([element]) == value


@pytest.mark.parametrize(
    "element",
    [
        ForwardedElement(),
        ForwardedElement(ForwardedNode("name.example")),
        ForwardedElement(ForwardedNode("")),
        ForwardedElement(ForwardedNode("1.2.3.4", 65536)),
        ForwardedElement(ForwardedNode("1.2.3.4", -1)),
        ForwardedElement(ForwardedNode("1.2.3.4", "80x")),
        ForwardedElement(by=ForwardedNode("_a\r\n")),
        ForwardedElement(host="a b"),
        ForwardedElement(host="\r\n"),
        ForwardedElement(proto="a\0"),
        ForwardedElement(extensions=(("x", "\n"),)),
        ForwardedElement(extensions=(("x y", ""),)),
        ForwardedElement(extensions=(("For", "_a"),)),
    ],
)
def test_what_may_not_go_out(element: ForwardedElement) -> None:
    with pytest.raises(LocalProtocolError):
        format_forwarded([element])


def test_nothing_does_not_go_out() -> None:
    with pytest.raises(LocalProtocolError):
        format_forwarded([])


@given(st.text(alphabet='for=by;,:[]_1." \\é\n') | st.text())
def test_nothing_else_raises(value: str) -> None:
    assert parse_forwarded_pairs(value)
    for parse in (parse_forwarded, parse_x_forwarded_for):
        try:
            parse(value)
        except InvalidFieldValue:
            continue


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit", [",", ";", "a=b,", "a=b;", 'a="', 'a=",', 'a="\\', '",a="', 'a=";b=",', "a=b:1", " ", "a", ':"']
)
def test_a_megabyte_is_read_or_refused(unit: str) -> None:
    value = unit * (1_000_000 // len(unit))
    assert len(parse_forwarded_pairs(value)) <= 1024
    for parse in (parse_forwarded, parse_x_forwarded_for):
        try:
            assert len(parse(value)) <= 1024
        except InvalidFieldValue:
            continue


def test_other_types_are_refused() -> None:
    wrong: Any = b"for=_a"
    for parse in (parse_forwarded, parse_forwarded_pairs, parse_x_forwarded_for, format_forwarded):
        with pytest.raises(TypeError):
            parse(wrong)
    elements: list[Any] = [
        wrong,
        (None, None, "h", None, ()),
        ForwardedElement(wrong),
        ForwardedElement(by=wrong),
        ForwardedElement(host=wrong),
        ForwardedElement(proto=wrong),
        ForwardedElement(extensions=wrong),
        ForwardedElement(extensions=(wrong,)),
    ]
    for element in elements:
        with pytest.raises(TypeError):
            format_forwarded([element])
    with pytest.raises(TypeError):
        format_forwarded([ForwardedElement(extensions=(("x", wrong),))])
