from __future__ import annotations

from typing import Any

import known_names

from tidewire.compat._client_modules import CLIENT_MODULES

# Inner parts that nobody is known to use.
ABSENT = {
    "aiohttp.client_middleware_digest_auth": [
        "DigestAuthChallenge",
        "escape_quotes",
        "parse_header_pairs",
        "unescape_quotes",
    ],
    "aiohttp.client_middlewares": ["build_client_middlewares"],
    "aiohttp.tracing": ["Trace"],
}


def test_every_name_of_the_top_level_is_there_and_no_other(answers: dict[str, Any]) -> None:
    assert "aiohttp" not in answers["missing"]
    assert answers["exported"]["aiohttp"] == []


def test_the_names_of_the_modules_are_there(answers: dict[str, Any]) -> None:
    assert {name: names for name, names in answers["missing"].items() if name in CLIENT_MODULES} == ABSENT


def test_every_module_is_compared() -> None:
    assert set(CLIENT_MODULES) - set(known_names.MODULES) == {"aiohttp"}
