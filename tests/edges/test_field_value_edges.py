"""The functions for field values, with arguments of other kinds: each outcome is the same in both builds.

Each row tells the one outcome there is: a value, or an exception's type; no exception has a cause or a context.
"""

from __future__ import annotations

import math
from collections import OrderedDict, UserDict
from collections.abc import Callable
from enum import StrEnum
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

import pytest
from multidict import CIMultiDict, istr
from odd_arguments import Number, Text, outcome, refused

from tidewire_http_parser import InvalidFieldValue, LocalProtocolError, field_values, hdrs
from tidewire_http_parser.field_values import (
    BasicCredentials,
    Challenge,
    Conditions,
    ContentRange,
    Credentials,
    ETag,
    ForwardedElement,
    ForwardedNode,
    Link,
    RangeSpec,
    SetCookie,
    choose_content_coding,
    choose_language,
    choose_media_type,
    evaluate_conditions,
    format_basic_credentials,
    format_challenges,
    format_content_disposition,
    format_content_range,
    format_cookies,
    format_credentials,
    format_date,
    format_etag,
    format_forwarded,
    format_links,
    format_media_type,
    format_set_cookie,
    format_token_list,
    if_range_holds,
    parse_cookies,
    parse_date,
    parse_etags,
    parse_if_range,
    parse_range,
    parse_set_cookies,
    resolve_ranges,
)


class Texts(list[Any]):
    pass


class Word(StrEnum):
    GZIP = "gzip"


NO_TEXT = [b"a", bytearray(b"a"), memoryview(b"a"), None, 1, True, ["a"], ("a",), object()]
NO_INT = [None, "1", b"1", 1.0, [1], object()]
NO_NUMBER = [None, "1", b"1", 1j, [1], object()]
NO_DICT: list[Any] = [
    None,
    [],
    (),
    "a",
    CIMultiDict(a="b"),
    UserDict(a="b"),
    MappingProxyType({"a": "b"}),
    {"a": "b"}.items(),
]
NO_LIST: list[Any] = [None, (), {}, {"a": "b"}, "a", iter([]), {"a"}]
NO_PAIRS = [
    *NO_LIST,
    ["ab"],
    [["a", "b"]],
    [("a",)],
    [("a", "b", "c")],
    [("a", None)],
    [("a", 1)],
    [(b"a", "b")],
]

NOW = 784111777
DATE = "Sun, 06 Nov 1994 08:49:37 GMT"

# Functions of one text, with a text that each takes.
OF_A_TEXT: list[tuple[Callable[[Any], Any], str]] = [
    (field_values.format_quoted_string, "a b"),
    (field_values.parse_accept, "text/html;q=0.5, */*"),
    (field_values.parse_accept_charset, "utf-8, *;q=0"),
    (field_values.parse_accept_encoding, "gzip, br;q=0.1"),
    (field_values.parse_accept_language, "de-CH, en;q=0.3"),
    (field_values.parse_basic_credentials, "Basic YTpi"),
    (field_values.parse_challenges, 'Basic realm="a", Negotiate abc='),
    (field_values.parse_content_disposition, 'form-data; name="a%22"'),
    (field_values.parse_content_range, "bytes 0-1/2"),
    (field_values.parse_cookie_date, DATE),
    (field_values.parse_cookies, "a=b; c"),
    (field_values.parse_credentials, "Bearer abc"),
    (field_values.parse_etag, 'W/"a"'),
    (field_values.parse_etags, '"a", W/"b"'),
    (field_values.parse_forwarded, 'for=192.0.2.1;host="a:1";x=y'),
    (field_values.parse_forwarded_pairs, "for=a, by=b"),
    (field_values.parse_links, '<a>; rel="b c"; d'),
    (field_values.parse_list, 'a, "b,c"'),
    (field_values.parse_media_type, "Text/HTML; charset=utf-8"),
    (field_values.parse_quoted_string, r'"a\"b"'),
    (field_values.parse_range, "bytes=0-1, -5"),
    (field_values.parse_set_cookie, "a=b; Path=/; Max-Age=5; SameSite=lax"),
    (field_values.parse_token_list, "a, b"),
    (field_values.parse_x_forwarded_for, "192.0.2.1, ::1"),
    (field_values.quote_cookie_value, "a b"),
    (field_values.unquote_cookie_value, r'"a\054b"'),
]


def test_every_function_is_here() -> None:
    parsers = {name for name in field_values.__all__ if name.startswith("parse_")}
    assert parsers - {call.__name__ for call, _ in OF_A_TEXT} == {
        "parse_date",
        "parse_if_range",
        "parse_set_cookies",
    }


