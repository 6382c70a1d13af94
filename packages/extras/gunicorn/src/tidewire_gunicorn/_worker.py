"""The worker: one process of gunicorn's, with an event loop."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable
from typing import Any, Final

from gunicorn.workers.base import Worker

from tidewire_gunicorn._runners import failed_application, make_runner
from tidewire_gunicorn._settings import runner_options, tls_context
from tidewire_web import AppRunner, Server, SockSite

__all__ = ["GunicornWebWorker"]

# Seconds between two signs of life, with a look at what tells the worker to stop. The master wants one each `timeout`.
_HEARTBEAT: Final = 1.0


class GunicornWebWorker(Worker):
    """Serves an application on the sockets that gunicorn has opened.

    The worker starts, runs and stops the application in one task. It counts as booted when it listens on all sockets;
    what fails before that stops gunicorn, in place of workers that are started again and again.
    """

    # What gunicorn has loaded, whatever that is.
    wsgi: Any

    _main: asyncio.Task[None] | None = None
    _loop: asyncio.AbstractEventLoop | None = None
    _server: Server | None = None
    _cleaning_up = False
    _hurried = False

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        """Make the worker's event loop."""
        return asyncio.new_event_loop()

    def load_wsgi(self) -> None:
        """Load the application; with the setting `reload`, one that is no Python is replaced by one that shows why."""
        super().load_wsgi()
        if getattr(self.wsgi, "__module__", None) == "gunicorn.util":
            self.wsgi = failed_application(self.wsgi)

    def run(self) -> None:
        """Serve until the worker is told to stop.

        Raises:
            RuntimeError: the application ended the program in place of starting, or has cancelled all tasks.
        """
        # gunicorn takes a worker for booted before it calls this, and restarts those that fail afterwards.
        self.booted = False
        self._stop = asyncio.Event()
        try:
            with asyncio.Runner(loop_factory=self.new_event_loop) as loop:
                loop.run(self._serve())
        except asyncio.CancelledError as error:
            # Whoever is in a hurry may cancel what has just ended.
            if self.alive:
                raise RuntimeError("the worker's main task was cancelled") from error
        except (SystemExit, KeyboardInterrupt) as error:
            if self.booted or not self.alive:
                raise
            raise RuntimeError(f"the application did not start: {error!r}") from error

    def handle_exit(self, sig: int, frame: object) -> None:
        """Stop gracefully: running handlers have nearly the whole `graceful_timeout`."""
        self.alive = False
        self._in_loop(self._stop_gracefully)

    def handle_quit(self, sig: int, frame: object) -> None:
        """Stop at once: running handlers are cancelled."""
        if self._loop is None:
            super().handle_quit(sig, frame)
        self.alive = False
        self._in_loop(self._stop_at_once)

    def handle_usr1(self, sig: int, frame: object) -> None:
        """Open the files of the logs again."""
        if not self._in_loop(self.log.reopen_files):
            super().handle_usr1(sig, frame)

    def _in_loop(self, callback: Callable[[], object]) -> bool:
        """Have the event loop do what a signal asks for, between two callbacks, where nothing is half done.

        The signals stay with gunicorn's own handlers: the event loop would give them back to the system when it is
        closed, and the next one would kill the worker. SIGABRT does not come here: it is for loops that stand still.
        """
        loop = self._loop
        if loop is None or loop.is_closed():
            return False
        loop.call_soon_threadsafe(callback)
        return True

    def _stop_gracefully(self) -> None:
        if self._stop.is_set():
            return
        self._stop.set()
        if not self.booted and self._main is not None:
            self._main.cancel()

    def _stop_at_once(self) -> None:
        if self._hurried:
            return
        self._hurried = True
        try:
            self.cfg.worker_int(self)
        finally:
            if self._cleaning_up and self._main is not None:
                self._main.cancel()
            else:
                self._stop_gracefully()

    async def _serve(self) -> None:
        """Start up, serve, and clean up: all of it in one context."""
        loop = asyncio.get_running_loop()
        self._main = main = asyncio.current_task()
        self._loop = loop
        loop.add_reader(self.PIPE[0], self._wake_up)
        if self._is_told_to_stop():
            return  # while it loaded the application
        # From the beginning to the end: the master asks whether the event loop runs, not how long a start may take.
        heartbeat = loop.create_task(self._beat())
        try:
            runner = await make_runner(self.wsgi, runner_options(self.cfg, self.log))
            try:
                await self._start(runner)
                await self._stop.wait()
            finally:
                self._cleaning_up = True
                if self._hurried and main is not None:
                    main.cancel()
                await runner.cleanup()
        except asyncio.CancelledError:
            if main is None or not self._is_told_to_stop():
                raise
            main.uncancel()
        finally:
            heartbeat.cancel()

    def _is_told_to_stop(self) -> bool:
        return not self.alive

    async def _start(self, runner: AppRunner) -> None:
        """Start the application, and listen."""
        context = tls_context(self.cfg)
        if runner.server is None:
            await runner.setup()
        for each in self.sockets:
            await SockSite(runner, each.sock, ssl_context=context, backlog=self.cfg.backlog).start()
        self.booted = True
        self._server = runner.server

    def _wake_up(self) -> None:
        """Take note of the bytes that signals leave for whoever waits, and the reloader when it has seen a change."""
        with contextlib.suppress(BlockingIOError):
            os.read(self.PIPE[0], 4096)
        if not self.alive:
            self._stop_gracefully()

    async def _beat(self) -> None:
        """Give signs of life, and stop the worker when it is its time."""
        while True:
            self.notify()
            if self._is_over():
                self.alive = False
                self._stop_gracefully()
            await asyncio.sleep(_HEARTBEAT)

    def _is_over(self) -> bool:
        """Tell whether there is a reason to stop, and log it."""
        if self._stop.is_set():
            return False
        if not self.alive:
            return True  # the reloader has seen a change
        if self.ppid != os.getppid():
            self.log.info("Parent changed, shutting down: %s", self)
            return True
        if self._server is not None:
            self.nr = self._server.requests_count
            if self.nr >= self.max_requests:
                self.log.info("Autorestarting worker after %d requests: %s", self.nr, self)
                return True
        return False
