"""Programs and libraries that import aiohttp, or its satellites, on Tidewire and unchanged.

    import tidewire.compat

    tidewire.compat.install()
    import aiohttp  # this is Tidewire

Without a change of the program: `python -m tidewire.compat program.py`, and `pytest -p tidewire.compat.pytest_plugin`.
Nothing happens by itself: whoever does not call `install()` has what is installed by the name.
"""

from tidewire.compat._install import CompatError as CompatError
from tidewire.compat._install import install as install
from tidewire.compat._install import is_installed as is_installed

__all__ = ["CompatError", "install", "is_installed"]
