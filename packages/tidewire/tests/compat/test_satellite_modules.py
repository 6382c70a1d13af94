from __future__ import annotations

import importlib.util
from typing import Any

import pytest

from tidewire.compat._satellite_modules import REQUIREMENTS, SATELLITE_MODULES

# What else a module of a satellite needs.
EXTRAS = {
    "aiohttp_session.cookie_storage": "cryptography",
    "aiohttp_session.memcached_storage": "aiomcache",
    "aiohttp_session.nacl_storage": "nacl",
    "aiohttp_session.redis_storage": "redis",
}


@pytest.mark.parametrize("module", SATELLITE_MODULES)
def test_a_module_is_there_where_its_distribution_is(module: str, answers: dict[str, Any]) -> None:
    package, distribution = REQUIREMENTS[module.partition(".")[0]].split()
    said = answers["satellites"].get(module)
    if importlib.util.find_spec(package) is None:
        assert f"pip install {distribution}" in said
    elif module in EXTRAS and importlib.util.find_spec(EXTRAS[module]) is None:
        assert said is not None
    else:
        assert said is None


def test_every_package_says_what_it_needs() -> None:
    assert {module.partition(".")[0] for module in SATELLITE_MODULES} | {"aiohttp"} == set(REQUIREMENTS)
