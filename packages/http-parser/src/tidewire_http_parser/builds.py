"""Which build of a module runs: the one compiled by mypyc, or the source it was compiled from.

Every compiled module of Tidewire ships beside its own source file.
The import system takes the extension module where there is one; `TIDEWIRE_PURE=1` in the environment makes
every distribution take the source instead, to debug, to trace and to measure coverage.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterable
from importlib.machinery import SOURCE_SUFFIXES, FileFinder, SourceFileLoader
from typing import Literal

__all__ = ["loaded", "select_build"]


def select_build(package_path: Iterable[str]) -> None:
    """Honour `TIDEWIRE_PURE` for the modules of one package.

    A package calls this from its `__init__`, before it imports any module of its own that may be compiled.

    Args:
        package_path: the package's `__path__`.
    """
    if not os.environ.get("TIDEWIRE_PURE"):
        return
    for entry in package_path:
        # The import system asks this cache which finder serves a folder; one that knows source files only
        # cannot see the extension modules that lie beside them.
        sys.path_importer_cache[entry] = FileFinder(entry, (SourceFileLoader, SOURCE_SUFFIXES))


def loaded(module: str) -> Literal["compiled", "pure"]:
    """Tell which build of a module is loaded, importing it where it is not.

    Args:
        module: the module's full name, such as `"tidewire_http_parser._request_parser"`.

    Raises:
        ImportError: there is no such module.
    """
    file = importlib.import_module(module).__file__ or ""
    return "pure" if file.endswith(tuple(SOURCE_SUFFIXES)) else "compiled"
