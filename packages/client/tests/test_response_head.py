from __future__ import annotations

import pytest
from multidict import MultiDict
from service import Service
from yarl import URL

from tidewire_client import ClientSession
from tidewire_client._response_head import ResponseHeadView, is_expected_type
from tidewire_http_parser import ResponseHead


class View(ResponseHeadView):
    url = URL("http://host/a/b")

    def __init__(self, *fields: tuple[str, str]) -> None:
        self.head = ResponseHead(200, "OK", True)
        self.head.fields = list(fields)
        self.status = 200


@pytest.mark.parametrize(
    ("value", "media_type", "charset"),
    [
        ("text/html; charset=x", "text/html", "x"),
        ("Text/HTML", "text/html", None),
        ("nonsense; charset=y", "application/octet-stream", "y"),
    ],
)
def test_the_media_type_is_read(value: str, media_type: str, charset: str | None) -> None:
    view = View(("Content-Type", value))
    assert view.content_type == media_type
    assert view.charset == charset


@pytest.mark.parametrize(("value", "length"), [("5", 5), ("+5", None), ("\u0665", None)])
def test_the_length_is_digits(value: str, length: int | None) -> None:
    assert View(("Content-Length", value)).content_length == length
    assert View().content_length is None


def test_links_are_found_by_relation_or_target() -> None:
    links = View(("Link", "<c>; rel=next; media=print"), ("Link", "</d>")).links
    assert links["next"]["url"] == URL("http://host/a/c")
    assert links["next"]["media"] == "print"
    assert links["/d"]["url"] == URL("http://host/d")


def test_a_line_of_links_that_is_malformed_hides_no_other() -> None:
    assert list(View(("Link", "<a>; rel=next"), ("Link", "junk"), ("Link", "<b>; rel=last")).links) == [
        "next",
        "last",
    ]


def test_what_cannot_be_read_is_none() -> None:
    view = View(("Link", "<unclosed"), ("Content-Disposition", ";"))
    assert view.links == MultiDict()
    assert view.content_disposition is None
    assert view.content_type == "application/octet-stream"
    assert view.charset is None


def test_cookies_have_odd_names_too() -> None:
    assert View(("Set-Cookie", "a[b]=c"), ("Set-Cookie", "=x")).cookies["a[b]"].value == "c"


def test_bytes_are_what_came() -> None:
    assert View(("X", "\udce4")).raw_headers == ((b"X", b"\xe4"),)


@pytest.mark.parametrize(
    ("found", "expected", "fits"),
    [
        ("application/json", "application/json", True),
        ("application/vnd.api+json", "application/json", True),
        ("application/json5", "application/json", False),
        ("text/json", "application/json", False),
        ("text/html", "text/", True),
    ],
)
def test_a_media_type_fits(found: str, expected: str, fits: bool) -> None:
    assert is_expected_type(found, expected) is fits


async def test_the_url_in_a_response_has_no_fragment(service: Service, session: ClientSession) -> None:
    async with session.get(service.url("/#there")) as response:
        assert response.url == service.url("/")
        assert response.real_url == URL(f"{service.url('/')}#there")
