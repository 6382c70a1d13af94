"""What a benchmark found, as a Markdown page that says where and how it was found."""

from __future__ import annotations

import datetime
import importlib.metadata
import platform
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tidewire_build import BUILDS

__all__ = ["Report", "Table", "number", "ratio", "render"]


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table; the first column is text, the others are numbers."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def markdown(self) -> str:
        """The table with its caption as a heading."""
        widths = [max(map(len, cells)) for cells in zip(self.columns, *self.rows, strict=True)]

        def line(cells: Sequence[str]) -> str:
            first, *others = (
                cell.rjust(width) if index else cell.ljust(width)
                for index, (cell, width) in enumerate(zip(cells, widths, strict=True))
            )
            return "| " + " | ".join([first, *others]) + " |"

        rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
        return "\n".join([f"## {self.caption}", "", line(self.columns), line(rule), *map(line, self.rows)])


@dataclass(frozen=True, kw_only=True)
class Report:
    """What one benchmark found.

    Attributes:
        name: the result file's name without its suffix.
        title: the page's heading.
        method: how it was measured, in two lines.
        tables: the figures.
        notes: what a reader must know beside them: contenders left out, differing answers.
        tidewire: the Tidewire contenders that ran.
        failures: contenders that ran and failed; where there is one, the run as a whole failed.
        tools: programs beside the peers, and their versions.
    """

    name: str
    title: str
    method: tuple[str, str]
    tables: Sequence[Table]
    notes: Sequence[str] = ()
    tidewire: Sequence[str] = ()
    failures: Sequence[str] = ()
    tools: Sequence[str] = field(default=())


def number(value: float) -> str:
    """Microseconds: two decimals below ten, one from there on."""
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


def ratio(part: float, whole: float) -> str:
    """`part / whole`, to two decimals."""
    return f"{part / whole:.2f}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{names[0]}, {len(names)} cores" if names else platform.machine()


def _version(distribution: str) -> str:
    try:
        return f"{distribution} {importlib.metadata.version(distribution)}"
    except importlib.metadata.PackageNotFoundError:
        return f"{distribution} not installed"


def _tidewire(ran: Sequence[str]) -> str:
    if not ran:
        return "did not run"
    try:
        version = importlib.metadata.version("tidewire-http-parser")
    except importlib.metadata.PackageNotFoundError:
        version = "from the source tree"
    return f"{version}, {' and '.join(BUILDS[name] for name in ran)}"


def render(report: Report, *, peers: Sequence[str], command: str) -> str:
    """The page.

    Args:
        report: what was found.
        peers: distributions whose versions are named.
        command: the command that repeats the run, as it would be typed in the repository.
    """
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    facts = [
        ("Date", today),
        ("Command", f"`{command}`"),
        ("Python", f"{platform.python_implementation()} {platform.python_version()}"),
        ("Processor", _processor()),
        ("Kernel", f"{platform.system()} {platform.release()}"),
        ("Tidewire", _tidewire(report.tidewire)),
        ("Peers", ", ".join([*map(_version, peers), *report.tools])),
    ]
    parts = [
        f"# {report.title}",
        "\n".join(f"- {name}: {value}" for name, value in facts),
        "\n".join(report.method),
        *(table.markdown() for table in report.tables),
    ]
    if report.notes:
        parts.append("\n".join(f"- {note}" for note in report.notes))
    return "\n\n".join(parts) + "\n"
