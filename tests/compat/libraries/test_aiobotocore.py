"""aiobotocore: S3 against moto's server, which runs in a thread of this process."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError, ReadTimeoutError
from moto.server import ThreadedMotoServer

MIB = 1 << 20


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """moto's server on a free port."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials that are none, and nothing that would look for others."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    for name in (
        "AWS_PROFILE",
        "AWS_SESSION_TOKEN",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "http_proxy",
        "https_proxy",
    ):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def s3(endpoint: str) -> AsyncIterator[Any]:
    """A client with an empty bucket named `tide`."""
    config = AioConfig(s3={"addressing_style": "path"}, retries={"max_attempts": 1}, read_timeout=30)
    async with get_session().create_client("s3", endpoint_url=endpoint, config=config) as client:
        await client.create_bucket(Bucket="tide")
        yield client
        listed = await client.list_objects_v2(Bucket="tide")
        for found in listed.get("Contents", []):
            await client.delete_object(Bucket="tide", Key=found["Key"])
        await client.delete_bucket(Bucket="tide")


@pytest.mark.parametrize("size", [0, 1, 64 * 1024, 3 * MIB])
async def test_an_object_is_put_and_got(s3: Any, size: int) -> None:
    """Its bytes, type, metadata and checksum."""
    content = (b"0123456789abcdef" * (size // 16 + 1))[:size]
    put = await s3.put_object(
        Bucket="tide", Key="brest/höhe.bin", Body=content, ContentType="text/x-tide", Metadata={"unit": "m"}
    )
    assert put["ResponseMetadata"]["HTTPStatusCode"] == 200
    got = await s3.get_object(Bucket="tide", Key="brest/höhe.bin")
    assert got["ContentLength"] == size
    assert got["ContentType"] == "text/x-tide"
    assert got["Metadata"] == {"unit": "m"}
    assert got["ETag"] == put["ETag"]
    async with got["Body"] as stream:
        assert await stream.read() == content


async def test_a_body_is_streamed(s3: Any) -> None:
    """In chunks, in lines, in part, and given up half way; the connection pool survives that."""
    lines = [f"line {number}".encode() for number in range(20_000)]
    await s3.put_object(Bucket="tide", Key="lines", Body=b"\n".join(lines))
    got = await s3.get_object(Bucket="tide", Key="lines")
    async with got["Body"] as stream:
        assert [line async for line in stream.iter_lines()] == lines
    got = await s3.get_object(Bucket="tide", Key="lines")
    async with got["Body"] as stream:
        assert b"".join([chunk async for chunk in stream.iter_chunks(10_000)]) == b"\n".join(lines)
    got = await s3.get_object(Bucket="tide", Key="lines", Range="bytes=5-11")
    assert got["ResponseMetadata"]["HTTPStatusCode"] == 206
    async with got["Body"] as stream:
        assert await stream.read() == b"0\nline "
    got = await s3.get_object(Bucket="tide", Key="lines")
    async with got["Body"] as stream:
        assert await stream.read(6) == b"line 0"
    assert (await s3.head_object(Bucket="tide", Key="lines"))["ContentLength"] == len(b"\n".join(lines))


async def test_a_file_object_is_uploaded_and_left_open(s3: Any) -> None:
    """The library keeps its files from being closed."""
    file = io.BytesIO(b"x" * 300_000)
    await s3.put_object(Bucket="tide", Key="file", Body=file)
    assert not file.closed
    got = await s3.get_object(Bucket="tide", Key="file")
    assert len(await got["Body"].read()) == 300_000


async def test_an_object_comes_in_parts(s3: Any) -> None:
    """A multipart upload, its parts side by side."""
    upload = await s3.create_multipart_upload(Bucket="tide", Key="parts")
    given = {"Bucket": "tide", "Key": "parts", "UploadId": upload["UploadId"]}
    bodies = [b"a" * 5 * MIB, b"b" * 5 * MIB, b"c" * 100]
    sent = await asyncio.gather(
        *(s3.upload_part(**given, PartNumber=number, Body=body) for number, body in enumerate(bodies, 1))
    )
    parts = [{"PartNumber": number, "ETag": part["ETag"]} for number, part in enumerate(sent, 1)]
    listed = await s3.list_parts(**given)
    assert [part["Size"] for part in listed["Parts"]] == [len(body) for body in bodies]
    await s3.complete_multipart_upload(**given, MultipartUpload={"Parts": parts})
    got = await s3.get_object(Bucket="tide", Key="parts")
    async with got["Body"] as stream:
        assert await stream.read() == b"".join(bodies)


async def test_keys_are_listed_page_by_page(s3: Any) -> None:
    """With a paginator, over connections that are shared."""
    keys = [f"level/{number:02}" for number in range(25)]
    await asyncio.gather(*(s3.put_object(Bucket="tide", Key=key, Body=b"1") for key in keys))
    paginator = s3.get_paginator("list_objects_v2")
    asked = paginator.paginate(Bucket="tide", Prefix="level/", PaginationConfig={"PageSize": 10})
    pages = [[found["Key"] for found in page["Contents"]] async for page in asked]
    assert [len(page) for page in pages] == [10, 10, 5]
    assert [key for page in pages for key in page] == keys
    removed = await s3.delete_objects(Bucket="tide", Delete={"Objects": [{"Key": key} for key in keys]})
    assert len(removed["Deleted"]) == 25


async def test_a_waiter_waits_until_it_is_there(s3: Any) -> None:
    """HEAD is 404 until then."""
    with pytest.raises(ClientError) as caught:
        await s3.head_object(Bucket="tide", Key="late")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
    waiter = s3.get_waiter("object_exists")
    waiting = asyncio.ensure_future(
        waiter.wait(Bucket="tide", Key="late", WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    )
    await s3.put_object(Bucket="tide", Key="late", Body=b"")
    await waiting


async def test_a_presigned_url_is_used_without_credentials(s3: Any) -> None:
    """Put and get by a plain session."""
    import aiohttp

    put = await s3.generate_presigned_url("put_object", Params={"Bucket": "tide", "Key": "signed"})
    get = await s3.generate_presigned_url("get_object", Params={"Bucket": "tide", "Key": "signed"})
    async with aiohttp.ClientSession() as session:
        async with session.put(put, data=b"by url") as response:
            assert response.status == 200
        async with session.get(get) as response:
            assert await response.read() == b"by url"


async def test_an_error_of_the_service_is_a_client_error(s3: Any) -> None:
    """With the code of the service."""
    with pytest.raises(ClientError) as caught:
        await s3.get_object(Bucket="tide", Key="nowhere")
    assert caught.value.response["Error"]["Code"] == "NoSuchKey"
    with pytest.raises(ClientError) as caught:
        await s3.list_objects_v2(Bucket="no-such-bucket")
    assert caught.value.response["Error"]["Code"] == "NoSuchBucket"


async def test_another_service_speaks_json(endpoint: str) -> None:
    """SQS: a message is sent, received and deleted."""
    async with get_session().create_client("sqs", endpoint_url=endpoint) as sqs:
        queue = (await sqs.create_queue(QueueName="tides"))["QueueUrl"]
        await sqs.send_message(QueueUrl=queue, MessageBody="hoch")
        received = (await sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1))["Messages"]
        assert [message["Body"] for message in received] == ["hoch"]
        await sqs.delete_message(QueueUrl=queue, ReceiptHandle=received[0]["ReceiptHandle"])


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        ("refuse", EndpointConnectionError),
        ("close", ConnectionClosedError),
        ("cut", ConnectionClosedError),
        ("stay silent", ReadTimeoutError),
    ],
)
async def test_a_connection_that_fails_is_botocores_error(behaviour: str, error: type[Exception]) -> None:
    """Which error it is follows from the client's error."""

    async def misbehave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            if behaviour == "cut":
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<")
            if behaviour == "stay silent":
                await reader.read()
        finally:
            writer.close()

    server = await asyncio.start_server(misbehave, "127.0.0.1", 0)
    port = 1 if behaviour == "refuse" else server.sockets[0].getsockname()[1]
    config = AioConfig(connect_timeout=15, read_timeout=1 if behaviour == "stay silent" else 15)
    config.retries = {"max_attempts": 0}
    async with (
        server,
        get_session().create_client("s3", endpoint_url=f"http://127.0.0.1:{port}", config=config) as client,
    ):
        with pytest.raises(error):
            await client.list_buckets()
