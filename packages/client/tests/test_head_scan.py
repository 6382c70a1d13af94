from __future__ import annotations

import pytest

from tidewire_client._head_scan import ENCODED, SETS_COOKIES, TRANSFER_CODED, scan_head


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ([], 0),
        (["Set-Cookie"], SETS_COOKIES),
        (["Content-Encoding"], ENCODED),
        (["Date", "Set-Cookie", "Content-Encoding", "Set-Cookie"], SETS_COOKIES | ENCODED),
        (["Set-Cookif", "Content-Encodinh", "Content-Language"], 0),
    ],
)
def test_a_head_speaks_of_cookies_and_codings(names: list[str], found: int) -> None:
    assert scan_head([(name, "x") for name in names]) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("chunked", 0),
        ("gzip, chunked", TRANSFER_CODED),
        ("Chunked", TRANSFER_CODED),
        ("gzip", TRANSFER_CODED),
    ],
)
def test_a_head_speaks_of_transfer_codings(value: str, found: int) -> None:
    assert scan_head([("Transfer-Encoding", value), ("Transfer-Encodinh", "gzip")]) == found
