"""The check of types for the interpreted build."""

from __future__ import annotations

import pytest

from tidewire_websocket._argument_types import require


def test_types_are_checked() -> None:
    require((1, int), ("a", str), (True, int))
    with pytest.raises(TypeError, match="got str"):
        require((1, int), ("a", bytes))
