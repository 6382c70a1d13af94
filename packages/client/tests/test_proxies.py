from __future__ import annotations

import logging

import pytest
from yarl import URL

from tidewire_client import BasicAuth, InvalidURL
from tidewire_client._proxies import is_excepted, proxy_of_environment, proxy_target


@pytest.mark.parametrize(
    ("url", "environ", "proxy"),
    [
        ("http://host/", {"http_proxy": "http://proxy:8080"}, "http://proxy:8080"),
        ("http://host/", {"HTTP_PROXY": "http://proxy:8080"}, "http://proxy:8080"),
        ("http://host/", {"http_proxy": "http://a", "HTTP_PROXY": "http://b"}, "http://a"),
        ("http://host/", {"http_proxy": "", "HTTP_PROXY": "http://b"}, None),
        ("http://host/", {"HTTP_PROXY": "http://b", "REQUEST_METHOD": "GET"}, None),
        ("https://host/", {"http_proxy": "http://proxy"}, None),
        ("https://host/", {"https_proxy": "proxy:3128"}, "http://proxy:3128"),
        ("ws://host/", {"http_proxy": "http://proxy"}, "http://proxy"),
        ("ws://host/", {"http_proxy": "http://a", "ws_proxy": "http://b"}, "http://b"),
        ("wss://host/", {"https_proxy": "http://proxy"}, "http://proxy"),
        ("https://host/", {"ALL_PROXY": "https://proxy"}, "https://proxy"),
        ("https://host/", {"ALL_PROXY": "socks5h://proxy:1080"}, "socks5h://proxy:1080"),
        ("http://host/", {"http_proxy": "http://proxy", "no_proxy": "host"}, None),
        ("ftp://host/", {"all_proxy": "http://proxy"}, None),
        ("http://host/", {}, None),
    ],
)
def test_the_environment_names_a_proxy(url: str, environ: dict[str, str], proxy: str | None) -> None:
    assert proxy_of_environment(URL(url), environ) == (None if proxy is None else URL(proxy))


@pytest.mark.parametrize("proxy", ["socks4://proxy:1080", "http://[", "http://"])
def test_a_proxy_that_is_not_understood_is_logged(proxy: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert proxy_of_environment(URL("http://host/"), {"http_proxy": proxy}) is None
    assert len(caplog.records) == 1


@pytest.mark.parametrize(
    ("url", "no_proxy", "excepted"),
    [
        ("http://host/", "", False),
        ("http://host/", "*", True),
        ("http://example.com/", "example.com", True),
        ("http://a.example.com/", "example.com", True),
        ("http://a.example.com/", ".example.com", True),
        ("http://example.com/", ".example.com", True),
        ("http://a.example.com/", "*.example.com", True),
        ("http://badexample.com/", "example.com", False),
        ("http://EXAMPLE.com/", "example.COM", True),
        ("http://example.com/", "a, ,example.com ", True),
        ("http://example.com:8080/", "example.com:8080", True),
        ("http://example.com:8081/", "example.com:8080", False),
        ("https://example.com/", "example.com:443", True),
        ("http://10.1.2.3/", "10.0.0.0/8", True),
        ("http://11.1.2.3/", "10.0.0.0/8", False),
        ("http://10.1.2.3:80/", "10.1.2.3", True),
        ("http://10.1.2.3/", "3", False),
        ("http://[::1]/", "::1", True),
        ("http://[::1]:80/", "[::1]:80", True),
        ("http://[::1]:81/", "[::1]:80", False),
        ("http://[fd00::1]/", "fd00::/8", True),
        ("http://[::ffff:10.1.2.3]/", "10.0.0.0/8", True),
        ("http://host/", "10.0.0.0/8", False),
    ],
)
def test_exceptions_are_names_addresses_and_networks(url: str, no_proxy: str, excepted: bool) -> None:
    assert is_excepted(URL(url), no_proxy) is excepted


def test_credentials_are_taken_off_the_url() -> None:
    assert proxy_target("http://user:pass@proxy:1", None) == (
        URL("http://proxy:1"),
        [("Proxy-Authorization", "Basic dXNlcjpwYXNz")],
    )
    assert proxy_target("http://user:pass@proxy:1", BasicAuth("a", "b")) == (
        URL("http://proxy:1"),
        [("Proxy-Authorization", "Basic YTpi")],
    )
    assert proxy_target(URL("https://proxy"), None) == (URL("https://proxy"), [])


def test_socks_has_a_user_and_a_password() -> None:
    own = [("user", "a:"), ("password", "\xe9")]
    assert proxy_target("socks5://a%3A:%C3%A9@proxy", None) == (URL("socks5://proxy"), own)
    given = [("user", "a"), ("password", "b")]
    assert proxy_target("socks5h://x:y@proxy:1", BasicAuth("a", "b")) == (URL("socks5h://proxy:1"), given)
    assert proxy_target("socks5://proxy", None) == (URL("socks5://proxy"), [])


@pytest.mark.parametrize(
    "proxy", ["proxy", "ftp://proxy", "http://", "http://[::1", "socks4://user:secret@proxy"]
)
def test_what_is_no_proxy_is_refused(proxy: str) -> None:
    with pytest.raises(InvalidURL) as caught:
        proxy_target(proxy, None)
    assert "secret" not in str(caught.value)
