"""What tells mypyc how to compile a class; where nothing is compiled, it does nothing.

`acyclic=True`: instances take no part in garbage collection, as what they hold can never lead back to them.
`free_list_len=1`: the memory of the last instance that died is kept for the next one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

__all__: list[str] = []

if TYPE_CHECKING:
    from mypy_extensions import mypyc_attr as mypyc_attr  # noqa: PLC0414 - it is exported
else:

    def mypyc_attr(**_options: object) -> Callable[[type], type]:
        """Return a decorator that leaves a class as it is."""
        return lambda decorated: decorated
