from __future__ import annotations

from typing import Any


def test_the_levels_and_handlers_of_aiohttps_loggers_count(answers: dict[str, Any]) -> None:
    assert answers["loggers"] == ["one"]
