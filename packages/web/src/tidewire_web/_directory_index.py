"""What a folder is shown as."""

from __future__ import annotations

import html
import os
from collections.abc import Iterator

from tidewire_web._file_root import FileRoot, names_in
from tidewire_web._open_file import OpenFile
from tidewire_web._quoting import encode_value

__all__: list[str] = []


def index_page(root: FileRoot, names: list[str], folder: OpenFile, prefix: str) -> str:
    """A page with links to what is in a folder, sorted by name; what a thread does.

    What could not be fetched is not shown: neither links that lead out of the root, of whose targets nobody gets to
    know anything, nor pipes and devices.

    Args:
        root: the root of all.
        names: the names of the folders on the way from there.
        folder: the folder.
        prefix: the path of the root in URLs, percent-encoded.

    Raises:
        OSError: the folder cannot be read.
    """
    way = [name for name in names if name]
    base = "/".join([prefix, *[encode_value(name, slashes=False) for name in way]])
    title = html.escape(f"Index of /{'/'.join(way)}")
    lines = [
        f'<li><a href="{html.escape(f"{base}/{encode_value(name, slashes=False)}{slash}")}">'
        f"{html.escape(name + slash)}</a></li>"
        for name, slash in sorted(_entries(root, way, folder))
    ]
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            f'<head><meta charset="utf-8"><title>{title}</title></head>',
            "<body>",
            f"<h1>{title}</h1>",
            "<ul>",
            *lines,
            "</ul>",
            "</body>",
            "</html>",
            "",
        ]
    )


def _entries(root: FileRoot, way: list[str], folder: OpenFile) -> Iterator[tuple[str, str]]:
    """The names of files, and those of folders with a slash."""
    path = os.path.join(root.path, *way)
    with os.scandir(folder.descriptor if folder.descriptor >= 0 else path) as entries:
        for entry in entries:
            if names_in(entry.name) is None or not _is_text(entry.name):
                continue
            link = entry.is_symlink()
            if link and not root.contains(os.path.join(path, entry.name)):
                continue
            # Where the folder is open, an entry knows no path, so that nothing is asked of a link's target by its name.
            if os.path.isdir(os.path.join(path, entry.name)) if link else entry.is_dir(follow_symlinks=False):
                yield entry.name, "/"
            elif link or entry.is_file(follow_symlinks=False):
                yield entry.name, ""


def _is_text(name: str) -> bool:
    """Whether a name is text that can be a part of a URL, and not bytes of an unknown encoding."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
