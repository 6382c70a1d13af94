"""What the atoms of an access log's format stand for."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tidewire_web._access_log_format import escaped, parse_format


@pytest.mark.parametrize(
    ("text", "template", "keys"),
    [
        ("", "", []),
        ("nothing", "nothing", []),
        ("100%% of %s", "100%% of %s", ["response_status"]),
        ("%a%t%P%r%s%b%T%Tf%D", "%s" * 9, None),
        ("%Tfx %Tx", "%sx %sx", ["request_time_frac", "request_time"]),
        ("%{A-b_1}i|%{C}o", "%s|%s", ["request_header A-b_1", "response_header C"]),
        ("%%{A}i", "%%{A}i", []),
        ("%%%s", "%%%s", ["response_status"]),
    ],
)
def test_a_format_is_taken_apart(text: str, template: str, keys: list[str] | None) -> None:
    got, atoms = parse_format(text)
    assert got == template
    names = [atom.key if atom.field is None else f"{atom.key} {atom.field}" for atom in atoms]
    assert names == keys or keys is None
    assert len(atoms) == template.replace("%%", "").count("%s")


@pytest.mark.parametrize(
    "text",
    ["%", "%x", "%u %s", "100%", "%{A}", "%{A}e", "%{A}x", "%{Ai", "%{}i", "%{A b}i", "%{\u00e4}i", "%{A"],
)
def test_atoms_that_there_are_not_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no "):
        parse_format(text)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("plain text, 1 < 2", "plain text, 1 < 2"),
        ("", ""),
        ('a"b', "a\\x22b"),
        ("a\\b", "a\\x5cb"),
        ("a\r\nb", "a\\x0d\\x0ab"),
        ("\x1b[31m", "\\x1b[31m"),
        ("\x7f\x00", "\\x7f\\x00"),
        ("\u00e4", "\\xc3\\xa4"),
        ("\u2028", "\\xe2\\x80\\xa8"),
        (b"\xff\xfe".decode("utf-8", "surrogateescape"), "\\xff\\xfe"),
    ],
)
def test_text_is_escaped_octet_by_octet(text: str, result: str) -> None:
    assert escaped(text) == result
    assert escaped(text).isascii()


@pytest.fixture
def in_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Lets the process be in a time zone for the time of a test."""

    def use(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield use
    monkeypatch.undo()
    time.tzset()


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the time zone cannot be changed")
@pytest.mark.parametrize(
    ("zone", "second", "result"),
    [
        ("UTC", 971179136, "[10/Oct/2000:11:58:56 +0000]"),
        ("EST5EDT,M4.1.0,M10.5.0", 971179136, "[10/Oct/2000:07:58:56 -0400]"),  # daylight saving time
        ("EST5EDT,M4.1.0,M10.5.0", 978350400, "[01/Jan/2001:07:00:00 -0500]"),  # none
        ("XYZ-5:30", 978350400, "[01/Jan/2001:17:30:00 +0530]"),
        ("XYZ3:30", 978350400, "[01/Jan/2001:08:30:00 -0330]"),
    ],
)
def test_the_start_is_told_in_local_time(
    in_zone: Any, monkeypatch: pytest.MonkeyPatch, zone: str, second: int, result: str
) -> None:
    from tidewire_web import _access_log_format

    in_zone(zone)
    _access_log_format._local_time.cache_clear()
    monkeypatch.setattr(time, "time", lambda: second + 2.5)
    (atom,) = parse_format("%t")[1]
    assert atom.value(None, None, 2.25) == result
    _access_log_format._local_time.cache_clear()
