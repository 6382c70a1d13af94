"""The facade shows what the private modules make public, and nothing else."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys

import tidewire_testing


def private_modules() -> list[str]:
    return [
        module.name for module in pkgutil.iter_modules(tidewire_testing.__path__) if module.name[0] == "_"
    ]


def test_the_facade_is_the_union_of_its_modules() -> None:
    union: set[str] = set()
    for name in private_modules():
        module = importlib.import_module(f"tidewire_testing.{name}")
        for public in module.__all__:
            assert public not in union
            assert getattr(tidewire_testing, public) is getattr(module, public)
        union.update(module.__all__)
    assert set(tidewire_testing.__all__) == union


def test_the_public_names_are_sorted() -> None:
    assert tidewire_testing.__all__ == sorted(tidewire_testing.__all__)


def test_importing_it_needs_no_other_distribution() -> None:
    program = "import sys, tidewire_testing as t; print(*(n.partition('.')[0] for n in sys.modules))"
    place = tidewire_testing.__path__[0].rpartition("/")[0]
    # Isolated and without site-packages: what is imported is the standard library or it is missing.
    found = subprocess.run(
        [sys.executable, "-B", "-I", "-S", "-c", f"import sys; sys.path.append({place!r}); {program}"],
        check=True,
        capture_output=True,
        text=True,
    )
    imported = set(found.stdout.split()) - {"__main__", "tidewire_testing"}
    assert imported <= sys.stdlib_module_names | {"__mp_main__"}
