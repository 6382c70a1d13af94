"""Modules that are made when they are imported, of names that Tidewire's distributions have."""

from __future__ import annotations

import functools
import importlib
import importlib.util
from collections.abc import Callable, Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import CodeType, MappingProxyType, ModuleType
from typing import Any, Final

from tidewire.compat._client_modules import AIOHTTP_VERSION, CLIENT_MODULES
from tidewire.compat._satellite_modules import REQUIREMENTS, SATELLITE_MODULES
from tidewire.compat._shared_modules import COMMON, SHARED_MODULES
from tidewire.compat._types import Sources
from tidewire.compat._web_modules import WEB_MODULES

__all__: list[str] = []

MODULES: Final = MappingProxyType(
    {**SHARED_MODULES, **CLIENT_MODULES, **WEB_MODULES, **SATELLITE_MODULES},
)
"""Every module that there is, with where its names come from."""

_PACKAGES: Final = frozenset(name.rpartition(".")[0] for name in MODULES)
# What is done before the first module of a package is made.
_PREPARED: Final = {"aiohttp": "add_members", "aiohttp_session": "add_session_members"}
# Modules that have what they say, and nothing that they merely import.
_EXACT: Final = frozenset({"aiohttp", "aiohttp.hdrs"})


def pairs(sources: Sources) -> Iterator[tuple[str, str, str]]:
    """Yield the names of a table's entry, each with the module that has it, and what it is called there."""
    for module, names in sources:
        home = f"tidewire.compat{module}" if module.startswith(".") else module
        for name in names.split():
            new, _, old = name.partition("=")
            yield new, home, old or new


@functools.cache
def _index(package: str) -> dict[str, tuple[str, str]]:
    """Return where every name of a package is, for modules that others import it from although it is not theirs."""
    found: dict[str, tuple[str, str]] = {}
    for module, sources in MODULES.items():
        if module.partition(".")[0] == package:
            for new, home, old in pairs(sources):
                names = _public(importlib.import_module(home)) if new == "*" else [new]
                found |= {name: (home, name if new == "*" else old) for name in names}
    if package == "aiohttp":
        found = {new: (home, old) for new, home, old in pairs(COMMON)} | found
    return found


class CompatFinder(MetaPathFinder, Loader):
    """Finds the modules of the tables, and loads them."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a module; None for one that is in no table."""
        if fullname not in MODULES:
            # Nothing of a real package is to be found below one of these.
            if fullname.partition(".")[0] in REQUIREMENTS:
                raise ModuleNotFoundError(f"Tidewire has no module {fullname!r}", name=fullname)
            return None
        return ModuleSpec(fullname, self, origin="tidewire.compat", is_package=fullname in _PACKAGES)

    def get_code(self, fullname: str) -> CodeType:
        """Return what `python -m` runs: for `aiohttp.web` Tidewire's command line, for others nothing."""
        code = ""
        if fullname == "aiohttp.web":
            code = "import runpy; runpy.run_module('tidewire_web', run_name='__main__')"
        return compile(code, fullname, "exec")

    def exec_module(self, module: ModuleType) -> None:
        """Give a module its names."""
        name = module.__name__
        top = name.partition(".")[0]
        _require(name, REQUIREMENTS[top])
        if top in _PREPARED:
            getattr(importlib.import_module("tidewire.compat._members"), _PREPARED[top])()
        namespace = vars(module)
        for new, home, old in pairs(MODULES[name]):
            origin = importlib.import_module(home)
            if new == "*":
                namespace.update({public: getattr(origin, public) for public in _public(origin)})
            else:
                namespace[new] = getattr(origin, old)
        if name in ("aiohttp", "aiohttp.web"):
            namespace["__all__"] = tuple(sorted(each for each in namespace if not each.startswith("_")))
        if name == "aiohttp":
            namespace["__version__"] = AIOHTTP_VERSION
        module.__doc__ = f"What stands in for {name}: Tidewire."
        namespace["__getattr__"] = _late_names(name)


def _require(module: str, requirement: str) -> None:
    """Complain where the distribution that a module's names come from is not installed."""
    package, _, distribution = requirement.partition(" ")
    if importlib.util.find_spec(package) is None:
        raise ModuleNotFoundError(
            f"{module} is {distribution} here, which is not installed: pip install {distribution}",
            name=module,
        )


def _public(module: ModuleType) -> list[str]:
    names: list[str] = getattr(module, "__all__", None) or [
        name for name in vars(module) if not name.startswith("_")
    ]
    return names


def _late_names(module: str) -> Callable[[str], Any]:
    """Make a module's `__getattr__`: its submodules, and names of other modules that its original imports too."""
    package = module.partition(".")[0]

    def find(name: str) -> Any:
        if f"{module}.{name}" in MODULES:
            return importlib.import_module(f"{module}.{name}")
        if not name.startswith("__") and module not in _EXACT:
            if f"{package}.{name}" in MODULES:
                return importlib.import_module(f"{package}.{name}")
            if name in _index(package):
                home, old = _index(package)[name]
                return getattr(importlib.import_module(home), old)
        raise AttributeError(f"module {module!r} has no attribute {name!r}")

    return find