@pytest.mark.parametrize(("call", "text"), OF_A_TEXT, ids=lambda value: getattr(value, "__name__", ""))
def test_functions_of_a_text(call: Callable[[Any], Any], text: str) -> None:
    expected = outcome(call, text)
    for kind in (Text, istr):
        found = outcome(call, kind(text))
        assert found == expected
        assert type(found) is type(expected) or call is field_values.quote_cookie_value
    for value in NO_TEXT:
        assert outcome(call, value) is TypeError


def if_range(value: Any) -> Any:
    return parse_if_range(value, NOW)


def cookie_limit(limit: Any) -> Any:
    return len(parse_cookies("a=b; c=d; e=f", limit))


def set_cookie_limit(limit: Any) -> Any:
    return len(parse_set_cookies(["a=b", "c=d", "e=f"], limit))


def etag_limit(limit: Any) -> Any:
    return len(parse_etags('"a", "b", "c"', limit))


def range_limit(limit: Any) -> Any:
    return len(parse_range("bytes=0-1", limit) or ())


def now_of_a_date(now: Any) -> Any:
    return parse_date(DATE, now)


def length_of_ranges(length: Any) -> Any:
    return resolve_ranges([RangeSpec(0, 1), RangeSpec(None, 1)], length)


def ranges_of_length_5(ranges: Any) -> Any:
    return resolve_ranges(ranges, 5)


def charset(name: Any) -> Any:
    return format_basic_credentials("a", "b", name)


def scheme(name: Any) -> Any:
    return format_credentials(Credentials(name, {}, "abc"))


def parameters(values: Any) -> Any:
    return format_credentials(Credentials("A", values))


def token(text: Any) -> Any:
    return format_challenges([Challenge("A", {}, text)])


def disposition(values: Any) -> Any:
    return format_content_disposition("attachment", values)


def media_type(values: Any) -> Any:
    return format_media_type("a/b", values)


def node(name: Any) -> Any:
    return format_forwarded([ForwardedElement(name)])


def node_name(name: Any) -> Any:
    return format_forwarded([ForwardedElement(ForwardedNode(name))])


def node_port(port: Any) -> Any:
    return format_forwarded([ForwardedElement(ForwardedNode("_a", port))])


def proto(name: Any) -> Any:
    return format_forwarded([ForwardedElement(proto=name)])


def extensions(pairs: Any) -> Any:
    return format_forwarded([ForwardedElement(extensions=pairs)])


def target(text: Any) -> Any:
    return format_links([Link(text)])


def relations(texts: Any) -> Any:
    return format_links([Link("a", texts)])


def attributes(pairs: Any) -> Any:
    return format_links([Link("a", attributes=pairs)])


def media_types(offers: Any) -> Any:
    return choose_media_type("a/b", offers)


def codings(offers: Any) -> Any:
    return choose_content_coding("gzip", offers)


def accept_language(value: Any) -> Any:
    return choose_language(value, ["en", "de"])


def method(name: Any) -> Any:
    return evaluate_conditions(name, Conditions(if_none_match="*"), None, None, NOW)


def conditions(fields: Any) -> Any:
    return evaluate_conditions("GET", fields, ETag("a"), 0, NOW)


def etag(tag: Any) -> Any:
    return evaluate_conditions("GET", Conditions(if_match='"a"'), tag, None, NOW)


def last_modified(moment: Any) -> Any:
    return evaluate_conditions("GET", Conditions(if_modified_since=DATE), None, moment, NOW)


def exists(flag: Any) -> Any:
    return evaluate_conditions("GET", Conditions(if_match="*"), None, None, NOW, flag)


def if_range_of_a_tag(tag: Any) -> Any:
    return if_range_holds('"a"', tag, None, NOW)


def weak(flag: Any) -> Any:
    return format_etag(ETag("a", flag))


def matches(other: Any) -> Any:
    return ETag("a").matches_weakly(other)


def max_age(seconds: Any) -> Any:
    return format_set_cookie(SetCookie(name="a", value="b", max_age=seconds))


def path(text: Any) -> Any:
    return format_set_cookie(SetCookie(name="a", value="b", path=text))


