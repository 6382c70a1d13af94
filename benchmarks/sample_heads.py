"""The requests whose heads are parsed, as what they say and as the bytes that say it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SAMPLES", "Sample"]

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One GET request without a body.

    Attributes:
        name: how reports call it.
        target: the request target.
        pairs: header names and values, in order, as a parser should give them back.
    """

    name: str
    target: str
    pairs: Pairs

    @property
    def data(self) -> bytes:
        """The request as it travels."""
        lines = [f"GET {self.target} HTTP/1.1", *(f"{name}: {value}" for name, value in self.pairs)]
        return "\r\n".join([*lines, "", ""]).encode("ascii")


_SMALL = Sample(name="2 headers", target="/", pairs=[("Host", "127.0.0.1:8080"), ("Accept", "*/*")])

# What a desktop browser sends when someone opens a page by its address.
_BROWSER = Sample(
    name="15 headers",
    target="/",
    pairs=[
        ("Host", "www.example.com"),
        ("Connection", "keep-alive"),
        ("Cache-Control", "max-age=0"),
        ("sec-ch-ua", '"Chromium";v="142", "Google Chrome";v="142", "Not_A Brand";v="99"'),
        ("sec-ch-ua-mobile", "?0"),
        ("sec-ch-ua-platform", '"Linux"'),
        ("Upgrade-Insecure-Requests", "1"),
        (
            "User-Agent",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/142.0.0.0 Safari/537.36",
        ),
        (
            "Accept",
            "text/html,application/xhtml+xml,application/xml;q=0.9,"
            "image/avif,image/webp,image/apng,*/*;q=0.8",
        ),
        ("Sec-Fetch-Site", "none"),
        ("Sec-Fetch-Mode", "navigate"),
        ("Sec-Fetch-User", "?1"),
        ("Sec-Fetch-Dest", "document"),
        ("Accept-Encoding", "gzip, deflate, br, zstd"),
        ("Accept-Language", "en-GB,en;q=0.9,de;q=0.8"),
    ],
)

SAMPLES = {sample.name: sample for sample in (_SMALL, _BROWSER)}
