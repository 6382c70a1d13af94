from __future__ import annotations

from pathlib import Path

import pytest
from yarl import URL

import tidewire_client
from tidewire.compat._environment import get_env_proxy_for_url, netrc_from_env, proxies_from_env


@pytest.fixture(autouse=True)
def _nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "ws_proxy", "wss_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def test_proxies_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://user:word@proxy.test:3128")
    monkeypatch.setenv("https_proxy", "socks5://proxy.test")
    monkeypatch.setenv("no_proxy", "inside.test")
    assert list(proxies_from_env()) == ["http"]
    proxy, auth = get_env_proxy_for_url(URL("http://a.test/"))
    assert proxy == URL("http://proxy.test:3128")
    assert auth == tidewire_client.BasicAuth("user", "word")
    for url in ("http://inside.test/", "https://a.test/"):
        with pytest.raises(LookupError):
            get_env_proxy_for_url(URL(url))


def test_a_netrc_file_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "netrc"
    path.write_text("machine a.test login me password secret\n", "utf-8")
    monkeypatch.setenv("NETRC", str(path))
    found = netrc_from_env()
    assert found is not None
    assert found.authenticators("a.test") == ("me", "", "secret")
    monkeypatch.setenv("NETRC", str(tmp_path / "absent"))
    assert netrc_from_env() is None
