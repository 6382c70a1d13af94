"""One exception for each status that tells of success or of another place."""

from __future__ import annotations

from typing import Any

import pytest

import tidewire_web as web
from tidewire_http_parser import REASONS
from tidewire_web import _http_successes

TABLE: list[tuple[int, str, type[web.HTTPException]]] = [
    (200, "HTTPOk", web.HTTPSuccessful),
    (201, "HTTPCreated", web.HTTPSuccessful),
    (202, "HTTPAccepted", web.HTTPSuccessful),
    (203, "HTTPNonAuthoritativeInformation", web.HTTPSuccessful),
    (204, "HTTPNoContent", web.HTTPSuccessful),
    (205, "HTTPResetContent", web.HTTPSuccessful),
    (206, "HTTPPartialContent", web.HTTPSuccessful),
    (300, "HTTPMultipleChoices", web.HTTPMove),
    (301, "HTTPMovedPermanently", web.HTTPMove),
    (302, "HTTPFound", web.HTTPMove),
    (303, "HTTPSeeOther", web.HTTPMove),
    (304, "HTTPNotModified", web.HTTPRedirection),
    (305, "HTTPUseProxy", web.HTTPMove),
    (307, "HTTPTemporaryRedirect", web.HTTPMove),
    (308, "HTTPPermanentRedirect", web.HTTPMove),
]
EMPTY = {204, 205, 304}


@pytest.mark.parametrize(("status", "name", "family"), TABLE)
def test_every_class(status: int, name: str, family: type[web.HTTPException]) -> None:
    kind = getattr(web, name)
    assert kind.__bases__ == (family,)
    assert (kind.status_code, kind.empty_body) == (status, status in EMPTY)
    assert kind.__doc__.startswith(f"{status}: ")
    arguments = ("/x",) if family is web.HTTPMove else ()
    made = kind(*arguments)
    assert (made.status, made.reason, str(made)) == (status, REASONS[status], REASONS[status])
    assert made.text == (None if status in EMPTY else f"{status}: {REASONS[status]}")
    options: Any = {"headers": {"X-A": "1"}, "reason": "why", "text": "what", "content_type": "text/html"}
    made = kind(*arguments, **options)
    assert (made.reason, made.text, made.content_type, made.headers["X-A"]) == (
        "why",
        "what",
        "text/html",
        "1",
    )


def test_the_table_is_complete() -> None:
    assert sorted(name for _, name, _ in TABLE) == sorted(_http_successes.__all__)


def test_what_has_no_body_has_no_type() -> None:
    assert "Content-Type" not in web.HTTPNoContent().headers
    assert web.HTTPNotModified(headers={"ETag": '"a"'}).body is None
