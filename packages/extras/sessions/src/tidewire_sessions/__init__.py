"""Sessions for the Tidewire server framework: what is kept for a browser from request to request.

Storages that need a library of their own are in modules of their own: `cookie_storage`, `nacl_storage`,
`redis_storage` and `memcached_storage`. `conformance` has the checks that every storage passes.
"""

from tidewire_sessions._abstract_storage import AbstractStorage as AbstractStorage
from tidewire_sessions._abstract_storage import StorageOptions as StorageOptions
from tidewire_sessions._cookie_storages import AbstractCookieStorage as AbstractCookieStorage
from tidewire_sessions._cookie_storages import SimpleCookieStorage as SimpleCookieStorage
from tidewire_sessions._memory_storage import MemoryStorage as MemoryStorage
from tidewire_sessions._middleware import SESSION_KEY as SESSION_KEY
from tidewire_sessions._middleware import STORAGE_KEY as STORAGE_KEY
from tidewire_sessions._middleware import get_session as get_session
from tidewire_sessions._middleware import log_in as log_in
from tidewire_sessions._middleware import new_session as new_session
from tidewire_sessions._middleware import session_middleware as session_middleware
from tidewire_sessions._middleware import setup as setup
from tidewire_sessions._server_storages import AbstractServerStorage as AbstractServerStorage
from tidewire_sessions._server_storages import ServerStorageOptions as ServerStorageOptions
from tidewire_sessions._session import Session as Session
from tidewire_sessions._session import SessionData as SessionData
from tidewire_sessions._session import SessionLimits as SessionLimits

__all__ = [
    "SESSION_KEY",
    "STORAGE_KEY",
    "AbstractCookieStorage",
    "AbstractServerStorage",
    "AbstractStorage",
    "MemoryStorage",
    "ServerStorageOptions",
    "Session",
    "SessionData",
    "SessionLimits",
    "SimpleCookieStorage",
    "StorageOptions",
    "get_session",
    "log_in",
    "new_session",
    "session_middleware",
    "setup",
]
