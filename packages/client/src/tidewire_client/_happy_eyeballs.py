"""Which of several addresses answers first (RFC 8305)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence

from tidewire_client._types import AddrInfoType

__all__: list[str] = []


def interleave(addresses: Iterable[AddrInfoType], first_count: int) -> list[AddrInfoType]:
    """Order addresses so that their families take turns (RFC 8305, section 4).

    Args:
        addresses: what a resolver has given, the best first.
        first_count: how many of the first address's family come before the first of another; at least 1.
    """
    families: dict[int, list[AddrInfoType]] = {}
    for address in addresses:
        families.setdefault(address[0], []).append(address)
    queues = list(families.values())
    ordered: list[AddrInfoType] = []
    if queues:
        ordered += queues[0][: first_count - 1]
        del queues[0][: first_count - 1]
    longest = max(map(len, queues), default=0)
    for position in range(longest):
        ordered += [queue[position] for queue in queues if position < len(queue)]
    return ordered


async def connect_first(
    addresses: Sequence[AddrInfoType],
    connect: Callable[[AddrInfoType], Awaitable[socket.socket]],
    delay: float | None,
) -> tuple[AddrInfoType, socket.socket]:
    """Connect to the first address that answers.

    Args:
        addresses: at least one, in the order in which they are tried.
        connect: makes a connected socket, and leaves none behind where it fails or is cancelled.
        delay: seconds that an attempt has to itself, before the next one begins beside it; None for one after the
            other.

    Returns:
        The address and its socket; all other attempts are over then.

    Raises:
        OSError: none of them can be connected to.
    """
    if len(addresses) == 1:
        return addresses[0], await connect(addresses[0])
    if delay is None:
        return await _one_by_one(addresses, connect)
    waiting = list(reversed(addresses))
    attempts: dict[asyncio.Task[socket.socket], AddrInfoType] = {}
    errors: list[OSError] = []
    winner: asyncio.Task[socket.socket] | None = None
    try:
        try:
            while winner is None and (waiting or attempts):
                if waiting:
                    address = waiting.pop()
                    attempts[asyncio.ensure_future(_attempt(connect, address))] = address
                while winner is None and attempts:
                    done, _ = await asyncio.wait(
                        attempts, timeout=delay if waiting else None, return_when=asyncio.FIRST_COMPLETED
                    )
                    failed = [task for task in done if task.exception() is not None]
                    winner = next((task for task in done if task not in failed), None)
                    for task in failed:
                        del attempts[task]
                        errors.append(_os_error(task.exception()))
                    if waiting:
                        break  # the delay has passed, or an attempt has failed: the next one begins
            if winner is None:
                raise combined(errors)
            address = attempts.pop(winner)
        finally:
            await _give_up(list(attempts))
    except BaseException:
        if winner is not None:
            winner.result().close()  # nobody gets it: also where waiting for the others was cancelled
        raise
    return address, winner.result()


async def _attempt(
    connect: Callable[[AddrInfoType], Awaitable[socket.socket]], address: AddrInfoType
) -> socket.socket:
    return await connect(address)


async def _one_by_one(
    addresses: Sequence[AddrInfoType], connect: Callable[[AddrInfoType], Awaitable[socket.socket]]
) -> tuple[AddrInfoType, socket.socket]:
    errors: list[OSError] = []
    for address in addresses:
        try:
            return address, await connect(address)
        except OSError as error:
            errors.append(error)
    raise combined(errors)


def _os_error(error: BaseException | None) -> OSError:
    """Return an attempt's error; whatever is not of the operating system is a fault of this side, and goes on."""
    if isinstance(error, OSError):
        return error
    assert error is not None
    raise error


async def _give_up(tasks: Sequence[asyncio.Task[socket.socket]]) -> None:
    """End attempts that are not needed any more; the sockets of those that succeed all the same are closed."""
    for task in tasks:
        task.cancel()
        task.add_done_callback(_close_late)
    if tasks:
        await asyncio.wait(tasks)


def _close_late(task: asyncio.Task[socket.socket]) -> None:
    if not task.cancelled() and task.exception() is None:
        task.result().close()


def combined(errors: Sequence[OSError]) -> OSError:
    """Return one error for several: the first where they are alike, else one whose text has them all."""
    texts = list(dict.fromkeys(str(error) for error in errors))
    if len(texts) == 1:
        return errors[0]
    numbers = {error.errno for error in errors}
    number = numbers.pop() if len(numbers) == 1 else None
    return OSError(number, "Multiple exceptions: " + ", ".join(texts))
