# noqa: INP001 - scripts, in no package
"""The Autobahn testsuite's program: found, or installed into a cache folder, as it needs Python 2.7."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

__all__ = ["find_wstest"]

VIRTUALENV: Final = "virtualenv==20.15.1"
# The testsuite declares no versions; these work with one another, and on Python 2.7.18.
REQUIREMENTS: Final = (
    "autobahntestsuite==25.10.1",
    "setuptools==44.0.0",
    "txaio==2.1.0",
    "incremental==16.10.1",
    "Twisted==19.10.0",
    "zope.interface==4.6.0",
    "jinja2==2.11.3",
    "markupsafe==1.1.1",
    "Werkzeug==1.0.1",
    "klein==17.10.0",
    "unittest2==1.1.0",
    "six==1.16.0",
    "pyOpenSSL==19.1.0",
    "cryptography==3.3.2",
    "service_identity==18.1.0",
    "autobahn==0.10.9",
    "wsaccel==0.6.2",
)


def cache_folder() -> Path:
    """Return where the environment is kept."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "tidewire" / "autobahn"


def _candidates() -> Iterator[str]:
    if found := shutil.which("python2.7"):
        yield found
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from map(str, sorted(root.glob("versions/2.7*/bin/python2.7"), reverse=True))


def find_python() -> str | None:
    """Return a Python 2.7 that runs, on the PATH or of pyenv; a shim of pyenv's may lead nowhere."""
    for candidate in _candidates():
        told = subprocess.run(
            [candidate, "-c", "import sys; print(sys.executable)"],
            check=False,
            capture_output=True,
            text=True,
        )
        if told.returncode == 0:
            return told.stdout.strip()
    return None


def find_wstest() -> str:
    """Return the path of `wstest`; what is missing is installed first.

    Raises:
        SystemExit: there is no Python 2.7.
    """
    folder = cache_folder()
    program = folder / "environment" / "bin" / "wstest"
    if program.exists():
        return str(program)
    python = find_python()
    if python is None:
        raise SystemExit("The Autobahn testsuite needs Python 2.7: python2.7 on the PATH, or one of pyenv's.")
    print(f"installing the Autobahn testsuite for {python} into {folder}", flush=True)
    building = folder / "building"
    shutil.rmtree(building, ignore_errors=True)
    tools = building / "tools"
    quiet = ["-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    subprocess.run([python, *quiet, "--target", str(tools), VIRTUALENV], check=True)
    environment = folder / "environment"
    shutil.rmtree(environment, ignore_errors=True)
    variables = {**os.environ, "PYTHONPATH": str(tools)}
    subprocess.run([python, "-m", "virtualenv", "--quiet", str(environment)], check=True, env=variables)
    subprocess.run([str(environment / "bin" / "python"), *quiet, *REQUIREMENTS], check=True)
    shutil.rmtree(building)
    return str(program)
