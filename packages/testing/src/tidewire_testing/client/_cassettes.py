"""Cassettes: responses of real servers, recorded once and replayed ever after."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Self, TypeAlias, get_args

from tidewire_client import ClientHandlerType, ClientRequest, ClientResponse
from tidewire_testing.client._built_response import answer
from tidewire_testing.client._recordings import Interaction, Secrets, load_interactions, save_interactions

__all__ = ["Cassette", "CassetteMissError", "CassetteMode"]

CassetteMode: TypeAlias = Literal["replay", "record", "once", "extend"]
"""What a cassette does: see `Cassette`."""

# What is true of the message that came, and not of the body that is kept.
_OF_THE_MESSAGE: Final = frozenset(
    {"content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive"}
)


class CassetteMissError(LookupError):
    """A request that a cassette does not hold, and that may not be sent.

    Attributes:
        method: its method.
        url: its URL, without secrets.
        path: the cassette's file.
    """

    def __init__(self, method: str, url: str, path: Path) -> None:
        super().__init__(method, url, path)
        self.method = method
        self.url = url
        self.path = path

    def __str__(self) -> str:
        return f"{self.path} holds no (further) response to {self.method} {self.url}"


class Cassette:
    """A middleware of client sessions that records responses, or replays them without a network.

        with Cassette("tests/cassettes/orders.json") as cassette:
            async with ClientSession(middlewares=(cassette,)) as session:
                ...

    A response answers a request of the same method and URL, each once and in the order of their recording. Responses
    come with their bodies decoded, when they are recorded too, so that a test sees the same both times.

    Args:
        path: the file; it is written when the `with` block ends, or by `save()`, if anything was recorded.
        mode: `replay` sends nothing; `record` sends everything and begins anew; `once` records if there is no file,
            and replays if there is one; `extend` replays what is there and records the rest.
        secrets: what is not written.
        match: tells whether a recorded request is the same as another one, given both, in place of comparing method
            and URL; what it sees is without secrets.
        scrub: called with each new interaction before it is kept, to change what else is secret, such as in bodies.
        repeat: whether the last response to a request is given again where it has no further one.

    Raises:
        CassetteFormatError: the file is no cassette.
        FileNotFoundError: there is none to replay.
        ValueError: there is no such mode.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        mode: CassetteMode = "once",
        secrets: Secrets | None = None,
        match: Callable[[Interaction, Interaction], bool] | None = None,
        scrub: Callable[[Interaction], None] | None = None,
        repeat: bool = False,
    ) -> None:
        if mode not in get_args(CassetteMode):
            raise ValueError(f"mode is one of {', '.join(get_args(CassetteMode))}, not {mode!r}")
        self.path = Path(path)
        exists = self.path.exists()
        self._sends = mode in ("record", "extend") or (mode == "once" and not exists)
        self._secrets = secrets or Secrets()
        self._match = match or _same_target
        self._scrub = scrub
        self._repeat = repeat
        self._changed = False
        self.interactions: list[Interaction] = []
        if mode == "replay" or (exists and mode != "record"):
            self.interactions = load_interactions(self.path)
        self._known = len(self.interactions)

    def __repr__(self) -> str:
        return f"<Cassette {str(self.path)!r}, {len(self.interactions)} interactions>"

    @property
    def unused(self) -> list[Interaction]:
        """Recorded interactions that no request has asked for."""
        return [each for each in self.interactions[: self._known] if not each.used]

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        """Answer a request; see `tidewire_client.ClientMiddlewareType`.

        Raises:
            CassetteMissError: it is not recorded, and may not be sent.
        """
        asked = Interaction(
            method=request.method,
            url=self._secrets.url(request.url),
            request_headers=self._secrets.headers(request.headers.items()),
            request_body=_body_of(request),
        )
        found = self._find(asked)
        if found is not None:
            found.used += 1
            return answer(request, found.status, found.reason, found.headers, found.body)
        if not self._sends:
            raise CassetteMissError(asked.method, asked.url, self.path)
        return await self._record(asked, await handler(request))

    async def _record(self, asked: Interaction, response: ClientResponse) -> ClientResponse:
        body = await response.read()
        headers = [pair for pair in response.headers.items() if pair[0].lower() not in _OF_THE_MESSAGE]
        asked.status = response.status
        asked.reason = response.reason
        asked.headers = self._secrets.headers(headers)
        asked.body = body
        if self._scrub is not None:
            self._scrub(asked)
        self.interactions.append(asked)
        self._changed = True
        # Cookies were kept when it came.
        return answer(response.request, response.status, response.reason, headers, body, cookies=False)

    def _find(self, asked: Interaction) -> Interaction | None:
        last = None
        for each in self.interactions[: self._known]:
            if self._match(each, asked):
                if not each.used:
                    return each
                last = each
        return last if self._repeat else None

    def save(self) -> None:
        """Write the file, if anything was recorded.

        Raises:
            OSError: it cannot be written.
        """
        if self._changed:
            save_interactions(self.path, self.interactions)
            self._changed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None:  # what a test that failed has seen is not kept
            self.save()


def _same_target(recorded: Interaction, asked: Interaction) -> bool:
    return recorded.method == asked.method and recorded.url == asked.url


def _body_of(request: ClientRequest) -> bytes:
    """Return the body where it is at hand; what would have to be read to be known is not recorded."""
    payload = request.payload
    return b"" if payload is None else payload.whole() or b""
