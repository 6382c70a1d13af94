from __future__ import annotations

from importlib.metadata import DistributionFinder
from typing import Any

from tidewire.compat._metadata import VERSIONS, CompatMetadata


def test_versions_are_told(answers: dict[str, Any]) -> None:
    assert answers["versions"] == ["3.14.5", "3.14.5", "1.4.0", "aiohttp"]


def test_names_are_normalised() -> None:
    (found,) = CompatMetadata().find_distributions(DistributionFinder.Context(name="AIOHTTP_Session"))
    assert found.metadata["Name"] == "aiohttp-session"
    assert found.version == "2.12.1"
    assert found.files is None
    assert found.requires is None
    assert not found.entry_points


def test_all_are_found_where_no_name_is_given() -> None:
    found = {each.metadata["Name"] for each in CompatMetadata().find_distributions()}
    assert found == set(VERSIONS)
    assert CompatMetadata().find_spec("aiohttp", None) is None  # type: ignore[func-returns-value]


def test_other_distributions_are_not_its_own() -> None:
    assert not list(CompatMetadata().find_distributions(DistributionFinder.Context(name="pytest")))
