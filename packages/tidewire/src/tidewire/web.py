"""The server framework: everything of `tidewire_web`."""

from tidewire_web import *  # noqa: F403 - the same names, by the name that users know
from tidewire_web import __all__ as __all__
