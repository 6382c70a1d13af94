"""What a client gets to see of an error of the server."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from multidict import CIMultiDict

from tidewire_web._error_page import error_page


def page(
    status: int, accept: str | None, text: str = "<b>&secret", debug: bool = False
) -> tuple[str | None, str]:
    try:
        raise ZeroDivisionError(text)
    except ZeroDivisionError as error:
        request = SimpleNamespace(headers=CIMultiDict({} if accept is None else {"Accept": accept}))
        response = error_page(request, status, error, debug)
    assert response.status == status
    return response.content_type, response.text or ""


@pytest.mark.parametrize("accept", [None, "", "*/*", "text/plain", "application/json"])
def test_text(accept: str | None) -> None:
    content_type, text = page(500, accept)
    assert content_type == "text/plain"
    assert text.startswith("500 Internal Server Error\n")
    assert "secret" not in text
    assert "Traceback" not in text


@pytest.mark.parametrize(
    "accept", ["text/html", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "Text/HTML"]
)
def test_html_for_those_who_want_it(accept: str) -> None:
    content_type, text = page(504, accept)
    assert content_type == "text/html"
    assert "<h1>504 Gateway Timeout</h1>" in text
    assert "secret" not in text


def test_the_traceback_in_debug_mode() -> None:
    content_type, text = page(500, "*/*", debug=True)
    assert content_type == "text/plain"
    assert "Traceback" in text
    assert "ZeroDivisionError: <b>&secret" in text


def test_it_is_escaped_in_html() -> None:
    _content_type, text = page(500, "text/html", debug=True)
    assert "ZeroDivisionError: &lt;b&gt;&amp;secret" in text
    assert "<b>" not in text


def test_what_cannot_be_encoded_is_shown_otherwise() -> None:
    assert "secret \\udcff" in page(500, None, "secret \udcff", debug=True)[1]
