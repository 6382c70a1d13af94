from __future__ import annotations

import known_names

import tidewire_testing.client
from tidewire import test_utils


def test_users_find_every_name_that_they_know() -> None:
    # The decorator does nothing, and is deprecated.
    assert set(known_names.MODULES["aiohttp.test_utils"]) - set(test_utils.__all__) == {"unittest_run_loop"}


def test_clients_are_those_of_tidewire_testing() -> None:
    assert test_utils.TestClient is tidewire_testing.client.TestClient
