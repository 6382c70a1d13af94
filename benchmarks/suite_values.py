"""The `values` benchmark: header field values, from text to what they mean."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

__all__ = ["CONTENDERS", "EXPECTED", "METHOD", "NOTES", "PEERS", "TASKS", "TITLE"]

TITLE = "Field values"
METHOD = (
    "The text of a header field is read into the values that its users ask for; each contender's result is its own, "
    "with all that it checks and decodes on the way."
)
PEERS = ("aiohttp",)
NOTES = (
    "aiohttp keeps the answers for the last media types it has seen; what is timed is reading one, on both sides.",
    "`Forwarded` gives aiohttp's dictionaries on both sides; the second row, validated nodes, is Tidewire's own.",
)

Run = Callable[[], Any]
Runs = dict[str, Run]

_COOKIE_3 = "sessionid=38afes7a8; theme=dark; csrftoken=u32t4o3tb3gg43"
_COOKIE_20 = "; ".join(f"cookie_{i}=value-{i}-0123456789abcdef" for i in range(20))
_SET_COOKIE = (
    "id=a3fWa; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Max-Age=3600; Domain=example.com; Path=/; Secure; HttpOnly; "
    "SameSite=Lax"
)
_NOW = 1_760_000_000
_TYPE = "text/html; charset=utf-8"
_FORM = "multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW"
_DISPOSITION = 'form-data; name="file"; filename="report.pdf"'
_EXTENDED = "attachment; filename=\"EURO rates.pdf\"; filename*=UTF-8''%e2%82%ac%20rates.pdf"
_DATE = "Sun, 06 Nov 1994 08:49:37 GMT"
_ETAGS = '"33a64df551425fcc", W/"67ab43", "xyzzy"'
_RANGE = "bytes=500-999"
_FORWARDED = 'for=192.0.2.43;proto=http;by=203.0.113.60, for="[2001:db8:cafe::17]:4711"'
_LINK = '<https://example.com/page/2>; rel="next"; title="next", <https://example.com/page/9>; rel=last'
_BASIC = "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="

EXPECTED: dict[str, Any] = {
    "Cookie, 3": 3,
    "Cookie, 20": 20,
    "Set-Cookie, 7 attributes": ("id", "a3fWa"),
    "Content-Type": ("text/html", "utf-8"),
    "Content-Type of a form": ("multipart/form-data", "----WebKitFormBoundary7MA4YWxkTrZu0gW"),
    "Content-Disposition": "report.pdf",
    "Content-Disposition, filename*": "\u20ac rates.pdf",
    "date": 784111777,
    "If-None-Match, 3": ["33a64df551425fcc", "67ab43", "xyzzy"],
    "Range": (500, 1000),
    "Forwarded, 2": ["192.0.2.43", "[2001:db8:cafe::17]:4711"],
    "Forwarded, 2, validated": ["192.0.2.43", "2001:db8:cafe::17"],
    "Link, 2": 2,
    "Basic credentials": ("Aladdin", "open sesame"),
}
TASKS = list(EXPECTED)


def tidewire() -> Runs:
    """Tidewire; which build is decided by the environment the process was started in."""
    from tidewire_http_parser import field_values as values

    def content_type(value: str, name: str) -> Run:
        def run() -> Any:
            essence, parameters = values.parse_media_type(value)
            return essence, parameters.get(name)

        return run

    def one_range() -> Any:
        specs = values.parse_range(_RANGE)
        assert specs is not None
        (found,) = values.resolve_ranges(specs, 10_000)
        return found.start, found.stop

    def set_cookie() -> Any:
        cookie = values.parse_set_cookie(_SET_COOKIE)
        assert cookie is not None
        return cookie.name, cookie.value

    def basic() -> Any:
        found = values.parse_basic_credentials(_BASIC)
        return found.user, found.password

    return {
        "Cookie, 3": lambda: len(values.parse_cookies(_COOKIE_3)),
        "Cookie, 20": lambda: len(values.parse_cookies(_COOKIE_20)),
        "Set-Cookie, 7 attributes": set_cookie,
        "Content-Type": content_type(_TYPE, "charset"),
        "Content-Type of a form": content_type(_FORM, "boundary"),
        "Content-Disposition": lambda: values.parse_content_disposition(_DISPOSITION).filename,
        "Content-Disposition, filename*": lambda: values.parse_content_disposition(_EXTENDED).filename,
        "date": lambda: values.parse_date(_DATE, _NOW),
        "If-None-Match, 3": lambda: [tag.value for tag in values.parse_etags(_ETAGS)],  # type: ignore[union-attr]
        "Range": one_range,
        "Forwarded, 2": lambda: [pairs["for"] for pairs in values.parse_forwarded_pairs(_FORWARDED)],
        "Forwarded, 2, validated": lambda: [
            element.for_.name  # type: ignore[union-attr]
            for element in values.parse_forwarded(_FORWARDED)
        ],
        "Link, 2": lambda: len(values.parse_links(_LINK)),
        "Basic credentials": basic,
    }


def aiohttp() -> Runs:
    """aiohttp, by the functions that its requests and responses call, past their caches."""
    from aiohttp import BasicAuth, _cookie_helpers, client_reqrep, hdrs, helpers, multipart, web_request
    from multidict import CIMultiDict, CIMultiDictProxy
    from yarl import URL

    parse_mimetype: Any = helpers.parse_mimetype.__wrapped__

    def content_type(value: str, name: str) -> Run:
        def run() -> Any:
            found = parse_mimetype(value)
            return f"{found.type}/{found.subtype}", found.parameters.get(name)

        return run

    def set_cookie() -> Any:
        ((name, morsel),) = _cookie_helpers.parse_set_cookie_headers([_SET_COOKIE])
        return name, morsel.value

    def disposition(value: str) -> Run:
        def run() -> Any:
            _kind, parameters = multipart.parse_content_disposition(value)
            return multipart.content_disposition_filename(parameters)

        return run

    def date() -> Any:
        moment = helpers.parse_http_date(_DATE)
        assert moment is not None
        return moment.timestamp()

    etags: Any = web_request.BaseRequest._etag_values
    ranged: Any = SimpleNamespace(headers={hdrs.RANGE: _RANGE}, _headers={hdrs.RANGE: _RANGE})
    http_range: Any = web_request.BaseRequest.http_range

    def one_range() -> Any:
        found = http_range.wrapped(ranged)
        return found.start, found.stop

    forwarded_headers = CIMultiDictProxy(CIMultiDict({hdrs.FORWARDED: _FORWARDED}))
    forwarded: Any = web_request.BaseRequest.forwarded
    proxied: Any = SimpleNamespace(_message=SimpleNamespace(headers=forwarded_headers))
    links: Any = client_reqrep.ClientResponse.links
    linking: Any = SimpleNamespace(
        headers=CIMultiDictProxy(CIMultiDict({hdrs.LINK: _LINK})), url=URL("https://example.com/page/1")
    )

    def basic() -> Any:
        found = BasicAuth.decode(_BASIC)
        return found.login, found.password

    return {
        "Cookie, 3": lambda: len(_cookie_helpers.parse_cookie_header(_COOKIE_3)),
        "Cookie, 20": lambda: len(_cookie_helpers.parse_cookie_header(_COOKIE_20)),
        "Set-Cookie, 7 attributes": set_cookie,
        "Content-Type": content_type(_TYPE, "charset"),
        "Content-Type of a form": content_type(_FORM, "boundary"),
        "Content-Disposition": disposition(_DISPOSITION),
        "Content-Disposition, filename*": disposition(_EXTENDED),
        "date": date,
        "If-None-Match, 3": lambda: [tag.value for tag in etags(_ETAGS)],
        "Range": one_range,
        "Forwarded, 2": lambda: [pairs["for"] for pairs in forwarded.wrapped(proxied)],
        "Link, 2": lambda: len(links.wrapped(linking)),
        "Basic credentials": basic,
    }


CONTENDERS: dict[str, Callable[[], Runs]] = {
    "tidewire": tidewire,
    "tidewire-interpreted": tidewire,
    "aiohttp": aiohttp,
}
