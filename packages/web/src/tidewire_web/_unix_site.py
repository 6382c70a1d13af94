"""Sites at Unix domain sockets, with the file that each of them is."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
import ssl
import stat
from typing import Any

from tidewire_web._base_runner import BaseRunner
from tidewire_web._sites import BaseSite, unix_url

__all__ = ["UnixSite"]


class UnixSite(BaseSite):
    """A Unix domain socket.

    A socket file that a server has left behind is replaced; one where somebody listens, and any other file, is not.
    When the site stops, its file is removed, unless it has become somebody else's.

    Args:
        runner: the runner, which has been set up.
        path: where the socket is; on Linux a name that begins with a NUL is one without a file.
        ssl_context: TLS for the connections; None for plain ones.
        backlog: connections that the system keeps until they are accepted.
    """

    def __init__(
        self,
        runner: BaseRunner,
        path: str | bytes | os.PathLike[str] | os.PathLike[bytes],
        *,
        ssl_context: ssl.SSLContext | None = None,
        backlog: int = 128,
    ) -> None:
        super().__init__(runner, ssl_context=ssl_context, backlog=backlog)
        self._path: str | bytes = os.fspath(path)
        self._file: tuple[int, int] | None = None  # which it is, whatever is at the path later

    @property
    def name(self) -> str:
        """The site's address as a URL."""
        return unix_url(self._scheme, self._path)

    async def _bind(self, loop: asyncio.AbstractEventLoop) -> Any:
        sock = _socket_at(self._path)
        try:
            self._file = _socket_file(self._path)
            return await self._bind_socket(loop, sock)
        except BaseException:
            sock.close()
            self._remove_file()
            raise

    def _close(self) -> None:
        super()._close()
        self._remove_file()

    def _remove_file(self) -> None:
        file, self._file = self._file, None
        if file is not None and _socket_file(self._path) == file:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self._path)


def _socket_at(path: str | bytes) -> socket.socket:
    """Make a socket at a path.

    Raises:
        OSError: there is something that is not to be replaced, or a socket cannot be made there.
    """
    sock = socket.socket(socket.AF_UNIX)
    try:
        try:
            sock.bind(path)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            if not _is_deserted(path):
                raise OSError(errno.EADDRINUSE, f"Address {os.fsdecode(path)!r} is already in use") from None
            os.unlink(path)
            sock.bind(path)
    except BaseException:
        sock.close()
        raise
    return sock


def _is_deserted(path: str | bytes) -> bool:
    """Tell whether there is a socket where nobody listens."""
    if _socket_file(path) is None:
        return False
    with socket.socket(socket.AF_UNIX) as client:
        # Somebody whose queue is full is there too, and is not waited for.
        client.setblocking(False)
        try:
            client.connect(path)
        except ConnectionRefusedError:
            return True
        except OSError:
            pass
    return False


def _socket_file(path: str | bytes) -> tuple[int, int] | None:
    """Tell which socket file is at a path: its device and number; None where there is none."""
    if path[:1] in ("\0", b"\0"):
        return None
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if stat.S_ISSOCK(status.st_mode) else None
