from __future__ import annotations

import asyncio
import gc
from typing import Any

import pytest
from fake_time import in_fake_time, in_memory
from service import RawServer, Service
from websocket_service import Server

from tidewire_client import (
    ClientConnectionError,
    ClientSession,
    ClientTimeout,
    ClientWebSocketResponse,
    ClientWSTimeout,
    DeflateOptions,
    TCPConnector,
    WebSocketClosed,
    WSCloseCode,
    WSMessageTypeError,
    WSMsgType,
)
from tidewire_websocket import MessageTooBig, PingTimeout, accept_value
from tidewire_websocket.asyncio import WebSocket


async def test_messages_go_both_ways(service: Service, session: ClientSession) -> None:
    Server(service)
    async with session.ws_connect(service.url("/ws")) as ws:
        await ws.send_str("text ü")
        assert await ws.receive_str() == "text ü"
        await ws.send_bytes(bytes(range(256)))
        assert await ws.receive_bytes() == bytes(range(256))
        await ws.send_json({"a": [1]})
        assert await ws.receive_json() == {"a": [1]}
        await ws.send_json_bytes([2], dumps=lambda data: b"[2]")
        assert await ws.receive_json() == [2]
        await ws.send_frame(b"raw", WSMsgType.BINARY)
        message = await ws.receive()
        assert (message.type, message.data, message.extra) == (WSMsgType.BINARY, b"raw", "")
        assert not ws.closed
        assert ws.close_code is None
    assert ws.closed
    assert ws.close_code == WSCloseCode.OK


async def test_another_type_of_message_is_an_error(service: Service, session: ClientSession) -> None:
    Server(service)
    async with session.ws_connect(service.url("/ws")) as ws:
        await ws.send_str("a")
        with pytest.raises(WSMessageTypeError):
            await ws.receive_bytes()
        await ws.send_bytes(b"a")
        with pytest.raises(WSMessageTypeError):
            await ws.receive_str()
        with pytest.raises(TypeError):
            await ws.send_str(b"a")  # type: ignore[arg-type]


async def test_iteration_ends_when_the_server_closes(service: Service, session: ClientSession) -> None:
    async def count(ws: WebSocket) -> None:
        for number in range(3):
            await ws.send_str(str(number))
        await ws.close(code=4001, message="enough")

    Server(service, count)
    ws = await session.ws_connect(service.url("/ws"))
    assert [message.data async for message in ws] == ["0", "1", "2"]
    assert ws.close_code == 4001
    assert ws.closed
    assert (await ws.receive()).type is WSMsgType.CLOSED
    with pytest.raises(WebSocketClosed):
        await ws.send_str("late")


async def test_what_is_dropped_while_it_closes_says_nothing(service: Service, session: ClientSession) -> None:
    async def close(ws: WebSocket) -> None:
        await ws.close()

    server = Server(service, close)
    ws = await session.ws_connect(service.url("/ws"))
    assert [message async for message in ws] == []
    del ws
    gc.collect()
    await server.websockets[0].wait_closed()
    assert server.websockets[0].close_code == WSCloseCode.OK


async def test_what_is_dropped_while_it_is_open_warns(service: Service, session: ClientSession) -> None:
    server = Server(service)
    ws = await session.ws_connect(service.url("/ws"))
    await ws.send_str("a")
    held = [ws]
    del ws
    with pytest.warns(ResourceWarning, match="Unclosed websocket <ClientWebSocketResponse http"):
        held.clear()
    await server.websockets[0].wait_closed()
    assert server.websockets[0].close_code == WSCloseCode.ABNORMAL_CLOSURE


async def test_closing_tells_code_and_reason(service: Service, session: ClientSession) -> None:
    ends: list[Any] = []

    async def keep(ws: WebSocket) -> None:
        ends.append(await ws.receive())

    Server(service, keep)
    ws = await session.ws_connect(service.url("/ws"))
    assert await ws.close(code=4000, message=b"reason")
    assert not await ws.close()
    assert [(end.type, end.data, end.extra) for end in ends] == [(WSMsgType.CLOSE, 4000, "reason")]
    assert service.open == 0


async def test_a_server_that_does_not_answer_is_waited_for_so_long(session: ClientSession) -> None:
    async with MuteServer() as server:
        timeout = ClientWSTimeout(ws_close=0.05)
        ws = await session.ws_connect(server.url, timeout=timeout)
        await ws.close()
        assert ws.close_code == WSCloseCode.ABNORMAL_CLOSURE


