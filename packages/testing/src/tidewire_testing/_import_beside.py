"""Modules that tests share, beside them."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

__all__ = ["import_beside"]


def import_beside(place: str, *names: str) -> tuple[ModuleType, ...]:
    """Import modules that lie beside a file, by their plain names; from then on everybody can import them so.

    For what the tests of a folder share, where they are in no package and their folder is not on the path, as
    with pytest's `--import-mode=importlib`. It is called in `conftest.py`::

        import_beside(__file__, "certificates", "echo_server")

    Args:
        place: a file in the modules' folder, usually `__file__`.
        names: the modules, each after those that it imports.

    Returns:
        The modules, in the order of their names.

    Raises:
        ImportError: there is no such file, or the name is taken by a module from elsewhere.
        ValueError: a name is dotted or otherwise no name of a module.
    """
    folder = Path(place).resolve().parent
    return tuple(_import(folder, name) for name in names)


def _import(folder: Path, name: str) -> ModuleType:
    if not name.isidentifier():
        raise ValueError(f"{name!r} is not the name of a module")
    path = folder / f"{name}.py"
    if (known := sys.modules.get(name)) is not None:
        if getattr(known, "__file__", None) == str(path):
            return known
        raise ImportError(f"{name!r} is imported from {getattr(known, '__file__', None)}, not from {folder}")
    if not path.is_file():
        raise ImportError(f"there is no {path}", name=name, path=str(path))
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        # As the import statement does: what could be imported by half is not there.
        del sys.modules[name]
        raise
    return module
