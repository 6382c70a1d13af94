from __future__ import annotations

import tidewire_http_io.forms
import tidewire_web
from tidewire.compat._multipart import MultipartReader, MultipartResponseWrapper
from tidewire.test_utils import TestClient, TestServer


async def test_the_parts_of_a_response_are_read() -> None:
    async def handler(_: tidewire_web.Request) -> tidewire_web.Response:
        writer = tidewire_http_io.forms.MultipartWriter("mixed")
        writer.append("one")
        writer.append("two")
        return tidewire_web.Response(body=writer)

    app = tidewire_web.Application()
    app.router.add_get("/", handler)
    async with TestClient(TestServer(app)) as client, client.get("/") as response:
        reader = MultipartReader.from_response(response)
        assert isinstance(reader, MultipartResponseWrapper)
        assert [await part.text() async for part in reader] == ["one", "two"]
        assert reader.at_eof()
        assert isinstance(
            tidewire_http_io.forms.MultipartReader(response.headers, response.content), MultipartReader
        )