@in_fake_time
async def test_a_message_is_waited_for_so_long() -> None:
    loop = asyncio.get_running_loop()
    async with in_memory() as (service, session):
        Server(service)
        async with session.ws_connect(service.url("/ws"), timeout=ClientWSTimeout(ws_receive=10.0)) as ws:
            before = loop.time()
            with pytest.raises(TimeoutError):
                await ws.receive()
            assert loop.time() - before == pytest.approx(10.0)
            with pytest.raises(TimeoutError):
                await ws.receive_str(timeout=3.0)
            assert loop.time() - before == pytest.approx(13.0)
            await ws.send_str("still there")
            assert await ws.receive_str(timeout=5) == "still there"


@in_fake_time
async def test_clocks_of_requests_do_not_count() -> None:
    async def late(ws: WebSocket) -> None:
        await asyncio.sleep(100)
        await ws.send_str("late")
        await ws.receive()

    async with in_memory(timeout=ClientTimeout(total=10, sock_read=0.5)) as (service, session):
        Server(service, late)
        async with session.ws_connect(service.url("/ws")) as ws:
            assert await ws.receive_str() == "late"


async def test_a_lost_connection_ends_it(service: Service, session: ClientSession) -> None:
    Server(service)
    async with session.ws_connect(service.url("/ws")) as ws:
        await ws.send_str("a")
        await ws.receive()
        service.drop_all()
        assert (await ws.receive()).type in {WSMsgType.ERROR, WSMsgType.CLOSED}
        assert (await ws.receive()).type is WSMsgType.CLOSED
        assert ws.close_code == WSCloseCode.ABNORMAL_CLOSURE


async def test_only_one_task_receives(service: Service, session: ClientSession) -> None:
    Server(service)
    async with session.ws_connect(service.url("/ws")) as ws:
        first = asyncio.ensure_future(ws.receive())
        await asyncio.sleep(0)
        with pytest.raises(RuntimeError):
            await ws.receive()
        await ws.send_str("a")
        assert (await first).data == "a"


async def test_pings_are_answered_or_shown(service: Service, session: ClientSession) -> None:
    async def ping(ws: WebSocket) -> None:
        await ws.ping(b"are you there?")
        await ws.receive()

    Server(service, ping)
    async with session.ws_connect(service.url("/ws"), autoping=False) as ws:
        message = await ws.receive()
        assert (message.type, message.data) == (WSMsgType.PING, b"are you there?")
        await ws.pong(message.data)
        await ws.ping()
        assert (await ws.receive()).type is WSMsgType.PONG


async def test_without_autoclose_the_user_answers(service: Service, session: ClientSession) -> None:
    async def close(ws: WebSocket) -> None:
        await ws.close(code=4002)

    server = Server(service, close)
    ws = await session.ws_connect(service.url("/ws"), autoclose=False)
    message = await ws.receive()
    assert (message.type, message.data) == (WSMsgType.CLOSE, 4002)
    assert not ws.closed
    await ws.close()
    await server.websockets[0].wait_closed()
    assert server.websockets[0].close_code == 1000


async def test_a_server_that_is_silent_is_given_up(session: ClientSession) -> None:
    async with MuteServer() as server:
        ws = await session.ws_connect(server.url, heartbeat=0.02)
        message = await ws.receive()
        assert message.type is WSMsgType.ERROR
        assert isinstance(message.data, PingTimeout)
        assert isinstance(ws.exception(), PingTimeout)
        await ws.close()


async def test_a_message_has_a_size(service: Service, session: ClientSession) -> None:
    async def send(ws: WebSocket) -> None:
        await ws.send_bytes(bytes(101))
        await ws.receive()

    server = Server(service, send)
    async with session.ws_connect(service.url("/ws"), max_msg_size=100) as ws:
        message = await ws.receive()
        assert message.type is WSMsgType.ERROR
        assert isinstance(message.data, MessageTooBig)
    await server.websockets[0].wait_closed()
    assert server.websockets[0].close_code == WSCloseCode.MESSAGE_TOO_BIG


async def test_texts_may_stay_bytes(service: Service, session: ClientSession) -> None:
    Server(service)
    async with session.ws_connect(service.url("/ws"), decode_text=False) as ws:
        await ws.send_str("ü")
        message = await ws.receive()
        assert (message.type, message.data) == (WSMsgType.TEXT, "ü".encode())


async def test_messages_may_come_in_pieces(service: Service, session: ClientSession) -> None:
    Server(service)
    async with session.ws_connect(service.url("/ws"), streaming=True) as ws:
        await ws.send_bytes(bytes(100_000))
        stream = await ws.receive_stream()
        assert stream is not None
        assert await stream.read(200_000) == bytes(100_000)


