"""What all runners do: the steps of a graceful stop, signals, and the register of sites."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Any

import pytest
from web_client import Client, request

from tidewire_testing import FakeTimeLoop
from tidewire_web import (
    AppKey,
    Application,
    AppRunner,
    BaseRequest,
    BaseRunner,
    CleanupError,
    GracefulExit,
    Request,
    Response,
    Server,
)

Handler = Callable[[Any], Awaitable[Response]]


async def forever(request: BaseRequest) -> Response:
    await asyncio.Event().wait()
    return Response()


class Runner(BaseRunner):
    """Runs a server for one handler, and notes what it is asked to do."""

    def __init__(self, handler: Handler = forever, **options: Any) -> None:
        super().__init__(**options)
        self.handler = handler
        self.notes: list[str] = []
        self.failures: dict[str, BaseException] = {}

    def note(self, name: str) -> None:
        self.notes.append(name)
        if name in self.failures:
            raise self.failures[name]

    async def shutdown(self) -> None:
        self.note("shutdown")

    async def _make_server(self) -> Server:
        self.note("make")
        return Server(self.handler)

    async def _cleanup_server(self) -> None:
        self.note("cleanup")


class Site:
    """Listens nowhere."""

    def __init__(self, runner: Runner, name: str, address: object, waiting: float = 0) -> None:
        self.runner = runner
        self.name = name
        self.addresses = [address]
        self.waiting = waiting  # how often it is asked until nobody waits
        runner.register(self)

    def __repr__(self) -> str:
        return f"<{self.name}>"

    def has_waiting_clients(self) -> bool:
        self.waiting -= 1
        return self.waiting >= 0

    async def stop(self) -> None:
        self.runner.unregister(self)
        self.runner.note(f"stop {self.name}")

    def abort(self) -> None:
        self.runner.note(f"abort {self.name}")


def run(main: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=FakeTimeLoop) as runner:
        runner.run(main)


# -- start --------------------------------------------------------------------------------------


async def test_before_setup_and_after_cleanup_there_is_no_server() -> None:
    runner = Runner()
    assert runner.server is None
    await runner.setup()
    assert isinstance(runner.server, Server)
    await runner.cleanup()
    assert runner.server is None
    assert runner.notes == ["make", "shutdown", "cleanup"]


async def test_the_server_is_there_until_everything_is_cleaned_up() -> None:
    seen: list[object] = []

    class Looking(Runner):
        def note(self, name: str) -> None:
            seen.append(self.server)

    runner = Looking()
    await runner.setup()
    server = runner.server
    await runner.cleanup()
    assert seen == [None, server, server]


async def test_it_can_be_set_up_again() -> None:
    runner = Runner()
    for _ in range(2):
        await runner.setup()
        await runner.cleanup()
    assert runner.notes == ["make", "shutdown", "cleanup"] * 2


async def test_it_is_not_set_up_twice_at_a_time() -> None:
    class Slow(Runner):
        async def _make_server(self) -> Server:
            await asyncio.sleep(0)
            return await super()._make_server()

    runner = Slow()
    results = await asyncio.gather(runner.setup(), runner.setup(), return_exceptions=True)
    assert [type(result) for result in results] == [type(None), RuntimeError]
    with pytest.raises(RuntimeError):
        await runner.setup()
    assert runner.notes == ["make"]
    await runner.cleanup()


async def test_a_setup_that_failed_can_be_repeated() -> None:
    runner = Runner(handle_signals=True)
    before = signal.getsignal(signal.SIGTERM)
    runner.failures["make"] = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        await runner.setup()
    assert signal.getsignal(signal.SIGTERM) is before
    await runner.cleanup()
    assert runner.notes == ["make"]
    runner.failures.clear()
    await runner.setup()
    await runner.cleanup()


# -- the steps ------------------------------------------------------------------------------------


async def test_the_steps_of_a_graceful_stop() -> None:
    async def handler(request: BaseRequest) -> Response:
        runner.note("request")
        try:
            await asyncio.Event().wait()
        finally:
            runner.note("cancelled")
        return Response()

    runner = Runner(handler, shutdown_timeout=0)
    await runner.setup()
    assert runner.server is not None
    client = Client(runner.server)
    idle, busy = client.connect(), client.connect()
    busy.send(request())
    Site(runner, "a", 1)
    Site(runner, "b", 2)
    await asyncio.sleep(0)

    class Noting(Runner):
        async def shutdown(self) -> None:
            assert idle.transport.is_closing()
            assert not busy.transport.is_closing()
            await super().shutdown()

    runner.__class__ = Noting
    await runner.cleanup()
    wanted = ["make", "request", "stop a", "stop b", "shutdown", "cancelled", "abort a", "abort b", "cleanup"]
    assert runner.notes == wanted
    assert busy.transport.is_closing()
    assert runner.sites == set()


async def turns_of_cleanup(runner: Runner) -> int:
    cleanup = asyncio.ensure_future(runner.cleanup())
    turns = 0
    while not cleanup.done():
        turns += 1
        await asyncio.sleep(0)
    return turns


async def test_without_a_site_the_loop_goes_round_for_nobody() -> None:
    runner = Runner()
    await runner.setup()
    assert await turns_of_cleanup(runner) <= 3


@pytest.mark.parametrize(
    ("waiting", "least", "most"),
    [((0,), 6, 12), ((50, 0), 56, 64), ((0, 100), 106, 114), ((1e9,), 256, 270)],
)
async def test_sites_listen_while_somebody_waits_there_but_not_for_ever(
    waiting: tuple[float, ...], least: int, most: int
) -> None:
    runner = Runner()
    await runner.setup()
    for number, times in enumerate(waiting):
        Site(runner, "site", number, times)
    assert least <= await turns_of_cleanup(runner) <= most


def timed(handler: Handler, timeout: float | None) -> list[float]:
    """The times of `shutdown()`, of clean-up, and when all is done, with one request running."""
    times: list[float] = []

    class Timed(Runner):
        def note(self, name: str) -> None:
            times.append(asyncio.get_running_loop().time())

    async def main() -> None:
        runner = Timed(handler, shutdown_timeout=timeout)
        await runner.setup()
        assert runner.server is not None
        Client(runner.server).connect().send(request())
        await asyncio.sleep(1)
        await runner.cleanup()
        times.append(asyncio.get_running_loop().time())

    run(main())
    return times[1:]


async def lasting(seconds: float) -> Response:
    await asyncio.sleep(seconds)
    return Response()


async def lasting_on(request: BaseRequest) -> Response:
    """Takes seven seconds to be cancelled."""
    try:
        return await lasting(500)
    except asyncio.CancelledError:
        return await lasting(7)


async def ignoring(request: BaseRequest) -> Response:
    while True:
        try:
            return await lasting(500)
        except asyncio.CancelledError:
            pass


def test_a_handler_that_ends_in_time_is_waited_for() -> None:
    assert timed(lambda request: lasting(11), 60.0) == pytest.approx([1.0, 11.0, 11.0])


def test_a_handler_that_does_not_end_is_cancelled_after_the_timeout() -> None:
    assert timed(forever, 60.0) == pytest.approx([1.0, 61.0, 61.0])


def test_a_cancelled_handler_is_waited_for_again() -> None:
    assert timed(lasting_on, 60.0) == pytest.approx([1.0, 68.0, 68.0])


def test_a_handler_that_ignores_being_cancelled_is_waited_for_twice_the_timeout() -> None:
    assert timed(ignoring, 60.0) == pytest.approx([1.0, 121.0, 121.0])


def test_without_a_timeout_handlers_are_waited_for_as_long_as_they_take() -> None:
    assert timed(lambda request: lasting(999), None) == pytest.approx([1.0, 999.0, 999.0])


# -- failures -------------------------------------------------------------------------------------


@pytest.fixture
def failing() -> Iterator[Runner]:
    runner = Runner()
    runner.failures = {"shutdown": ZeroDivisionError("shutdown"), "cleanup": KeyError("cleanup")}
    yield runner
    assert runner.notes == ["make", "stop a", "shutdown", "abort a", "cleanup"]


async def test_a_step_that_fails_spares_nobody_the_rest(failing: Runner) -> None:
    del failing.failures["cleanup"]
    await failing.setup()
    Site(failing, "a", 1)
    with pytest.raises(ZeroDivisionError, match="shutdown"):
        await failing.cleanup()
    assert failing.server is None


async def test_several_failures_are_raised_together(failing: Runner) -> None:
    failing.failures["stop a"] = OSError("stop")
    await failing.setup()
    Site(failing, "a", 1)
    with pytest.raises(CleanupError) as caught:
        await failing.cleanup()
    assert [type(error) for error in caught.value.exceptions] == [OSError, ZeroDivisionError, KeyError]


async def test_what_ends_the_program_goes_before_failures(failing: Runner) -> None:
    failing.failures["shutdown"] = GracefulExit()
    await failing.setup()
    Site(failing, "a", 1)
    with pytest.raises(GracefulExit) as caught:
        await failing.cleanup()
    assert isinstance(caught.value.__cause__, KeyError)


def test_a_caller_that_is_cancelled_hurries() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        runner = Runner(lasting_on)
        await runner.setup()
        assert runner.server is not None
        connection = Client(runner.server).connect()
        connection.send(request())
        await asyncio.sleep(1)
        cleaning = asyncio.create_task(runner.cleanup())
        await asyncio.sleep(5)
        assert not connection.transport.is_closing()
        cleaning.cancel()
        with pytest.raises(asyncio.CancelledError):
            await cleaning
        assert loop.time() < 8.0
        assert connection.transport.was_reset
        assert runner.notes == ["make", "shutdown", "cleanup"]
        assert runner.server is None

    run(main())


async def test_a_caller_that_is_cancelled_while_others_are_told_hurries_too() -> None:
    class Slow(Runner):
        async def shutdown(self) -> None:
            await super().shutdown()
            told.set()
            await asyncio.Event().wait()

    told = asyncio.Event()
    runner = Slow()
    await runner.setup()
    assert runner.server is not None
    connection = Client(runner.server).connect()
    connection.send(request())
    cleaning = asyncio.create_task(runner.cleanup())
    await told.wait()
    cleaning.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cleaning
    assert runner.notes == ["make", "shutdown", "cleanup"]
    assert connection.transport.is_closing()


async def test_a_caller_that_is_cancelled_again_ends_clean_up() -> None:
    class Hanging(Runner):
        async def shutdown(self) -> None:
            asyncio.get_running_loop().call_soon(cleaning.cancel)
            await asyncio.Event().wait()

        async def _cleanup_server(self) -> None:
            asyncio.get_running_loop().call_soon(cleaning.cancel)
            await asyncio.Event().wait()

    runner = Hanging()
    await runner.setup()
    cleaning = asyncio.create_task(runner.cleanup())
    with pytest.raises(asyncio.CancelledError):
        await cleaning
    assert runner.server is None


async def test_cleanup_that_is_going_on_is_not_begun_again() -> None:
    runner = Runner()
    await runner.setup()
    await asyncio.gather(runner.cleanup(), runner.cleanup())
    await runner.cleanup()
    assert runner.notes == ["make", "shutdown", "cleanup"]


# -- sites ----------------------------------------------------------------------------------------


async def test_sites_and_their_addresses() -> None:
    runner = Runner()
    await runner.setup()
    first, second = Site(runner, "a", ("127.0.0.1", 1)), Site(runner, "b", "/path")
    assert runner.sites == {first, second}
    assert runner.addresses == [("127.0.0.1", 1), "/path"]
    await first.stop()
    assert runner.sites == {second}
    await runner.cleanup()
    assert runner.addresses == []


async def test_a_site_is_registered_once_and_only_with_a_runner_that_runs() -> None:
    runner = Runner()
    with pytest.raises(RuntimeError):
        Site(runner, "a", 1)
    await runner.setup()
    site = Site(runner, "a", 1)
    with pytest.raises(RuntimeError, match="<a>"):
        runner.register(site)
    await site.stop()
    with pytest.raises(RuntimeError, match="<a>"):
        await site.stop()
    await runner.cleanup()
    with pytest.raises(RuntimeError):
        runner.register(site)


async def test_no_site_is_started_while_the_runner_stops() -> None:
    class Late(Runner):
        async def shutdown(self) -> None:
            with pytest.raises(RuntimeError):
                Site(self, "late", 1)
            await super().shutdown()

    runner = Late()
    await runner.setup()
    await runner.cleanup()
    assert runner.notes == ["make", "shutdown", "cleanup"]


# -- signals --------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_program(number: signal.Signals) -> None:
    before = signal.getsignal(signal.SIGTERM)
    runner = Runner(handle_signals=True)

    async def main() -> None:
        await runner.setup()
        try:
            asyncio.get_running_loop().call_soon(signal.raise_signal, number)
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()

    with pytest.raises(GracefulExit):
        asyncio.run(main())
    assert runner.notes == ["make", "shutdown", "cleanup"]
    assert signal.getsignal(signal.SIGTERM) is before


async def test_signals_are_left_alone_where_nobody_asks() -> None:
    before = signal.getsignal(signal.SIGTERM)
    runner = Runner()
    await runner.setup()
    assert signal.getsignal(signal.SIGTERM) is before
    await runner.cleanup()


# -- several -------------------------------------------------------------------------------------------


async def test_several_runners_in_one_loop() -> None:
    async def handler(request: Request) -> Response:
        return Response(text=request.app[key])

    key = AppKey("name", str)
    runners: list[AppRunner] = []
    for name in ("first", "second"):
        app = Application()
        app[key] = name
        app.router.add_get("/", handler)
        runners.append(AppRunner(app))
        await runners[-1].setup()
    clients = [Client(runner.server) for runner in runners if runner.server is not None]
    assert [(await client.get()).text for client in clients] == ["first", "second"]
    await runners[0].cleanup()
    assert (await clients[1].get()).text == "second"
    await runners[1].cleanup()
