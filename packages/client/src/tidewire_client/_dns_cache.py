"""What is remembered of names and their addresses, and who waits for the same name together."""

from __future__ import annotations

import asyncio
import socket
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from tidewire_client._resolvers import AbstractResolver, ResolveResult, literal
from tidewire_client._types import ConnectionTrace

__all__: list[str] = []

Name: TypeAlias = tuple[str, int]

_FOREVER: Final = float("inf")


class DNSCache:
    """Answers of a resolver, good ones and bad ones, each for its time.

    Args:
        clock: seconds that never go back.
        ttl: seconds for which addresses are good; None for ever, 0 for never.
        negative_ttl: seconds for which it is remembered that there are none.
        max_size: how many names are remembered; the one that was not asked for longest is forgotten.
    """

    def __init__(
        self, clock: Callable[[], float], ttl: float | None, negative_ttl: float, max_size: int
    ) -> None:
        self._clock = clock
        self._ttl = _FOREVER if ttl is None else ttl
        self._negative_ttl = negative_ttl
        self._max_size = max_size
        self._answers: OrderedDict[Name, tuple[float, list[ResolveResult] | OSError]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._answers)

    def get(self, name: Name) -> list[ResolveResult] | None:
        """Return the addresses of a name, each time beginning with the next of them; None where nothing is known.

        Raises:
            OSError: it is known that there are none.
        """
        entry = self._answers.get(name)
        if entry is None:
            return None
        expires, answer = entry
        if self._clock() >= expires:
            del self._answers[name]
            return None
        self._answers.move_to_end(name)
        if isinstance(answer, OSError):
            raise _anew(answer)
        addresses = list(answer)
        answer.append(answer.pop(0))
        return addresses

    def put(self, name: Name, addresses: list[ResolveResult]) -> None:
        """Remember the addresses of a name."""
        if addresses:
            self._remember(name, self._ttl, list(addresses))

    def put_failure(self, name: Name, error: OSError) -> None:
        """Remember that a name has no addresses."""
        self._remember(name, min(self._negative_ttl, self._ttl), _anew(error))

    def forget(self, name: Name | None = None) -> None:
        """Forget one name, or all of them."""
        if name is None:
            self._answers.clear()
        else:
            self._answers.pop(name, None)

    def _remember(self, name: Name, ttl: float, answer: list[ResolveResult] | OSError) -> None:
        if ttl <= 0 or self._max_size <= 0:
            return
        self._answers[name] = (self._clock() + ttl, answer)
        self._answers.move_to_end(name)
        while len(self._answers) > self._max_size:
            self._answers.popitem(last=False)


def _anew(error: OSError) -> OSError:
    """Return an error that says the same, without the frames and the history of the other."""
    try:
        return type(error)(*error.args)
    except TypeError:  # a resolver's own, which is made of something else
        return OSError(*error.args)


class NameLookup:
    """Finds the addresses of hosts: in the cache, with somebody who asks already, or with the resolver.

    Args:
        resolver: whom to ask.
        family: the family of addresses that are wanted.
        cache: what is remembered; None for nothing. Without a cache nobody shares an answer either.
    """

    def __init__(
        self, resolver: AbstractResolver, family: socket.AddressFamily, cache: DNSCache | None
    ) -> None:
        self._resolver = resolver
        self._family = family
        self.cache = cache
        self._pending: dict[Name, asyncio.Task[list[ResolveResult]]] = {}

    async def find(self, host: str, port: int, traces: Sequence[ConnectionTrace] = ()) -> list[ResolveResult]:
        """Return the addresses of a host, the best first.

        Args:
            host: a name, or an address, which is the answer itself.
            port: the port.
            traces: who is told of it.

        Raises:
            OSError: there are none.
        """
        address = literal(host, port)
        if address is not None:
            return [address]
        if self.cache is None:
            return await self._ask_traced(None, host, port, traces)
        name = (host, port)
        pending = self._pending.get(name)
        known = self.cache.get(name) if pending is None else None
        if known is not None or pending is not None:
            for trace in traces:
                await trace.dns_cache_hit(host)
        else:
            for trace in traces:
                await trace.dns_cache_miss(host)
        if known is not None:
            return known
        if pending is not None:
            return list(await asyncio.shield(pending))
        return await self._ask_traced(name, host, port, traces)

    async def close(self) -> None:
        """Give up what is being asked."""
        tasks = list(self._pending.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _ask_traced(
        self, name: Name | None, host: str, port: int, traces: Sequence[ConnectionTrace]
    ) -> list[ResolveResult]:
        for trace in traces:
            await trace.dns_resolvehost_start(host)
        if name is None:
            addresses = await self._resolver.resolve(host, port, family=self._family)
        else:
            # A task of its own: whoever asked first may be cancelled, and others wait for the answer.
            task = self._pending.get(name)
            if task is None:
                task = asyncio.get_running_loop().create_task(self._ask(name))
                self._pending[name] = task
                task.add_done_callback(lambda task: self._answered(name, task))
            addresses = list(await asyncio.shield(task))
        for trace in traces:
            await trace.dns_resolvehost_end(host)
        return addresses

    async def _ask(self, name: Name) -> list[ResolveResult]:
        host, port = name
        return await self._resolver.resolve(host, port, family=self._family)

    def _answered(self, name: Name, task: asyncio.Task[list[ResolveResult]]) -> None:
        self._pending.pop(name, None)
        if task.cancelled() or self.cache is None:
            return
        error = task.exception()  # asked for also where nobody waits any more, so that nothing is logged
        if error is None:
            self.cache.put(name, task.result())
        elif isinstance(error, OSError):
            self.cache.put_failure(name, error)
