"""What the checks read from a source file: its syntax tree, its imports and its `__all__`.

Nothing is imported to find out; the rules must hold for code that is never run, such as typing-only imports.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@functools.cache
def _parse(path: Path, _changed: int) -> ast.Module:
    return ast.parse(path.read_bytes(), filename=str(path))


def parse(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return _parse(path, path.stat().st_mtime_ns)


@dataclass(frozen=True, kw_only=True)
class Import:
    """One imported module, or one name imported from a module."""

    module: str
    """The absolute dotted name that stands after `import` or `from`."""
    name: str | None
    """The name after `from ... import`; None for a plain import."""
    line: int
    typing_only: bool
    """Whether it is inside `if TYPE_CHECKING:`."""

    @property
    def top(self) -> str:
        return self.module.partition(".")[0]

    @property
    def full(self) -> str:
        """The dotted name of what is imported, which may or may not be a module."""
        return f"{self.module}.{self.name}" if self.name else self.module


def _is_type_checking(test: ast.expr) -> bool:
    match test:
        case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return True
    return False


def _import_nodes(node: ast.AST, typing_only: bool) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child, typing_only
        elif isinstance(child, ast.If) and _is_type_checking(child.test):
            for statement in child.body:
                yield from _import_nodes(ast.Module([statement], []), True)
            for statement in child.orelse:
                yield from _import_nodes(ast.Module([statement], []), typing_only)
        else:
            yield from _import_nodes(child, typing_only)


def imports(path: Path, module: str) -> list[Import]:
    """Return every import of a file, those inside functions and under TYPE_CHECKING too.

    Args:
        path: the file.
        module: its dotted name, from which relative imports are counted.
    """
    package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
    found: list[Import] = []
    names: list[tuple[str, str | None]]
    for node, typing_only in _import_nodes(parse(path), False):
        if isinstance(node, ast.Import):
            names = [(alias.name, None) for alias in node.names]
        else:
            base = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*base, *([node.module] if node.module else [])])
            names = [(source, alias.name) for alias in node.names]
        found += [
            Import(module=source, name=name, line=node.lineno, typing_only=typing_only)
            for source, name in names
        ]
    return found


def exported(path: Path) -> list[str] | None:
    """Return a module's `__all__` as it is written, or None if it has none.

    Raises:
        ValueError: it is not a plain list or tuple of strings.
    """
    for statement in parse(path).body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=value):
                pass
            case ast.AnnAssign(target=ast.Name(id="__all__"), value=ast.expr() as value):
                pass
            case _:
                continue
        listed = ast.literal_eval(value)
        if not isinstance(listed, list | tuple) or not all(isinstance(name, str) for name in listed):
            raise ValueError(f"{path}: __all__ is not a list of strings")
        return list(listed)
    return None


def functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Yield every function with its qualified name, methods and nested functions too."""

    def walk(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
        for child in ast.iter_child_nodes(node):
            inner = prefix
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{prefix}{child.name}", child
                inner = f"{prefix}{child.name}."
            elif isinstance(child, ast.ClassDef):
                inner = f"{prefix}{child.name}."
            yield from walk(child, inner)

    yield from walk(tree, "")
