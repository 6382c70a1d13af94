"""The folder of a static resource: nothing outside of it is opened, whatever a path says."""

from __future__ import annotations

import errno
import os
from typing import Final

from tidewire_web._open_file import CAN_WALK, Folder, OpenFile, SymbolicLink, before_names

__all__: list[str] = []

# How many links there may be on the way to a file, and how often one may be exchanged for another meanwhile.
_LINKS: Final = 40

# No name needs control characters, and some systems end a name with the first of them.
_CONTROLS: Final = frozenset(map(chr, [*range(0x20), *range(0x7F, 0xA0)]))

# What names may not have on Windows: `:` begins a drive or a stream, the backslash separates, the others are wildcards.
_WINDOWS_SPECIAL: Final = frozenset('\\:<>"|?*')
_WINDOWS_DEVICES: Final = frozenset(
    ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"]
    + [f"{port}{number}" for port in ("COM", "LPT") for number in "0123456789\u00b9\u00b2\u00b3"]
)


def names_in(path: str, *, windows: bool = os.name == "nt") -> list[str] | None:
    """The names of folders and file that a relative path consists of.

    Nothing is asked of the file system, as on Windows asking is enough: an UNC path would have the server send its
    credentials to another host (S18).

    Args:
        path: the path, decoded, with slashes in between; empty for the folder itself, and with one at the end for one
            in it, whose last name is then empty.
        windows: whether the rules of Windows hold, where other names than one would think mean devices or other files.

    Returns:
        The names; None where the path is none that could be beneath a folder, or has characters that no name needs.
    """
    if not path:
        return []
    names = path.split("/")
    if (
        not (path.isprintable() or _CONTROLS.isdisjoint(path))
        or "." in names
        or ".." in names
        or "" in names[:-1]
    ):
        return None
    if windows and not all(map(_is_plain_on_windows, names)):
        return None
    return names


def _is_plain_on_windows(name: str) -> bool:
    """Whether a name means itself: no drive, share, stream or device, and no other spelling of another name."""
    if not _WINDOWS_SPECIAL.isdisjoint(name) or name.endswith((".", " ")):
        return False
    return name.partition(".")[0].rstrip(" ").upper() not in _WINDOWS_DEVICES


class FileRoot:
    """A folder, and what is beneath it.

    Symbolic links to something beneath it are followed. With links that lead out of it nothing can be done but saying
    that there is nothing, whether there is or not (S14).

    Where the system can open names relative to a folder that is open, a path is walked name by name, and no link is
    followed on the way: one is resolved, what comes out is checked, and then walked in its turn. So nothing is gained
    by exchanging files for links at the right moment. A link that leads out does so even where the names behind it
    would lead back in: they would tell what the folders outside are called.

    Args:
        path: the folder.
        follow_symlinks: whether links that lead out of it are followed all the same.

    Raises:
        ValueError: there is no such folder.

    Attributes:
        path: its path, absolute and without links.
    """

    def __init__(self, path: str | os.PathLike[str], *, follow_symlinks: bool = False) -> None:
        try:
            self.path: str = os.path.realpath(os.path.expanduser(os.fspath(path)), strict=True)
        except OSError as error:
            raise ValueError(f"there is no folder {os.fspath(path)!r}") from error
        if not os.path.isdir(self.path):
            raise ValueError(f"{os.fspath(path)!r} is no folder")
        self._beneath = before_names(self.path)
        self._follows = follow_symlinks

    def __repr__(self) -> str:
        return f"<FileRoot {self.path!r}>"

    def path_of(self, names: list[str]) -> str:
        """The path that leads to names, as `names_in()` gives them."""
        return self._beneath + os.sep.join(names)

    def open(self, names: list[str]) -> tuple[OpenFile | None, Folder, str]:
        """Open a file or a folder.

        Args:
            names: the names of folders and file, as `names_in()` gives them; an empty one at the end for a folder.

        Returns:
            The file, None where there is none but its folder is; the folder that it is in; and its name there.

        Raises:
            PermissionError: it is there, and may not be opened.
            OSError: there is nothing.
            ValueError: no file has such a name.
        """
        if self._follows:
            return self._open_anywhere(names)
        if not CAN_WALK:
            return self._open_and_check(names)
        for _ in range(_LINKS):
            found = self._walk(names)
            if isinstance(found, tuple):
                return found
            names = found
        raise FileNotFoundError(errno.ELOOP, "too many links")

    def contains(self, path: str) -> bool:
        """Whether a path leads to something beneath this folder, once its links are resolved."""
        if self._follows:
            return True
        try:
            real = os.path.realpath(path, strict=True)
        except OSError:
            return False
        return real.startswith(self._beneath)

    def _walk(self, names: list[str]) -> tuple[OpenFile | None, Folder, str] | list[str]:
        """Open a file name by name, up to the first link; then returns the names of the way without that."""
        folder = Folder(self.path)
        for position, name in enumerate(names[:-1]):
            try:
                folder = folder.inner(name)
            except SymbolicLink:
                return self._resolved(names[: position + 1]) + names[position + 1 :]
            except PermissionError as error:
                raise _nothing(error) from error  # nobody is to know what is in there
        name = names[-1] if names else ""
        try:
            return folder.open(name or "."), folder, name
        except SymbolicLink:
            return self._resolved(names)
        except FileNotFoundError:
            return None, folder, name
        except PermissionError as error:
            raise _refusal(error, folder, name) from None

    def _open_anywhere(self, names: list[str]) -> tuple[OpenFile | None, Folder, str]:
        folder = Folder(os.path.join(self.path, *names[:-1]))
        name = names[-1] if names else ""
        try:
            return folder.open(name or ".", follow=True), folder, name
        except FileNotFoundError:
            return None, folder, name
        except PermissionError as error:
            raise _refusal(error, folder, name) from None

    def _open_and_check(self, names: list[str]) -> tuple[OpenFile | None, Folder, str]:
        """Open a file where links cannot be refused: look where it is before, and once more when it is open."""
        for end in range(1, len(names)):
            self._resolved(names[:end])  # no link on the way leads out, not even to come back
        real = self._resolved(names)
        folder = Folder(os.path.join(self.path, *real[:-1]))
        name = real[-1] if real else ""
        opened = folder.open(name or ".")
        if self._resolved(real) != real:
            opened.close()
            raise FileNotFoundError(errno.ENOENT, "the path is being changed")
        return opened, folder, name

    def _resolved(self, names: list[str]) -> list[str]:
        """The names on the way to a file that has no links.

        Raises:
            FileNotFoundError: there is no file, or it is not beneath this folder; nobody gets to know which.
        """
        try:
            real = os.path.realpath(os.path.join(self.path, *names), strict=True)
        except OSError as error:
            raise _nothing(error) from error
        resolved: list[str] = []
        if real != self.path:
            if not real.startswith(self._beneath):
                raise FileNotFoundError(errno.ENOENT, "not beneath the folder")
            resolved = real[len(self._beneath) :].split(os.sep)
        if names and not names[-1]:
            resolved.append("")  # it has to be a folder
        return resolved


def _nothing(error: OSError) -> FileNotFoundError:
    return FileNotFoundError(errno.ENOENT, "nothing there", error.filename)


def _refusal(error: PermissionError, folder: Folder, name: str) -> OSError:
    """What to say of a name that may not be opened: that, unless its folder may not even be searched."""
    return error if not name or folder.tells_of(name) else _nothing(error)
