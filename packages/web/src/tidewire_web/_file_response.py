"""Responses whose body is a file."""

from __future__ import annotations

import asyncio
import functools
import os
import time
from typing import Final

from multidict import CIMultiDict

from tidewire_http_io import BodyLengthMismatch, BodySink, PeerGone, ServerExchange
from tidewire_http_parser import FieldBlock, InvalidFieldValue
from tidewire_http_parser.field_values import ETag, parse_date, parse_etag
from tidewire_web._byte_ranges import ByteRanges
from tidewire_web._compression import vary_by_coding
from tidewire_web._file_plan import FilePlan, FileQuery, plan_file, query_of
from tidewire_web._file_planner import file_planner
from tidewire_web._open_file import Folder, OpenFile
from tidewire_web._response_head import CONTENT_LENGTH, CONTENT_TYPE, LooseHeaders
from tidewire_web._stream_response import StreamResponse
from tidewire_web._types import RequestLike

__all__ = ["FileResponse"]

# Bytes that are read at once where the system does not send files itself: the way to a thread and back has to be paid.
_CHUNK: Final = 262144


class FileResponse(StreamResponse):
    """A response whose body is a file.

    Nothing is asked of the file system before the response is sent, and then in a thread. Requests that are conditional
    or ask for ranges are answered by RFC 9110, sections 13 and 14: with 304, 412, 206 or 416 where `status` is 200.
    Entity tag, Last-Modified and Content-Type come from the file where `headers` do not tell them. Where there is no
    such file the answer is 404, and where it may not be read, or is no file in the narrow sense, 403.

    Several ranges are the parts of a multipart/byteranges, in their order, where those that overlap or touch are one;
    each part tells the file's Content-Type and, where there is one, its Content-Encoding. The whole file is the answer
    where that is no longer than the parts with their heads, and to more than 16 ranges.

    Beside a file `name` there may be the same compressed, as `name.br`, `name.zst` or `name.gz`, and no link: it is
    sent to those who accept it, unless `headers` has an entity tag or a Content-Encoding.

    The file is sent by the system itself where that is possible. `prepare()` sends all of it, and so ends the response.

    Args:
        path: where the file is.
        chunk_size: bytes that are read at once where the system does not send it.
        status: the status code.
        reason: the reason phrase, None for the usual one.
        headers: fields of the head.

    Raises:
        ValueError: control characters in the reason phrase, or a chunk size below 1.
    """

    _plan: FilePlan | None = None  # what was decided; None before that, and once it is carried out
    # The Content-Type of several ranges: without its boundary nobody could read them, whoever knows better.
    _multipart_type: str | None = None

    def __init__(
        self,
        path: str | os.PathLike[str],
        chunk_size: int = _CHUNK,
        status: int = 200,
        reason: str | None = None,
        headers: LooseHeaders | None = None,
    ) -> None:
        if chunk_size < 1:
            raise ValueError(f"no chunk has {chunk_size} bytes")
        super().__init__(status=status, reason=reason, headers=headers)
        self._path = os.fspath(path)
        self._chunk_size = chunk_size

    async def prepare(self, request: RequestLike) -> BodySink | None:
        """Send head and file; nothing happens where that was done for the same request.

        Raises:
            RuntimeError: the response answers another request already.
            ConnectionResetError: the peer has gone.
            tidewire_http_io.BodyLengthMismatch: the file has become shorter while it was sent.
            tidewire_http_parser.LocalProtocolError: a value that may not go out.
        """
        if self._exchange is not None:
            return await super().prepare(request)
        if self._plan is None:
            look = functools.partial(plan_file, self._query(request), self._open)
            self.follow(await file_planner().plan(self._path, look))
        if self.send_at_once(request):
            return None
        plan, self._plan = self._plan, None
        assert plan is not None
        try:
            sink = await super().prepare(request)
            if sink is not None:
                await self._send_content(request.exchange, plan)
        finally:
            plan.close()
        return None

    def follow(self, plan: FilePlan) -> None:
        """Have status and fields of a plan, which is then carried out when the response is sent.

        Args:
            plan: what was decided; its file is closed with the response's end, or with the response.
        """
        if plan.status != self._status:
            self.set_status(plan.status)
        headers = self._headers
        if headers is None:
            headers = self._headers = CIMultiDict(plan.fields)
        else:
            for name, value in plan.fields:
                headers.setdefault(name, value)
        if plan.ranges is not None:
            # Each part tells its own.
            self._multipart_type = plan.ranges.content_type
            headers.pop("Content-Encoding", None)
        if plan.varies:
            vary_by_coding(headers)
        if plan.status == 304:
            headers.pop("Content-Length", None)
        elif not self._chunked:
            self.content_length = plan.count
        self._plan = plan

    def _query(self, request: RequestLike) -> FileQuery:
        headers = self.headers
        return query_of(
            request.exchange.head.method,
            request.headers,
            self._status,
            etag=_etag_in(headers.get("ETag")),
            modified=_moment_in(headers.get("Last-Modified")),
            takes_siblings="ETag" not in headers and "Content-Encoding" not in headers,
            content_type=headers.get(CONTENT_TYPE),
            coding=headers.get("Content-Encoding"),
        )

    def _open(self) -> tuple[OpenFile | None, Folder, str]:
        """Open the file; what a thread does."""
        path, name = os.path.split(self._path)
        folder = Folder(path)
        try:
            return folder.open(name or ".", follow=True), folder, name
        except FileNotFoundError:
            return None, folder, name

    def _adjust_fields(self, exchange: ServerExchange) -> None:
        super()._adjust_fields(exchange)
        if self._multipart_type is not None:
            self.headers[CONTENT_TYPE] = self._multipart_type

    def _has_body(self) -> bool:
        # Only what is of the file has a type; where there is one, the plan has told it.
        return False

    def send_at_once(self, request: RequestLike) -> bool:
        """Send head and file together, without waiting for anything, where that can be done.

        Returns:
            Whether it was done; otherwise `send()` does it.

        Raises:
            tidewire_http_parser.LocalProtocolError: a value that may not go out, or another response was sent.
        """
        plan = self._plan
        if (
            plan is None
            or plan.content is None
            or plan.ranges is not None
            or self._exchange is not None
            or self._compression is not None
            or self._cookies is not None
            or self._trailers
            or self._chunked
            or self._closes
            or request.prepare_receivers
            or self._status not in (200, 206)
        ):
            return False
        content = plan.content
        headers = self.headers
        if headers.get(CONTENT_LENGTH) != str(len(content)):
            return False
        standard: FieldBlock | None = request.services.standard_fields
        for name, _ in request.services.standard_fields.fields:
            if name in headers:
                self._add_usual_fields(request)
                standard = None
                break
        request.exchange.respond(self._status, self._reason, list(headers.items()), content, standard)
        self._plan = None
        self._exchange = request.exchange
        self._end()
        return True

    async def _send_content(self, exchange: ServerExchange, plan: FilePlan) -> None:
        if self._is_bodiless(exchange) or not plan.count:
            exchange.send_data(b"", end=True)
        elif self._encoder is not None:
            await self._write_content(plan)
            return
        elif plan.content is not None:
            exchange.send_data(plan.content, end=True)
        elif plan.file is not None and plan.ranges is not None:
            await self._send_ranges(exchange, plan.file, plan.ranges)
        elif plan.file is not None:
            await self._send_file(exchange, plan.file, plan.offset, plan.count)
            exchange.send_data(b"", end=True)
        self._end()

    async def _send_ranges(self, exchange: ServerExchange, file: OpenFile, ranges: ByteRanges) -> None:
        """Send several parts of a file, each with its head."""
        for head, offset, size in ranges.parts:
            exchange.send_data(head)
            await self._send_file(exchange, file, offset, size)
        exchange.send_data(ranges.end, end=True)

    async def _send_file(self, exchange: ServerExchange, file: OpenFile, offset: int, count: int) -> None:
        """Send a part of a file: by the system as far as it can, and the rest in pieces."""
        end = offset + count
        if (sendfile := exchange.sendfile) is not None:
            offset += await sendfile(file.descriptor, offset, count)
        while offset < end:
            if exchange.disconnected:
                raise PeerGone
            piece = await self._read(file, offset, end)
            offset += len(piece)
            exchange.send_data(piece)
            if not exchange.is_writable:
                await exchange.writable()

    async def _write_content(self, plan: FilePlan) -> None:
        """Send what is encoded on the way."""
        if plan.content is not None:
            await self.write_eof(plan.content)
        elif plan.file is not None:
            offset = plan.offset
            end = offset + plan.count
            while offset < end:
                piece = await self._read(plan.file, offset, end)
                offset += len(piece)
                await self.write(piece)
            await self.write_eof()

    async def _read(self, file: OpenFile, offset: int, end: int) -> bytes:
        size = min(self._chunk_size, end - offset)
        # A large piece takes a while, for which nobody has to wait.
        piece = await asyncio.get_running_loop().run_in_executor(None, file.read, offset, size)
        if len(piece) < size:
            raise BodyLengthMismatch(end, offset + len(piece))
        return piece


def _etag_in(value: str | None) -> ETag | None:
    try:
        return None if value is None else parse_etag(value)
    except InvalidFieldValue:
        return None


def _moment_in(value: str | None) -> int | None:
    try:
        return None if value is None else parse_date(value, time.time())
    except InvalidFieldValue:
        return None
