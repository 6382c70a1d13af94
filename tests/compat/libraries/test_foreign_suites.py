"""A library's own tests, as they are in its source distribution, on Tidewire.

They come from the package index, by `pip download`; without it these tests are skipped and say so.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from importlib.metadata import version
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

AIORESPONSES = "tests/test_aioresponses.py"
GQL = "tests/test_aiohttp"
SUITES = [
    # library, files, how many tests at least, what is left out
    pytest.param(
        "aioresponses",
        ["tests"],
        80,
        [
            # they ask httpbin.org
            f"{AIORESPONSES}::AIOResponsesTestCase::test_address_as_instance_of_url_combined_with_pass_through",
            f"{AIORESPONSES}::AIOResponsesTestCase::test_pass_through_with_origin_params",
            f"{AIORESPONSES}::AIOResponseRedirectTest::test_pass_through_unmatched_requests",
            # it makes an HttpProcessingError(message=...)
            f"{AIORESPONSES}::AIOResponsesTestCase::test_raising_exception",
        ],
        id="aioresponses",
    ),
    pytest.param(
        "gql",
        [
            f"{GQL}.py",
            f"{GQL}_batch.py",
            f"{GQL}_multipart.py",
            f"{GQL}_websocket_exceptions.py",
            f"{GQL}_websocket_graphqlws_exceptions.py",
            f"{GQL}_websocket_graphqlws_subscription.py",
            f"{GQL}_websocket_query.py",
            f"{GQL}_websocket_subscription.py",
        ],
        190,
        [
            # it starts another process, which has no plugin
            f"{GQL}.py::test_aiohttp_using_cli_ep[subprocess]",
            # it sets websocket._writer._closing
            f"{GQL}_websocket_subscription.py::test_subscribe_on_closing_transport",
        ],
        id="gql",
    ),
]


def source_of(library: str, folder: Path) -> Path:
    """Download and unpack the source distribution of the version that is installed."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--no-binary", library, "--dest", str(folder), f"{library}=={version(library)}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("the package index does not answer")
    archives = list(folder.glob("*.tar.gz"))
    if done.returncode or not archives:
        pytest.skip(f"no source distribution from the package index: {done.stderr.strip()[-300:]}")
    with tarfile.open(archives[0]) as archive:
        archive.extractall(folder, filter="data")
    return next(path for path in folder.iterdir() if path.is_dir())


@pytest.mark.parametrize(("library", "files", "least", "left_out"), SUITES)
def test_its_own_suite_passes(
    library: str, files: list[str], least: int, left_out: list[str], tmp_path: Path
) -> None:
    """Nothing of it is changed; the plugin is all that is added to the command."""
    source = source_of(library, tmp_path)
    # What is tested is the installed library: the one beside the tests is taken out of their way.
    (source / library).rename(source / f"not-{library}")
    plugin = [] if os.environ.get("TIDEWIRE_COMPAT_REAL") == "1" else ["-p", "tidewire.compat.pytest_plugin"]
    command = [sys.executable, "-m", "pytest", *plugin, "-c", "/dev/null", "--rootdir", str(source)]
    command += ["-o", "asyncio_mode=auto", "-p", "no:cacheprovider", "-q", "-rfE", "--tb=short"]
    command += [f"--deselect={name}" for name in left_out]
    command += files
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, timeout=240, check=False)
    report = done.stdout + done.stderr
    assert done.returncode == 0, report[-6000:]
    passed = int(report.rpartition(" passed")[0].split()[-1])
    assert passed >= least, report[-1000:]
