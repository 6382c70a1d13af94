"""Downloading one file, in as many attempts as it takes."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from yarl import URL

from downloader.naming import file_name
from downloader.partial import Partial
from tidewire_client import ClientConnectionError, ClientPayloadError, ClientResponse, ClientSession
from tidewire_http_parser import InvalidFieldValue
from tidewire_http_parser.field_values import parse_content_range, parse_etag

__all__ = ["DownloadError", "Downloader", "Order", "Progress", "Settings"]

_PIECE: Final = 256 * 1024


class DownloadError(Exception):
    """A file that cannot be had, however often one tries."""


class ChangedError(Exception):
    """What the server has is not what there is a part of; from the beginning, then."""


class Progress(Protocol):
    """Who is told how far a file has come."""

    def begin(self, name: str, done: int, total: int | None) -> None:
        """Take note that bytes come, behind those that are there."""

    def advance(self, size: int) -> None:
        """Take note of more bytes."""


@dataclass(frozen=True)
class Order:
    """What is wanted.

    Attributes:
        url: where the file is.
        sha256: what it has to hash to, in hexadecimal digits; None for anything.
    """

    url: URL
    sha256: str | None = None

    @classmethod
    def parse(cls, text: str) -> Order:
        """Read an order as it stands on the command line: a URL, perhaps with `#sha256=` and digits.

        Raises:
            ValueError: it is none.
        """
        url = URL(text)
        if url.scheme not in ("http", "https") or not url.host:
            raise ValueError(f"no URL of HTTP: {text}")
        name, _, digits = url.fragment.partition("=")
        if name == "sha256":
            if len(bytes.fromhex(digits)) != 32:
                raise ValueError(f"SHA-256 has 64 digits, unlike {digits}")
            return cls(url.with_fragment(None), digits.lower())
        return cls(url.with_fragment(None))


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How files are downloaded.

    Attributes:
        folder: where they are put.
        overwrite: whether files that are there already are replaced.
        attempts: how many in a row may bring no byte.
        backoff: seconds of the first pause between two of them; it doubles.
    """

    folder: Path
    overwrite: bool = False
    attempts: int = 5
    backoff: float = 0.5


class Downloader:
    """Downloads files with one session.

    Args:
        session: sends the requests; it neither decodes bodies nor has a limit for the total time of one.
        settings: how.
    """

    def __init__(self, session: ClientSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings
        self._names: dict[str, URL] = {}
        self._urls: set[URL] = set()

    async def fetch(self, order: Order, progress: Progress) -> Path:
        """Download a file; return where it is.

        Raises:
            DownloadError: it cannot be had, or is not what was wanted.
            ClientError: the server cannot be reached, or breaks off again and again.
        """
        if order.url in self._urls:
            raise DownloadError("it was asked for twice")
        self._urls.add(order.url)
        settings = self._settings
        best = failures = 0
        while True:
            partial = Partial.find(settings.folder, str(order.url))
            try:
                if partial is None or not partial.is_complete:
                    partial = await self._attempt(order, partial, progress)
                return await asyncio.to_thread(self._finish, partial, order)
            except (ClientConnectionError, ClientPayloadError, ChangedError) as error:
                left = Partial.find(settings.folder, str(order.url))
                size = 0 if left is None else left.size
                failures = 0 if size > best else failures + 1
                best = max(best, size)
                if failures >= settings.attempts:
                    if isinstance(error, ChangedError):
                        raise DownloadError("it changes all the time") from error
                    raise
            await asyncio.sleep(settings.backoff * 2**failures)

    async def _attempt(self, order: Order, partial: Partial | None, progress: Progress) -> Partial:
        """Ask for what is missing, and write it as it comes.

        Raises:
            ChangedError: the server has something else by now.
        """
        # Positions are those of the bytes that are stored, so nothing may be encoded on the way.
        headers = {"Accept-Encoding": "identity"}
        size = 0 if partial is None else partial.size
        if partial is not None and partial.validator is not None and size:
            headers |= {"Range": f"bytes={size}-", "If-Range": partial.validator}
        async with self._session.get(order.url, headers=headers) as response:
            if response.status in (206, 416) and "Range" in headers and partial is not None:
                _check_part(response, partial, size)
            elif response.status == 200:
                partial = self._begin(order, response)
                size = 0
            else:
                raise DownloadError(f"the server says {response.status} {response.reason}")
            progress.begin(partial.name, size, partial.total)
            with open(partial.data, "ab", buffering=0) as file:  # noqa: ASYNC230 - it does not wait
                async for piece in response.content.iter_chunked(_PIECE):
                    await asyncio.to_thread(file.write, piece)
                    progress.advance(len(piece))
        return partial

    def _begin(self, order: Order, response: ClientResponse) -> Partial:
        """Begin a file, as the server describes it.

        Raises:
            DownloadError: there is one of that name already.
        """
        folder = self._settings.folder
        name = file_name(response.url, response.headers.get("Content-Disposition"))
        partial = Partial(folder, name, str(order.url), _validator(response), response.content_length)
        other = Partial.find(folder, str(order.url))
        if other is not None:
            other.discard()
        if self._names.setdefault(name, order.url) != order.url or partial.note.exists():
            raise DownloadError(f"there is a part of {name} from elsewhere")
        if not self._settings.overwrite and (folder / name).exists():
            raise DownloadError(f"{name} is there already")
        partial.begin()
        return partial

    def _finish(self, partial: Partial, order: Order) -> Path:
        """Make sure of a file, and give it its name; runs in a thread.

        Raises:
            DownloadError: it is not what was wanted.
        """
        if partial.total is not None and partial.size != partial.total:
            partial.discard()
            raise DownloadError(f"{partial.name} has {partial.size} bytes in place of {partial.total}")
        if order.sha256 is not None:
            with open(partial.data, "rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            if digest != order.sha256:
                partial.discard()
                raise DownloadError(f"{partial.name} has the SHA-256 {digest}")
        return partial.complete()


def _check_part(response: ClientResponse, partial: Partial, size: int) -> None:
    """Find out whether what comes is the rest of what there is.

    Raises:
        ChangedError: it is not; what there is was deleted.
    """
    try:
        content_range = parse_content_range(response.headers.get("Content-Range", ""))
    except InvalidFieldValue:
        content_range = None
    same_version = _validator(response) in (None, partial.validator)
    if (
        response.status != 206
        or content_range is None
        or content_range.first != size
        or not same_version
        or (partial.total is not None and content_range.length not in (None, partial.total))
    ):
        partial.discard()
        raise ChangedError


def _validator(response: ClientResponse) -> str | None:
    """Return what If-Range may say of a response's version: a strong validator (RFC 9110, section 13.1.5)."""
    etag = response.headers.get("ETag")
    if etag is not None:
        try:
            return None if parse_etag(etag).is_weak else etag
        except InvalidFieldValue:
            return None
    # A date is a weak one, as long as the file may be changed within the same second (section 8.8.2.2).
    modified, date = response.headers.get("Last-Modified"), response.headers.get("Date")
    return modified if modified != date else None
