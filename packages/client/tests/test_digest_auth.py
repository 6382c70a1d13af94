from __future__ import annotations

import asyncio
import io
from typing import Any

import pytest
from service import Seen, Service

from tidewire_client import ClientSession, DigestAuthMiddleware
from tidewire_http_parser.field_values import parse_credentials


class Guard:
    """Asks for credentials, and accepts those with the current nonce."""

    def __init__(self, extra: str = "", info: str = "", qop: str = "auth") -> None:
        self.nonce = "first"
        self.extra = extra
        self.info = info
        self.qop = qop

    def __call__(self, seen: Seen) -> None:
        given = seen.headers.get("Authorization")
        if given is not None and parse_credentials(given).parameters.get("nonce") == self.nonce:
            fields = [("Authentication-Info", self.info)] if self.info else []
            seen.answer_with(200, fields, seen.body)
        else:
            seen.answer_with(
                401,
                [
                    ("WWW-Authenticate", 'Basic realm="b"'),
                    (
                        "WWW-Authenticate",
                        f'Digest realm="r", nonce="{self.nonce}", qop="{self.qop}"{self.extra}',
                    ),
                ],
                b"who are you?",
            )


def session_with(**how: Any) -> ClientSession:
    return ClientSession(middlewares=[DigestAuthMiddleware("user", "secret", **how)])


async def test_a_challenge_is_answered_once_and_remembered(service: Service) -> None:
    service.on("/", Guard())
    async with session_with() as session:
        for status in (200, 200):
            async with session.get(service.url("/?q=1")) as response:
                assert response.status == status
    assert len(service.seen) == 3
    parameters = parse_credentials(service.last.headers["Authorization"]).parameters
    assert parameters["uri"] == "/?q=1"
    assert parameters["nc"] == "00000002"
    assert service.made == 1


async def test_credentials_need_not_be_sent_before_they_are_asked_for(service: Service) -> None:
    service.on("/", Guard())
    async with session_with(preemptive=False) as session:
        for _ in range(2):
            await session.get(service.url())
    assert len(service.seen) == 4


async def test_a_nonce_that_is_stale_is_replaced(service: Service) -> None:
    guard = Guard(", stale=true")
    service.on("/", guard)
    async with session_with() as session:
        await session.get(service.url())
        guard.nonce = "second"
        async with session.get(service.url()) as response:
            assert response.status == 200
    assert len(service.seen) == 4


async def test_a_server_may_say_the_next_nonce(service: Service) -> None:
    guard = Guard(info='nextnonce="second"')
    service.on("/", guard)
    async with session_with() as session:
        await session.get(service.url())
        guard.nonce = "second"
        await session.get(service.url())
    assert len(service.seen) == 3


@pytest.mark.parametrize("preemptive", [False, True])
async def test_requests_with_one_nonce_are_counted(service: Service, preemptive: bool) -> None:
    service.on("/", Guard())
    async with session_with(preemptive=preemptive) as session:
        for _ in range(3):
            await asyncio.gather(session.get(service.url()), session.get(service.url()))
    given = [seen.headers["Authorization"] for seen in service.seen if "Authorization" in seen.headers]
    counts = [parse_credentials(value).parameters["nc"] for value in given]
    assert sorted(counts) == [f"{count:08x}" for count in range(1, 7)]


async def test_a_body_that_is_compressed_as_it_is_sent_is_not_protected(service: Service) -> None:
    service.on("/", Guard(qop="auth-int, auth"))
    async with session_with() as session, session.post(service.url(), data=b"x", compress="gzip") as response:
        assert response.status == 200
    parameters = parse_credentials(service.last.headers["Authorization"]).parameters
    assert parameters["qop"] == "auth"


async def test_wrong_credentials_are_tried_once(service: Service) -> None:
    def never(seen: Seen) -> None:
        seen.answer(401, b"", WWW_Authenticate='Digest realm="r", nonce="n"')

    service.on("/", never)
    async with session_with() as session, session.get(service.url()) as response:
        assert response.status == 401
    assert len(service.seen) == 2


@pytest.mark.parametrize("qop", ["auth", "auth-int", "auth, auth-int"])
async def test_a_body_is_sent_again(service: Service, qop: str) -> None:
    service.on("/", Guard(qop=qop))
    async with session_with() as session, session.post(service.url(), data=io.BytesIO(b"body")) as response:
        assert await response.read() == b"body"
    parameters = parse_credentials(service.last.headers["Authorization"]).parameters
    assert parameters["qop"] == ("auth-int" if "int" in qop else "auth")


async def test_a_body_that_is_gone_leaves_the_answer_as_it_is(service: Service) -> None:
    async def pieces() -> Any:
        yield b"once"

    service.on("/", Guard())
    async with session_with() as session, session.post(service.url(), data=pieces()) as response:
        assert response.status == 401
        assert await response.read() == b"who are you?"


async def test_other_origins_get_nothing(service: Service) -> None:
    service.on("/", Guard())
    async with session_with() as session:
        await session.get(service.url())
        async with session.get(service.url("/", host="localhost")) as response:
            assert response.status == 401
    assert "Authorization" not in service.last.headers


async def test_other_schemes_are_not_answered(service: Service) -> None:
    service.on("/", lambda seen: seen.answer(401, b"", WWW_Authenticate="Basic realm=x"))
    async with session_with() as session, session.get(service.url()) as response:
        assert response.status == 401
    assert len(service.seen) == 1


@pytest.mark.parametrize("arguments", [(None, "x"), ("x", None), ("a:b", "x")])
def test_what_cannot_be_credentials_is_refused(arguments: Any) -> None:
    with pytest.raises(ValueError, match="allowed"):
        DigestAuthMiddleware(*arguments)


def test_passwords_are_not_shown() -> None:
    assert "secret" not in repr(DigestAuthMiddleware("user", "secret"))