ROWS = [
    # Numbers.
    *[
        row
        for call in (cookie_limit, set_cookie_limit, etag_limit, range_limit)
        for row in refused(call, *NO_INT)
    ],
    (cookie_limit, True, 1),
    (cookie_limit, Number(2), 2),
    (cookie_limit, HTTPStatus.OK, 3),
    (cookie_limit, -(2**64), 0),
    (cookie_limit, 2**64 + 1, 3),
    (set_cookie_limit, True, 1),
    (set_cookie_limit, 2**64, 3),
    (etag_limit, True, 1),
    (etag_limit, 2**64, 3),
    (range_limit, True, 1),
    (range_limit, 2**64, 1),
    (range_limit, False, InvalidFieldValue),
    *refused(format_date, *NO_NUMBER),
    (format_date, True, "Thu, 01 Jan 1970 00:00:01 GMT"),
    (format_date, HTTPStatus.OK, "Thu, 01 Jan 1970 00:03:20 GMT"),
    (format_date, 2**80, ValueError),
    (format_date, math.inf, ValueError),
    *refused(now_of_a_date, *NO_NUMBER),
    (now_of_a_date, False, NOW),
    (now_of_a_date, 1.5, NOW),
    (now_of_a_date, math.nan, ValueError),
    (now_of_a_date, -(2**64), ValueError),
    *refused(if_range, *NO_TEXT),
    (if_range, Text('"a"'), ETag("a")),
    (if_range, istr(DATE), NOW),
    # Ranges.
    *refused(length_of_ranges, *NO_INT),
    (length_of_ranges, True, [range(1)]),
    (length_of_ranges, Number(3), [range(3)]),
    (length_of_ranges, 2**64, ValueError),
    (length_of_ranges, -1, ValueError),
    *refused(ranges_of_length_5, *NO_LIST, [None], [[0, 1]], [("0", "1")], [(0.0, 1)], [range(2)]),
    (ranges_of_length_5, Texts([(0, 1)]), [range(2)]),
    (ranges_of_length_5, [(False, True)], [range(2)]),
    (ranges_of_length_5, [(None, 2**64)], [range(5)]),
    (ranges_of_length_5, [(0,)], ValueError),
    (ranges_of_length_5, [(0, 1, 2), (0, 1)], ValueError),
    *refused(format_content_range, None, [0, 1, 2], "abc", (0, "1", 2), (0, 1.0, 2), (b"0", 1, 2)),
    (format_content_range, (0, 1, 2), "bytes 0-1/2"),
    (format_content_range, ContentRange(False, True, None), "bytes 0-1/*"),
    (format_content_range, ContentRange(None, None, HTTPStatus.OK), "bytes */200"),
    (format_content_range, ContentRange(Number(1), HTTPStatus.OK, Number(300)), "bytes 1-200/300"),
    (format_content_range, (0, 1), ValueError),
    (format_content_range, (0, 1, 2, 3), ValueError),
    (format_content_range, ContentRange(0, 2**64, None), LocalProtocolError),
    # Lists and dictionaries.
    *refused(format_token_list, *NO_LIST, [None], [b"a"], [1]),
    (format_token_list, Texts([istr("A"), Word.GZIP, hdrs.HOST]), "A, gzip, Host"),
    *refused(format_cookies, *NO_PAIRS),
    (format_cookies, Texts([(Text("a"), istr("b"))]), "a=b"),
    *refused(parse_set_cookies, *NO_LIST[:3], [None], [b"a=b"], [1]),
    (parse_set_cookies, Texts([Text("a=b")]), [SetCookie(name="a", value="b")]),
    *[
        row
        for call in (parameters, disposition, media_type)
        for row in refused(call, *NO_DICT, {"a": None}, {"a": 1}, {b"a": "b"}, {1: "b"})
    ],
    (parameters, OrderedDict(realm=istr("b")), 'A realm="b"'),
    (disposition, OrderedDict({Text("a"): Word.GZIP}), 'attachment; a="gzip"'),
    (media_type, OrderedDict({istr("A"): Text("b")}), "a/b; A=b"),
    # Values in place of others.
    *refused(scheme, *NO_TEXT),
    *refused(token, *(value for value in NO_TEXT if value is not None)),
    (token, None, "A"),
    (token, Text("abc"), "A abc"),
    *refused(format_challenges, *NO_LIST, [("A", {}, None)], [Credentials("A", {})], [None]),
    *refused(format_credentials, None, ("A", {}, "b"), Challenge("A", {}), BasicCredentials("a", "b"), "A b"),
    *refused(charset, *NO_TEXT),
    (charset, Text("utf-8"), "Basic YTpi"),
    (charset, istr("LATIN-1"), "Basic YTpi"),
    (charset, "rot13", LocalProtocolError),
    *refused(format_forwarded, *NO_LIST, [None], [(None,) * 5], [ForwardedNode("_a")]),
    *refused(node, "_a", ("_a", None), b"_a", 1),
    *refused(node_name, *NO_TEXT),
    (node_name, Text("_a"), "for=_a"),
    *refused(node_port, b"1", 1.0, [1], object()),
    (node_port, None, "for=_a"),
    (node_port, True, LocalProtocolError),
    (node_port, HTTPStatus.OK, 'for="_a:200"'),
    (node_port, Number(80), 'for="_a:80"'),
    (node_port, istr("_b"), 'for="_a:_b"'),
    (node_port, 2**64 + 80, LocalProtocolError),
    (node_port, -1, LocalProtocolError),
    *refused(proto, *(value for value in NO_TEXT if value is not None)),
    (proto, Text("https"), "proto=https"),
    *refused(
        extensions, None, [], [("a", "b")], {"a": "b"}, (["a", "b"],), (("a",),), (("a", None),), ((1, "b"),)
    ),
    (extensions, ((istr("A"), Text("b")),), "A=b"),
    *refused(format_links, *NO_LIST, ["<a>"], [("a", (), None, None, ())], [None]),
    *refused(target, *NO_TEXT),
    (target, Text("/"), "</>"),
    *refused(relations, None, [], ["a"], "a", (None,), (b"a",), (1,)),
    (relations, (istr("next"), Text("b")), '<a>; rel="next b"'),
    *refused(attributes, None, [], {"a": "b"}, (["a", "b"],), (("a",),), (("a", 1),), ((None, "b"),)),
    (attributes, ((istr("A"), None), ("b", Text("c"))), '<a>; A; b="c"'),
    # Negotiation.
    *refused(media_types, None, 1, [None], [b"a/b"], [1]),
    (media_types, ("a/b",), "a/b"),
    (media_types, {"a/b": 1}, "a/b"),
    (media_types, (), None),
    (media_types, "a/b", LocalProtocolError),
    *refused(codings, None, 1, [None], [b"gzip"]),
    (codings, (Word.GZIP,), Word.GZIP),
    *refused(accept_language, *(value for value in NO_TEXT if value is not None)),
    (accept_language, None, "en"),
    (accept_language, Text("de"), "de"),
    # Conditions.
    *refused(method, *NO_TEXT),
    (method, istr("GET"), 304),
    (method, Text("PUT"), 412),
    *refused(conditions, None, [None] * 4, {}, "abcd", (b"*", None, None, None), (None, 1, None, None)),
    (conditions, ("*", None, None, None), None),
    (conditions, (None, Text('"a"'), None, None), 304),
    (conditions, (None, None, None), ValueError),
    (conditions, (None,) * 5, ValueError),
    *refused(etag, "a", '"a"', b"a", 1, ("a", False)),
    (etag, None, 412),
    (etag, ETag("a"), None),
    *refused(last_modified, "1", b"1", 1.0, [1]),
    (last_modified, None, None),
    (last_modified, True, 304),
    (last_modified, Number(1), 304),
    (last_modified, 2**64, None),
    *refused(exists, None, 1, 0, "yes", Number(1)),
    (exists, False, 412),
    *refused(if_range_of_a_tag, "a", b"a", 1),
    (if_range_of_a_tag, None, False),
    # Entity tags.
    *refused(ETag, *NO_TEXT),
    (ETag, Text("a"), ETag("a")),
    *refused(weak, None, 1, 0, "W/", Number(1)),
    (weak, True, 'W/"a"'),
    *refused(matches, None, "a", '"a"', ("a", False)),
    *refused(format_etag, None, "a", b"a", ("a", False)),
    (format_etag, ETag("\ud800"), LocalProtocolError),
    # Cookies.
    *refused(format_set_cookie, None, "a=b", ("a", "b"), {"name": "a", "value": "b"}),
    *refused(max_age, "1", b"1", 1.0, [1]),
    (max_age, True, "a=b; Max-Age=1"),
    (max_age, HTTPStatus.OK, "a=b; Max-Age=200"),
    (max_age, 2**64, LocalProtocolError),
    *refused(path, *(value for value in NO_TEXT if value is not None)),
    (path, Text("/"), "a=b; Path=/"),
]


@pytest.mark.parametrize(("call", "argument", "expected"), ROWS)
def test_the_outcome(call: Callable[[Any], Any], argument: Any, expected: Any) -> None:
    found = outcome(call, argument)
    assert found == expected
    assert type(found) is type(expected)


def test_entity_tags_are_neither_changed_nor_added_to() -> None:
    tag: Any = ETag("a")
    for name in ("value", "is_weak", "other"):
        with pytest.raises(AttributeError):
            setattr(tag, name, "b")
    assert tag != "a"
    assert tag != ("a", False)
    assert hash(tag) == hash(ETag(Text("a")))


def test_constants_are_texts_that_compare_without_case_in_mappings() -> None:
    for name in hdrs.__all__:
        constant = getattr(hdrs, name)
        assert type(constant) is (
            frozenset if name == "METH_ALL" else str if name.startswith("METH_") else istr
        )
    assert hdrs.CONTENT_TYPE == "Content-Type"
    assert CIMultiDict({"content-type": "a"})[hdrs.CONTENT_TYPE] == "a"
