"""The README's commands are those that run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import repository
from rule import Rule

COMMANDS: Final = Rule(
    says="the README's two commands run environments that exist, and .ci/run runs the second one to the letter.",
    why="a newcomer's first two lines work, and nobody notices it when they do not.",
    mend="change README.md, .ci/run and the root pyproject.toml together.",
)


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
