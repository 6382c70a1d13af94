"""Running a program as python does, after `install()`."""

from __future__ import annotations

import runpy
import sys
from types import CodeType, ModuleType
from typing import Final

from tidewire.compat._install import install

__all__: list[str] = []

USAGE: Final = "usage: python -m tidewire.compat (FILE | FOLDER | -m MODULE | -c CODE) [ARGUMENT ...]"


def main(arguments: list[str]) -> int:
    """Run a program with Tidewire in aiohttp's place.

    Args:
        arguments: what stands behind `python -m tidewire.compat`.

    Returns:
        The exit code, where the program does not exit by itself.
    """
    if not arguments or arguments[0] in ("-h", "--help"):
        print(USAGE, file=sys.stderr if not arguments else sys.stdout)
        return 0 if arguments else 2
    install()
    how, *rest = arguments
    if how in ("-m", "-c") and not rest:
        print(f"{how} needs an argument\n{USAGE}", file=sys.stderr)
        return 2
    if how == "-m":
        # The first entry of sys.path is the current folder already, as with `python -m`.
        sys.argv[:] = rest
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    elif how == "-c":
        sys.argv[:] = ["-c", *rest[1:]]
        sys.path[0] = ""
        _run_code(compile(rest[0], "<string>", "exec"))
    elif how.startswith("-"):
        print(f"{how} is not known\n{USAGE}", file=sys.stderr)
        return 2
    else:
        _run_file(how, rest)
    return 0


def _run_file(path: str, arguments: list[str]) -> None:
    """Run a file, or a folder or archive with a `__main__`."""
    from pathlib import Path

    sys.argv[:] = [path, *arguments]
    where = Path(path)
    if where.is_file() and where.suffix not in (".zip", ".pyz"):
        sys.path[0] = str(where.resolve().parent)
        with where.open("rb") as file:
            _run_code(compile(file.read(), path, "exec"), path)
        return
    del sys.path[0]  # runpy puts the folder or archive there
    runpy.run_path(path, run_name="__main__")


def _run_code(code: CodeType, path: str | None = None) -> None:
    """Run code as `__main__`, which stays when it is done: threads and exit functions still use its names."""
    module = ModuleType("__main__")
    module.__dict__["__builtins__"] = __builtins__
    if path is not None:
        module.__file__ = path
    sys.modules["__main__"] = module
    exec(code, module.__dict__)  # noqa: S102 - running it is the purpose
