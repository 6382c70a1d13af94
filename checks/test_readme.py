"""The README's commands are those that run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import repository
import workspace
from rule import Rule
from toy_workspace import ToyWorkspace

COMMANDS: Final = Rule(
    says="the README's two commands run environments that exist, and .ci/run runs the second one to the letter.",
    why="a newcomer's first two lines work, and nobody notices it when they do not.",
    mend="change README.md, .ci/run and the root pyproject.toml together.",
)

TABLE: Final = Rule(
    says="the README has a row for each distribution, with what it requires.",
    why="people install only what they need, and decide it there.",
    mend="change the row to what `dependencies` in the distribution's pyproject.toml says.",
)
_ROW: Final = re.compile(r"^\| \[([\w-]+)\]\(([^)]+)\) \| .+ \| (.*) \|$", re.MULTILINE)


def command_violations(root: Path) -> Iterator[str]:
    """Yield what is wrong with the README's commands."""
    readme = (root / "README.md").read_text("utf-8")
    commands = re.findall(r"^python3 -m venv .*$", readme, re.MULTILINE)
    if len(commands) != 2:
        yield f"README.md has {len(commands)} commands that begin with python3 -m venv"
        return
    project = (root / "pyproject.toml").read_text("utf-8")
    for command in commands:
        environment, _, script = command.rpartition(" ")[2].rpartition(":")
        table = f"[tool.hatch.envs.{environment or 'default'}.scripts]"
        scripts = project.partition(table)[2].partition("\n[")[0]
        if not re.search(rf"^{script} = ", scripts, re.MULTILINE):
            yield f"{table} has no script {script}"
    if commands[1] not in (root / ".ci/run").read_text("utf-8"):
        yield f".ci/run does not run: {commands[1]}"


def table_violations(root: Path) -> Iterator[str]:
    """Yield the distributions whose rows are missing or wrong."""
    rows = {
        name: (place, needs) for name, place, needs in _ROW.findall((root / "README.md").read_text("utf-8"))
    }
    for member in workspace.read_members(root):
        needs = ", ".join(f"`{name}`" for name in sorted(member.required_names())) or "nothing"
        expected = (f"{member.folder.relative_to(root).as_posix()}/README.md", needs)
        if rows.get(member.name) != expected:
            yield f"{member.name}: {expected[0]}, needs {expected[1]}"


def test_the_table_of_distributions() -> None:
    TABLE.hold(table_violations(repository.ROOT))


def test_the_table_of_distributions_can_fail(tmp_path: Path) -> None:
    toy = ToyWorkspace(tmp_path)
    toy.member("http-parser")
    toy.member("web", requires=["tidewire-http-parser>=0.1,<0.2", "yarl>=1"])
    readme = tmp_path / "README.md"
    right = (
        "| [tidewire-http-parser](packages/http-parser/README.md) | syntax | nothing |\n"
        "| [tidewire-web](packages/web/README.md) | servers | `tidewire-http-parser`, `yarl` |\n"
    )
    readme.write_text(right)
    assert list(table_violations(tmp_path)) == []
    readme.write_text(right.replace(", `yarl`", ""))
    assert list(table_violations(tmp_path)) == [
        "tidewire-web: packages/web/README.md, needs `tidewire-http-parser`, `yarl`"
    ]


def test_readme() -> None:
    COMMANDS.hold(command_violations(repository.ROOT))


def test_readme_can_fail(tmp_path: Path) -> None:
    (tmp_path / ".ci").mkdir()
    (tmp_path / ".ci/run").write_text("hatch run test\n")
    (tmp_path / "pyproject.toml").write_text('[tool.hatch.envs.default.scripts]\ntest = "pytest"\n')
    (tmp_path / "README.md").write_text(
        "python3 -m venv .venv && .venv/bin/hatch run demo:start\n"
        "python3 -m venv .venv && .venv/bin/hatch run test\n"
    )

    assert list(command_violations(tmp_path)) == [
        "[tool.hatch.envs.demo.scripts] has no script start",
        ".ci/run does not run: python3 -m venv .venv && .venv/bin/hatch run test",
    ]
