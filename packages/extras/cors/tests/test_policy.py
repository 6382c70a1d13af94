"""Decisions, without requests."""

from __future__ import annotations

from typing import Any

import pytest
from multidict import CIMultiDict

from tidewire_cors import PreflightRefused, ResourceOptions
from tidewire_cors._policy import Policy, add_vary

A, B = "https://a.example", "https://b.example"


def test_an_origin_by_its_name_goes_before_all_others_and_inner_layers_before_outer_ones() -> None:
    inner, outer, anybody = ResourceOptions(), ResourceOptions(), ResourceOptions()
    policy = Policy([{"*": anybody, A: inner}, {A: outer, B: outer}])
    assert policy.options_for(A) is inner
    assert policy.options_for(B) is outer
    assert policy.options_for("null") is anybody
    assert Policy([{A: inner}]).options_for(B) is None


def ask(options: Any, **asked: Any) -> dict[str, str]:
    arguments = {"origin": A, "method": "PUT", "headers": "", "private_network": False, **asked}
    origin, method, headers = arguments.pop("origin"), arguments.pop("method"), arguments.pop("headers")
    return dict(Policy([{A: options}]).answer_preflight(origin, method, headers, **arguments))


@pytest.mark.parametrize(
    ("options", "asked", "fields"),
    [
        ({}, {}, {"Methods": "PUT"}),
        ({"allow_credentials": True}, {}, {"Credentials": "true", "Methods": "PUT"}),
        ({"max_age": 0}, {}, {"Max-Age": "0", "Methods": "PUT"}),
        ({"allow_headers": "*"}, {"headers": "x-a , X-B"}, {"Methods": "PUT", "Headers": "x-a,X-B"}),
        ({"allow_headers": ["x-a"]}, {"headers": "X-A"}, {"Methods": "PUT", "Headers": "X-A"}),
        ({"allow_methods": ["put"]}, {}, {"Methods": "PUT"}),
        (
            {"allow_private_network": True},
            {"private_network": True},
            {"Methods": "PUT", "Private-Network": "true"},
        ),
        ({"allow_private_network": True}, {}, {"Methods": "PUT"}),
    ],
)
def test_a_preflight_is_answered_with_what_was_asked_for(
    options: Any, asked: Any, fields: dict[str, str]
) -> None:
    expected = {"Access-Control-Allow-Origin": A}
    for name, value in fields.items():
        expected[f"Access-Control-{'' if name == 'Max-Age' else 'Allow-'}{name}"] = value
    assert ask(ResourceOptions(**options), **asked) == expected


@pytest.mark.parametrize(
    ("options", "asked", "reason"),
    [
        ({}, {"origin": B}, "origin is not allowed"),
        ({}, {"origin": "null"}, "origin is not allowed"),
        ({}, {"origin": f"{A}:444"}, "origin is not allowed"),
        ({"allow_methods": ["GET"]}, {}, "method PUT is not allowed"),
        ({}, {"headers": "x-a"}, "field x-a is not allowed"),
        ({"allow_headers": ["x-a"]}, {"headers": "x-a,x-b"}, "field x-b is not allowed"),
        ({"allow_headers": "*"}, {"headers": "a b"}, "malformed"),
        ({"allow_headers": "*"}, {"headers": "x-a,"}, "malformed"),
        ({"allow_headers": "*"}, {"headers": "*\r\nSet-Cookie: a=b"}, "malformed"),
        ({}, {"private_network": True}, "less private"),
    ],
)
def test_a_preflight_is_refused_with_the_reason(options: Any, asked: Any, reason: str) -> None:
    with pytest.raises(PreflightRefused, match=reason) as caught:
        ask(ResourceOptions(**options), **asked)
    assert str(caught.value).startswith("CORS preflight request failed: ")


@pytest.mark.parametrize(
    ("options", "names", "fields"),
    [
        ({}, ["X-Own"], {}),
        ({"allow_credentials": True}, [], {"Allow-Credentials": "true"}),
        ({"expose_headers": ["x-b", "X-A"]}, [], {"Expose-Headers": "X-A,X-B"}),
        (
            {"expose_headers": "*"},
            [
                "Content-Type",
                "X-Own",
                "Set-Cookie",
                "x-other",
                "X-Own",
                "Access-Control-Max-Age",
                "Expires",
                "Vary",
            ],
            {"Expose-Headers": "X-Own,x-other,Vary"},
        ),
        ({"expose_headers": "*"}, ["Content-Type"], {}),
    ],
)
def test_a_response_says_who_may_see_what(options: Any, names: list[str], fields: dict[str, str]) -> None:
    policy = Policy([{A: ResourceOptions(**options)}])
    expected = {f"Access-Control-{name}": value for name, value in fields.items()}
    assert dict(policy.answer(A, names)) == {"Access-Control-Allow-Origin": A, **expected}
    assert policy.answer(B, names) == []


@pytest.mark.parametrize(
    ("lines", "vary"),
    [
        ([], "Origin"),
        (["Accept-Encoding"], "Accept-Encoding, Origin"),
        (["Accept", "Accept-Encoding, Cookie"], "Accept, Accept-Encoding, Cookie, Origin"),
        (["origin"], "origin"),
        (["*"], "*"),
        ([""], "Origin"),
    ],
)
def test_vary_has_each_name_once(lines: list[str], vary: str) -> None:
    headers = CIMultiDict([("Vary", line) for line in lines])
    for _ in range(2):
        add_vary(headers, ["Origin"])
    assert headers.getall("Vary") == [vary]
    plain = {} if not lines else {"Vary": ", ".join(lines)}
    add_vary(plain, ["Origin"])
    assert plain["Vary"] == vary
