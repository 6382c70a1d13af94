"""Fuzz one target, with coverage to guide it: `python fuzz/run.py TARGET --seconds N`.

A finding ends the run, with the traceback and the file that holds the input; `--again FILE` runs that input alone.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
from pathlib import Path

from fuzz_targets import NAMES, load


def main() -> None:
    """Read the arguments and fuzz."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=NAMES)
    parser.add_argument("--seconds", type=int, default=60, help="how long (default: %(default)s)")
    parser.add_argument("--inputs", type=Path, help="where inputs are kept between runs (default: nowhere)")
    parser.add_argument("--again", type=Path, metavar="FILE", help="run one input, without fuzzing")
    arguments = parser.parse_args()
    if arguments.again:
        load(arguments.target)[0](arguments.again.read_bytes())
        return
    with tempfile.TemporaryDirectory() as folder:
        fuzz(arguments.target, arguments.seconds, arguments.inputs or Path(folder))


def fuzz(target: str, seconds: int, inputs: Path) -> None:
    """Fuzz; this does not return.

    Args:
        target: its name.
        seconds: how long.
        inputs: where to keep the inputs that reach something new; the seeds are written there first.
    """
    # Imported by name, as it is there in one environment only.
    atheris = importlib.import_module("atheris")
    # Only what is imported in here is watched, so that nothing of the library may have been imported before.
    with atheris.instrument_imports(include=["tidewire_http_parser"]):
        one_input, seeds = load(target)
    inputs.mkdir(parents=True, exist_ok=True)
    for index, seed in enumerate(seeds()):
        (inputs / f"seed-{index:04}").write_bytes(seed)
    atheris.Setup(
        [
            sys.argv[0],
            f"-max_total_time={seconds}",
            "-max_len=4096",
            "-timeout=10",
            "-rss_limit_mb=2048",
            str(inputs),
        ],
        one_input,
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
