"""The documents of corpus/cookies: what becomes of each Cookie and Set-Cookie field."""

from __future__ import annotations

from pathlib import Path

import pytest

from tidewire_http_parser.field_values import SetCookie, parse_cookies, parse_set_cookie
from tidewire_testing import CorpusCase, escape_bytes, load_corpus

CORPUS = Path(__file__).resolve().parents[4] / "corpus" / "cookies"
if not CORPUS.is_dir():
    pytest.skip("corpus/ is in the repository only", allow_module_level=True)

CASES = load_corpus(CORPUS)


def trace_of_cookies(value: str) -> list[str]:
    return [f"cookie {name}={text}" for name, text in parse_cookies(value)] or ["nothing"]


def trace_of_set_cookie(cookie: SetCookie | None) -> list[str]:
    if cookie is None:
        return ["ignored"]
    said: dict[str, object] = {
        "expires": cookie.expires,
        "max-age": cookie.max_age,
        "domain": cookie.domain,
        "path": cookie.path,
        "secure": cookie.secure,
        "http-only": cookie.http_only,
        "same-site": cookie.same_site,
        "partitioned": cookie.partitioned,
    }
    lines = [f"set {cookie.name}={cookie.value}"]
    for name, value in said.items():
        if value is True:
            lines.append(name)
        elif value is not None and value is not False:
            lines.append(f"{name} {value}")
    return lines


@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in CASES])
def test_cookies(case: CorpusCase) -> None:
    lines: list[str] = []
    for line in case.data.split(b"\r\n"):
        name, _, rest = line.partition(b":")
        value = rest.removeprefix(b" ").decode("utf-8", "surrogateescape")
        if name == b"Cookie":
            lines += trace_of_cookies(value)
        else:
            assert name == b"Set-Cookie"
            lines += trace_of_set_cookie(parse_set_cookie(value))
    assert tuple(escape_bytes(line.encode("utf-8", "surrogateescape")) for line in lines) == case.expected


@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in CASES])
def test_the_case_says_why(case: CorpusCase) -> None:
    assert case.prose
    assert not case.meta
