from __future__ import annotations

import pytest

from tidewire_client._cache_control import MOST_SECONDS, CacheControl, delta_seconds


def test_directives_are_names_with_or_without_arguments() -> None:
    control = CacheControl(['No-Cache="Set-Cookie, Vary" , MAX-AGE=5', "", "max-stale,,x = 1"])
    assert control
    assert [name in control for name in ("no-cache", "max-age", "max-stale", "x", "set-cookie")] == [
        True,
        True,
        True,
        True,
        False,
    ]
    assert not CacheControl([])


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("max-age=5", 5),
        ('max-age="5"', 5),
        ("max-age = 5", 5),
        ("max-age=5, max-age=6", 5),  # 4.2.1: the first
        ("max-age", 0),  # 4.2.1: what is no number is stale
        ("max-age=", 0),
        ("max-age=-1", 0),
        ("max-age=1.5", 0),
        ("max-age=soon", 0),
        ('max-age="5', None),  # no list: no-store
        ("max-age=\u0665", 0),
        ("max-age=0000000000000005", 5),
        ("max-age=2147483648", MOST_SECONDS),
        ("max-age=99999999999999999999999", MOST_SECONDS),  # 1.2.2
        (f"max-age={'9' * 8000}", MOST_SECONDS),
        ("s-maxage=5", None),
    ],
)
def test_seconds_are_read(value: str, seconds: int | None) -> None:
    assert CacheControl([value]).seconds("max-age") == seconds


def test_what_is_no_list_is_not_stored() -> None:
    assert "no-store" in CacheControl(['max-age=5, private="'])


def test_a_directive_may_have_no_argument() -> None:
    assert CacheControl(["max-stale"]).unlimited("max-stale")
    assert not CacheControl(["max-stale=1"]).unlimited("max-stale")
    assert not CacheControl(["max-age=1"]).unlimited("max-stale")


def test_seconds_are_digits() -> None:
    assert delta_seconds("") is None
    assert delta_seconds("+1") is None
    assert delta_seconds("10") == 10
