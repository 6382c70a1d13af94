"""Handlers within middlewares, kept by route."""

from __future__ import annotations

from typing import Any

from tidewire_web import Application, ResourceRoute
from tidewire_web._chains import Chains, PrepareReceivers


async def handler(request: Any) -> Any:
    """Is not called."""


async def through(request: Any, handler: Any) -> Any:
    return await handler(request)


async def receiver(request: Any, response: Any) -> None:
    """Is not called."""


def test_a_handler_is_made_once_for_each_route() -> None:
    app = Application(middlewares=[through])
    routes = [app.router.add_get(f"/{number}", handler) for number in range(3)]
    chains = Chains(app, 3)
    made = [chains.make(route, ()) for route in routes]
    assert [chains.by_route[route] for route in routes] == made
    assert len({id(each) for each in made}) == 3


def test_what_is_kept_has_a_bound() -> None:
    chains = Chains(Application(middlewares=[through]), 2)
    routes = [ResourceRoute("GET", handler, None) for _ in range(5)]
    for route in routes:
        assert chains.make(route, ()) is not handler
    assert list(chains.by_route) == routes[:2]


def test_nothing_is_kept_as_long_as_middlewares_may_change() -> None:
    app = Application()
    chains = Chains(app, 0)
    route = app.router.add_get("/", handler)
    assert chains.make(route, ()) is handler
    app.middlewares.append(through)
    assert chains.make(route, ()) is not handler
    assert not chains.by_route
    assert chains.without_route(()) is not chains.without_route(())


def test_requests_without_a_route_share_a_handler_in_each_application() -> None:
    app, sub = Application(middlewares=[through]), Application(middlewares=[through])
    chains = Chains(app, 1)
    assert chains.without_route(()) is chains.without_route(())
    assert chains.without_route((sub,)) is chains.without_route((sub,)) is not chains.without_route(())


def test_receivers_of_outer_applications_come_first() -> None:
    async def inner(request: Any, response: Any) -> None:
        """Is not called."""

    app, sub = Application(), Application()
    app.on_response_prepare.append(receiver)
    sub.on_response_prepare.append(inner)
    receivers = PrepareReceivers(app, changing=False)
    assert receivers.of(()) == (receiver,)
    assert receivers.of((sub,)) == (receiver, inner)
    sub.on_response_prepare.append(receiver)
    assert receivers.of((sub,)) == (receiver, inner)
    assert PrepareReceivers(app, changing=True).of((sub,)) == (receiver, inner, receiver)
