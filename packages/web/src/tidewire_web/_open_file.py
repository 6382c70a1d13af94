"""Files that are open for being sent, and the folders in which they are opened."""

from __future__ import annotations

import errno
import os
import stat
import threading
from typing import Any, Final

__all__: list[str] = []

# Without O_NONBLOCK whoever opens a pipe waits for its writer. On Windows O_BINARY keeps line ends as they are.
_FILE_FLAGS: Final[int] = (
    os.O_RDONLY
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NOINHERIT", 0)
)
_NOFOLLOW: Final[int] = getattr(os, "O_NOFOLLOW", 0)
_FOLDER_FLAGS: Final[int] = _FILE_FLAGS | _NOFOLLOW | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_PATH", 0)

# Whether names can be opened relative to a folder that is open, links refused: what leaves nothing to a race.
CAN_WALK: Final = bool(_NOFOLLOW) and {os.open, os.stat} <= os.supports_dir_fd

# Whether the system can be asked for a name alone, and for those who it takes the process for.
_CAN_ASK: Final = os.access in os.supports_dir_fd and os.access in os.supports_effective_ids

# With O_NOFOLLOW and O_DIRECTORY, systems say one or the other of a link.
_LINK_ERRORS: Final = (errno.ELOOP, errno.EMLINK, errno.ENOTDIR)

_pread: Any = getattr(os, "pread", None)  # not on Windows


class SymbolicLink(OSError):
    """A name is a symbolic link, which is not followed here."""


class OpenFile:
    """A file, or folder, that is open for reading.

    It may be closed while a thread reads from it. Nobody has to close it: it is closed when it is forgotten.

    Args:
        descriptor: its descriptor, which belongs to this object from here on; negative for a folder where the system
            opens none.
        known: what is known of it, where it is not to be asked for.

    Raises:
        OSError: the system tells nothing of it; it is closed then.

    Attributes:
        stat: what the system says of the very file that is open.
    """

    __slots__ = ("_closing", "_lock", "descriptor", "stat")

    def __init__(self, descriptor: int, known: os.stat_result | None = None) -> None:
        self.descriptor = descriptor
        self._lock = threading.Lock()
        self._closing = False
        self.stat = os.fstat(descriptor) if known is None else known

    def __del__(self) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<OpenFile {'closed' if self.closed else self.descriptor}>"

    @property
    def closed(self) -> bool:
        """Whether it is closed, or about to be."""
        return self._closing

    @property
    def is_regular(self) -> bool:
        """Whether it is a file in the narrow sense: no folder, no pipe, no device."""
        return stat.S_ISREG(self.stat.st_mode)

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return stat.S_ISDIR(self.stat.st_mode)

    def look_again(self) -> None:
        """Ask the system again what it says of the file.

        Raises:
            OSError: it says nothing.
        """
        self.stat = os.fstat(self.descriptor)

    def read(self, offset: int, size: int) -> bytes:
        """Read bytes, fewer only where the file ends; what a thread does.

        Raises:
            OSError: reading failed.
            ValueError: the file is closed.
        """
        try:
            with self._lock:
                if self._closing:
                    raise ValueError("the file is closed")
                data = self._read(offset, size)
                if 0 < len(data) < size:
                    pieces = [data]
                    size -= len(data)
                    offset += len(data)
                    while size > 0 and (data := self._read(offset, size)):
                        pieces.append(data)
                        size -= len(data)
                        offset += len(data)
                    data = b"".join(pieces)
                return data
        finally:
            # Who has closed it meanwhile could not, and has left that to whoever had the lock.
            if self._closing:
                self.close()

    def close(self) -> None:
        """Close it, at once or, where a thread reads, after that."""
        self._closing = True
        if self.descriptor >= 0 and self._lock.acquire(blocking=False):
            descriptor, self.descriptor = self.descriptor, -1
            self._lock.release()
            if descriptor >= 0:
                os.close(descriptor)

    def _read(self, offset: int, size: int) -> bytes:
        data: bytes
        if _pread is not None:
            data = _pread(self.descriptor, size, offset)
        else:
            os.lseek(self.descriptor, offset, os.SEEK_SET)
            data = os.read(self.descriptor, size)
        return data


class Folder:
    """Where files are opened by their names.

    Args:
        path: its path.
        descriptor: its descriptor, where it is open; then the path counts for nothing.
    """

    __slots__ = ("_beneath", "_descriptor", "path")

    def __init__(self, path: str, descriptor: int | None = None) -> None:
        self.path = path
        # What stands before a name: with a descriptor nothing does.
        self._beneath = before_names(path) if descriptor is None else ""
        self._descriptor = descriptor

    def __del__(self) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Folder {self.path!r}>"

    def close(self) -> None:
        """Close it."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            self._beneath = before_names(self.path)
            os.close(descriptor)

    def open(self, name: str, *, follow: bool = False) -> OpenFile:
        """Open what has a name.

        Args:
            name: the name of a file or folder in this one.
            follow: whether a symbolic link is followed.

        Raises:
            SymbolicLink: it is one, and is not to be followed.
            OSError: there is none, or it cannot be opened.
            ValueError: no file has such a name.
        """
        place = self._beneath + name
        flags = _FILE_FLAGS if follow else _FILE_FLAGS | _NOFOLLOW
        try:
            return OpenFile(os.open(place, flags, dir_fd=self._descriptor))
        except OSError as error:
            if not follow and error.errno in _LINK_ERRORS and self._is_link(name):
                raise SymbolicLink(errno.ELOOP, "a symbolic link", name) from error
            if error.errno == errno.ENXIO:
                raise PermissionError(errno.EPERM, "a socket, or a device that is not there", name) from error
            if os.name == "nt" and os.path.isdir(place):
                return OpenFile(-1, os.stat(place))  # Windows opens no folders
            raise

    def inner(self, name: str) -> Folder:
        """Open a folder in this one, in which then files can be opened; a symbolic link is none.

        Raises:
            SymbolicLink: it is one.
            OSError: there is no such folder, or it cannot be opened.
            ValueError: no folder has such a name.
        """
        place = self._beneath + name
        try:
            descriptor = os.open(place, _FOLDER_FLAGS, dir_fd=self._descriptor)
        except OSError as error:
            if error.errno in _LINK_ERRORS and self._is_link(name):
                raise SymbolicLink(errno.ELOOP, "a symbolic link", name) from error
            raise
        return Folder(os.path.join(self.path, name), descriptor)

    def has_file(self, name: str) -> bool:
        """Whether a file in the narrow sense has this name; a symbolic link is none."""
        place = self._beneath + name
        try:
            # Mostly there is none, which is told for less than an exception.
            if _CAN_ASK and not os.access(place, os.F_OK, dir_fd=self._descriptor, effective_ids=True):
                return False
            found = os.stat(place, dir_fd=self._descriptor, follow_symlinks=False)
        except (OSError, ValueError):
            return False
        return stat.S_ISREG(found.st_mode)

    def tells_of(self, name: str) -> bool:
        """Whether this process may know whether there is something with this name."""
        try:
            os.stat(self._beneath + name, dir_fd=self._descriptor, follow_symlinks=False)
        except OSError:
            return False
        return True

    def _is_link(self, name: str) -> bool:
        try:
            found = os.stat(self._beneath + name, dir_fd=self._descriptor, follow_symlinks=False)
        except OSError:
            return False
        return stat.S_ISLNK(found.st_mode)


def before_names(path: str) -> str:
    """The path of a folder as it stands before the names of what is in it."""
    if os.sep == "/":
        return path if not path or path[-1] == "/" else path + "/"
    return os.path.join(path, "")
