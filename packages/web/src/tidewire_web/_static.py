"""Static resources: the files of a folder."""

from __future__ import annotations

import base64
import functools
import hashlib
import os
from typing import Any, ClassVar, Final

from yarl import URL

from tidewire_web._directory_index import index_page
from tidewire_web._file_plan import FilePlan, FileQuery, Reader, plan_opened, query_of
from tidewire_web._file_planner import file_planner
from tidewire_web._file_response import FileResponse
from tidewire_web._file_root import FileRoot, names_in
from tidewire_web._http_exceptions import HTTPForbidden, HTTPNotFound
from tidewire_web._match_tree import ANY_METHOD
from tidewire_web._patterns import PathPattern
from tidewire_web._quoting import encode_value
from tidewire_web._resources import PathResource, prefix_pattern
from tidewire_web._response import Response
from tidewire_web._routes import ResourceRoute
from tidewire_web._stream_response import StreamResponse
from tidewire_web._types import ExpectHandler, Handler

__all__ = ["StaticResource"]

_CHUNK: Final = 262144
# Files whose version is remembered. Names come from the application, but it may make them of what it is sent (S10).
_VERSIONS: Final = 1024


class StaticResource(PathResource):
    """The files of a folder, and of the folders in it, for GET and HEAD.

    Whatever the path says, nothing outside of the folder is sent, and nobody can tell what there is; see `FileRoot`.
    What is there and may not be read, and a folder that is not shown, is answered with 403, all else with 404. How a
    file is sent is told by `FileResponse`.

    Args:
        prefix: the path before the names of files; a slash at its end does not count.
        directory: the folder; `~` is the user's home.
        name: the name by which the router knows it.
        expect_handler: see `AbstractRoute`.
        chunk_size: bytes that are read at once where the system does not send files itself.
        show_index: whether a folder is shown as a page with links to what is in it.
        follow_symlinks: whether symbolic links are followed that lead out of the folder; those to something in it
            are always.
        append_version: whether `url_for()` adds the version of a file.

    Raises:
        TypeError: the prefix is no str.
        ValueError: the prefix does not begin with a slash or has variables, or there is no such folder.
    """

    VERSION_KEY: ClassVar[str] = "v"

    def __init__(
        self,
        prefix: str,
        directory: str | os.PathLike[str],
        *,
        name: str | None = None,
        expect_handler: ExpectHandler | None = None,
        chunk_size: int = _CHUNK,
        show_index: bool = False,
        follow_symlinks: bool = False,
        append_version: bool = False,
    ) -> None:
        # A slash alone is the root of all paths, an empty prefix is none.
        self._prefix = PathPattern("") if prefix == "/" else prefix_pattern(_without_slash(prefix))
        prefix = self._prefix.path
        super().__init__(f"{prefix}/{{filename:.*}}", name=name)
        self._root = FileRoot(directory, follow_symlinks=follow_symlinks)
        self._chunk_size = chunk_size
        self._show_index = show_index
        self._append_version = append_version
        self._expect_handler = expect_handler
        # By name: when the file was changed, its size, and its version.
        self._versions: dict[str, tuple[int, int, str]] = {}
        for method in ("GET", "HEAD"):
            self.register_route(ResourceRoute(method, self._handle, self, expect_handler=expect_handler))

    def __repr__(self) -> str:
        name = "" if self._name is None else f"{self._name!r} "
        return f"<StaticResource {name}{self.canonical} -> {self._root.path!r}>"

    @property
    def canonical(self) -> str:
        """The prefix, percent-encoded."""
        return self._prefix.canonical

    @property
    def patterns(self) -> tuple[PathPattern, ...]:
        """The paths: those of files, and the prefix itself, which is the folder."""
        return (self.pattern, self._prefix) if self._prefix.path else (self.pattern,)

    def get_info(self) -> dict[str, Any]:
        """The folder as `directory`, the `prefix`, and the `routes` by method."""
        return {"directory": self._root.path, "prefix": self.canonical, "routes": dict(self._routes)}

    def raw_match(self, path: str) -> bool:
        """False: nothing is added to this resource."""
        return False

    def add_prefix(self, prefix: str) -> None:
        """Put a prefix before the path.

        Raises:
            ValueError: it does not begin with a slash, or ends with one.
        """
        self._prefix = self._prefix.below(prefix_pattern(prefix))
        super().add_prefix(prefix)

    def set_options_route(self, handler: Handler) -> None:
        """Add a route for OPTIONS.

        Raises:
            RuntimeError: there is one.
        """
        if "OPTIONS" in self._routes or ANY_METHOD in self._routes:
            raise RuntimeError(f"{self!r} has a route for OPTIONS already")
        self.register_route(ResourceRoute("OPTIONS", handler, self, expect_handler=self._expect_handler))

    def url_for(  # type: ignore[override]  # other resources have variables with any names
        self, *, filename: str | os.PathLike[str], append_version: bool | None = None
    ) -> URL:
        """Build the URL of a file.

        With its version, which changes with its content, browsers may keep the file for ever. To compute it the file
        is read, when it is asked for first and when the file has changed.

        Args:
            filename: the path of the file in the folder, with slashes in between.
            append_version: whether the version is added, if there is such a file; None for what the resource was made
                with.

        Raises:
            TypeError: the filename is no text.
        """
        if append_version is None:
            append_version = self._append_version
        path = os.fspath(filename)
        if not isinstance(path, str):
            raise TypeError(f"a filename is a str, not {path!r}")
        if os.sep != "/" and not isinstance(filename, str):
            path = path.replace(os.sep, "/")
        path = path.lstrip("/")
        url = URL.build(path=f"{self.canonical}/{encode_value(path, slashes=True)}", encoded=True)
        version = self._version_of(path) if append_version else None
        return url if version is None else url.with_query({self.VERSION_KEY: version})

    # Versions.

    def _version_of(self, path: str) -> str | None:
        """The version of a file; None where there is none."""
        names = names_in(path)
        if not names:
            return None
        try:
            file, folder, _ = self._root.open(names)
            folder.close()
            if file is None or not file.is_regular:
                return None
            modified, size = file.stat.st_mtime_ns, file.stat.st_size
            known = self._versions.get(path)
            if known is not None and known[:2] == (modified, size):
                return known[2]
            digest = hashlib.sha256()
            offset = 0
            while piece := file.read(offset, _CHUNK):
                digest.update(piece)
                offset += len(piece)
            file.close()
        except (OSError, ValueError):
            return None
        version = base64.urlsafe_b64encode(digest.digest()).decode()
        if len(self._versions) >= _VERSIONS and path not in self._versions:
            self._versions.pop(next(iter(self._versions)))
        self._versions[path] = (modified, size, version)
        return version

    # Requests.

    async def _handle(self, request: Any) -> StreamResponse:
        filename = request.match_info.get("filename", "")
        names = names_in(filename)
        if names is None or ("%" in request.raw_path and self._has_encoded_slash(request, filename)):
            raise HTTPNotFound
        query = query_of(request.method, request.headers)
        path = self._root.path_of(names)
        found = await file_planner().plan(path, functools.partial(self._look, query, names))
        if isinstance(found, str):
            return Response(text=found, content_type="text/html")
        if found.status == 404:
            raise HTTPNotFound
        if found.status == 403:
            raise HTTPForbidden
        response = FileResponse(path, chunk_size=self._chunk_size)
        response.follow(found)
        return response

    def _look(self, query: FileQuery, names: list[str], read: Reader | None) -> FilePlan | str:
        """Find out what is to be answered: a file, or the page of a folder; see `FilePlanner`."""
        try:
            file, folder, name = self._root.open(names)
            if file is not None and file.is_folder and self._show_index:
                return index_page(self._root, names, file, self.canonical)
        except PermissionError:
            return FilePlan(status=403, fields=[])
        except (OSError, ValueError):
            return FilePlan(status=404, fields=[])
        return plan_opened(query, file, folder, name, read)

    def _has_encoded_slash(self, request: Any, filename: str) -> bool:
        """Whether a slash in the filename was sent percent-encoded.

        Such a one is a part of a name, and no file has one in its name. Taken for a separator it would lead around the
        rules of proxies for paths.
        """
        between = self.canonical.count("/") + 1
        return bool(filename) and request.rel_url.raw_path.count("/") != between + filename.count("/")


def _without_slash(prefix: Any) -> Any:
    return prefix[:-1] if isinstance(prefix, str) and prefix.endswith("/") else prefix