@pytest.mark.parametrize(
    ("compress", "server", "window", "notakeover"),
    [
        (0, DeflateOptions(), 0, False),
        (15, DeflateOptions(), 15, False),
        (True, DeflateOptions(), 15, False),
        (10, DeflateOptions(), 10, False),
        (15, DeflateOptions(peer_window_bits=11), 11, False),
        (15, DeflateOptions(peer_context_takeover=False), 15, True),
        (15, None, 0, False),
        (DeflateOptions(context_takeover=False), DeflateOptions(), 15, True),
    ],
)
async def test_compression_is_agreed_on(
    service: Service, session: ClientSession, compress: Any, server: Any, window: int, notakeover: bool
) -> None:
    Server(service, deflate=server)
    async with session.ws_connect(service.url("/ws"), compress=compress) as ws:
        assert (ws.compress, ws.client_notakeover) == (window, notakeover)
        for _ in range(3):
            await ws.send_str("again and again " * 100)
            assert await ws.receive_str() == "again and again " * 100


async def test_what_is_known_of_it(service: Service, session: ClientSession) -> None:
    Server(service, fields={"Set-Cookie": "a=1", "X-Server": "ours"})
    async with session.ws_connect(service.url("/ws")) as ws:
        assert ws.get_extra_info("peername") == ("127.0.0.1", service.port)
        assert ws.get_extra_info("nothing", 5) == 5
        assert ws.response.status == 101
        assert ws.response.headers["X-Server"] == "ours"
        assert ws.exception() is None
        assert repr(ws) == f"<ClientWebSocketResponse {service.url('/ws')} open>"
    assert repr(ws).endswith(" closed>")
    assert {cookie.key for cookie in session.cookie_jar} == {"a"}


async def test_an_open_one_takes_a_place_in_the_pool(service: Service) -> None:
    Server(service)
    async with ClientSession(connector=TCPConnector(limit=1)) as session:
        ws = await session.ws_connect(service.url("/ws"))
        waiting = asyncio.ensure_future(session.get(service.url()).__aenter__())
        for _ in range(5):
            await asyncio.sleep(0)
        assert not waiting.done()
        await ws.close()
        assert (await waiting).status == 200


async def test_closing_the_session_ends_it(service: Service) -> None:
    server = Server(service)
    async with ClientSession() as session:
        ws = await session.ws_connect(service.url("/ws"))
        receiving = asyncio.ensure_future(ws.receive())
        await asyncio.sleep(0)
    assert (await receiving).type in {WSMsgType.CLOSED, WSMsgType.ERROR}
    assert ws.close_code == WSCloseCode.ABNORMAL_CLOSURE
    await server.websockets[0].wait_closed()
    with pytest.raises(RuntimeError):
        await session.ws_connect(service.url("/ws"))


async def test_a_context_of_its_own_closes_it(service: Service, session: ClientSession) -> None:
    Server(service)
    async with await session.ws_connect(service.url("/ws")) as ws:
        assert not ws.closed
    assert ws.close_code == WSCloseCode.OK


async def test_a_cancelled_receive_loses_nothing(service: Service, session: ClientSession) -> None:
    Server(service)
    async with session.ws_connect(service.url("/ws")) as ws:
        task = asyncio.ensure_future(ws.receive())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await ws.send_str("a")
        assert await ws.receive_str() == "a"


async def test_data_may_come_with_the_answer(service: Service, session: ClientSession) -> None:
    async def greet(ws: WebSocket) -> None:
        await ws.send_str("hello")
        await ws.close()

    Server(service, greet)
    for _ in range(20):
        async with session.ws_connect(service.url("/ws")) as ws:
            assert await ws.receive_str() == "hello"


async def test_a_class_of_one_s_own(service: Service) -> None:
    class Mine(ClientWebSocketResponse):
        pass

    Server(service)
    async with ClientSession(ws_response_class=Mine) as session, session.ws_connect(service.url("/ws")) as ws:
        assert type(ws) is Mine


async def test_a_connection_that_breaks_in_the_handshake(session: ClientSession) -> None:
    async with RawServer(None) as server:
        with pytest.raises(ClientConnectionError):
            await session.ws_connect(server.url, retry=False)


class MuteServer(RawServer):
    """Agrees on a websocket, and says nothing from there on."""

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            key = head.partition(b"Sec-WebSocket-Key: ")[2].partition(b"\r\n")[0].decode()
            answer = (
                f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept_value(key)}\r\n"
            )
            writer.write(f"HTTP/1.1 101 Switching Protocols\r\n{answer}\r\n".encode())
            await reader.read()
        except (asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()
