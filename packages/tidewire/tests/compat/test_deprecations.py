from __future__ import annotations

import warnings
from pathlib import Path

import tidewire_client
from tidewire.compat._basic_auth import BasicAuth
from tidewire.compat._deprecations import warn_of


def test_a_warning_points_to_the_program() -> None:
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        warn_of("directly")
        BasicAuth.decode(tidewire_client.encode_basic_auth("user", "password"))
    assert [Path(each.filename).name for each in found] == ["test_deprecations.py"] * 2
    assert str(found[0].message) == "directly"
