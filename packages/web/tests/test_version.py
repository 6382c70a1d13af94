"""The value of the Server field."""

from __future__ import annotations

import re
from importlib.metadata import version

from tidewire_web._version import SERVER_SOFTWARE


def test_it_names_python_and_the_distribution() -> None:
    assert re.fullmatch(r"Python/3\.\d+ tidewire/\S+", SERVER_SOFTWARE)
    assert SERVER_SOFTWARE.endswith(f"/{version('tidewire-web')}")
