"""What the application keeps, under typed keys."""

from __future__ import annotations

from typing import Final

from polls.accounts import Accounts
from polls.config import Config
from polls.store import PollStore
from tidewire import web

ACCOUNTS: Final = web.AppKey("ACCOUNTS", Accounts)
CONFIG: Final = web.AppKey("CONFIG", Config)
SITE: Final = web.AppKey("SITE", web.Application)
"""The application itself, in which the admin's pages, that are nested in it, find the routes of the others."""
STORE: Final = web.AppKey("STORE", PollStore)
