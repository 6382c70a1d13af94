from __future__ import annotations

from yarl import URL

from tidewire_client import RequestInfo


def test_it_is_a_tuple_with_names() -> None:
    info = RequestInfo(URL("http://a/"), "GET", {"Host": "a"}, URL("http://a/#part"))
    url, method, headers, real_url = info
    assert (url, method, headers, real_url) == (info.url, info.method, info.headers, info.real_url)
