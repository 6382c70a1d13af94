"""What the tests share: those of the extras are left out where what they stand on is not installed."""

from __future__ import annotations

import importlib.util

_NEEDED = {
    "web/*": ("tidewire_web",),
    "client/*": ("tidewire_web", "tidewire_client"),
    "test_cases.py": ("tidewire_web", "tidewire_client"),
    "test_pytest_plugin.py": ("tidewire_web", "tidewire_client", "pytest_asyncio"),
    "test_typing.py": ("tidewire_web", "tidewire_client", "pytest_asyncio"),
}

collect_ignore_glob = [
    pattern
    for pattern, modules in _NEEDED.items()
    if any(importlib.util.find_spec(module) is None for module in modules)
]
