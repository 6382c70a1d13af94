"""What can be imported from aiohttp, and from its modules that are about the client."""

from __future__ import annotations

from typing import Final

from tidewire.compat._types import ModuleTable

__all__: list[str] = []

AIOHTTP_VERSION: Final = "3.14.5"
"""The version of aiohttp whose names and behaviour compat has; what is asked for it is told this."""

_ERRORS: Final = """
    ClientConnectionError ClientConnectionResetError ClientConnectorCertificateError ClientConnectorDNSError
    ClientConnectorError ClientConnectorSSLError ClientError ClientHttpProxyError ClientOSError ClientPayloadError
    ClientProxyConnectionError ClientResponseError ClientSSLError ConnectionTimeoutError ContentTypeError InvalidURL
    InvalidUrlClientError InvalidUrlRedirectClientError NonHttpUrlClientError NonHttpUrlRedirectClientError
    RedirectClientError ServerConnectionError ServerDisconnectedError ServerFingerprintMismatch ServerTimeoutError
    SocketTimeoutError TooManyRedirects UploadAbortedError WSMessageTypeError WSServerHandshakeError
"""
_TRACING: Final = """
    TraceConfig TraceConnectionCreateEndParams TraceConnectionCreateStartParams TraceConnectionQueuedEndParams
    TraceConnectionQueuedStartParams TraceConnectionReuseconnParams TraceDnsCacheHitParams TraceDnsCacheMissParams
    TraceDnsResolveHostEndParams TraceDnsResolveHostStartParams TraceRequestChunkSentParams TraceRequestEndParams
    TraceRequestExceptionParams TraceRequestHeadersSentParams TraceRequestRedirectParams TraceRequestStartParams
    TraceResponseChunkReceivedParams
"""
_PAYLOADS: Final = """
    AsyncIterablePayload BufferedReaderPayload BytesIOPayload BytesPayload IOBasePayload JsonPayload PAYLOAD_REGISTRY
    Payload StringIOPayload StringPayload TextIOPayload get_payload payload_type
"""
_MULTIPART: Final = """
    BadContentDispositionHeader BadContentDispositionParam content_disposition_filename parse_content_disposition
"""

CLIENT_MODULES: Final[ModuleTable] = {
    "aiohttp": (
        ("tidewire", "hdrs ChainMapProxy ETag DataQueue EofStream EMPTY_PAYLOAD set_zlib_backend"),
        ("tidewire", "HttpVersion HttpVersion10 HttpVersion11"),
        ("tidewire", _MULTIPART),
        ("tidewire_client", _ERRORS),
        ("tidewire_client", _TRACING),
        (
            "tidewire_client",
            "AddrInfoType SocketFactoryType ClientRequest ClientTimeout ClientWSTimeout Fingerprint",
        ),
        (
            "tidewire_client",
            "ClientWebSocketResponse RequestInfo UploadTracker ClientMiddlewareType ClientHandlerType",
        ),
        ("tidewire_client", "BaseConnector UnixConnector NamedPipeConnector CookieJar DummyCookieJar"),
        (
            "tidewire_client",
            "AsyncResolver DefaultResolver ThreadedResolver DigestAuthMiddleware encode_basic_auth",
        ),
        ("tidewire_client", "WSMsgType WSCloseCode WSMessage WebSocketError"),
        ("tidewire_http_io.payloads", _PAYLOADS),
        ("tidewire_http_io.forms", "BodyPartReader MultipartWriter"),
        ("._multipart", "MultipartReader"),
        ("._session", "ClientSession request"),
        ("._client_response", "ClientResponse"),
        ("._connector", "TCPConnector"),
        ("._basic_auth", "BasicAuth"),
        ("._form_data", "FormData"),
        ("._stream_reader", "StreamReader FlowControlDataQueue"),
        ("._streamer", "streamer"),
        ("._workers", "GunicornWebWorker GunicornUVLoopWebWorker"),
    ),
    "aiohttp.client": (
        (
            "._session",
            "ClientSession request DEFAULT_TIMEOUT _RequestContextManager _WSRequestContextManager",
        ),
        ("._session", "_BaseRequestContextManager=_RequestContextManager"),
        ("._session", "_RequestOptions _WSConnectOptions"),
        ("tidewire_client", "ClientTimeout"),
    ),
    "aiohttp.client_exceptions": (
        ("tidewire_client", _ERRORS),
        ("tidewire_client", "UnixClientConnectorError"),
        ("._connector", "cert_errors ssl_errors ssl_error_bases=ssl_errors cert_errors_bases=cert_errors"),
    ),
    "aiohttp.client_middleware_digest_auth": (("tidewire_client", "DigestAuthMiddleware"),),
    "aiohttp.client_middlewares": (("tidewire_client", "ClientHandlerType ClientMiddlewareType"),),
    "aiohttp.client_proto": (("._protocols", "ResponseHandler"),),
    "aiohttp.client_reqrep": (
        ("tidewire_client", "ClientRequest Fingerprint RequestInfo UploadTracker"),
        ("tidewire_http_parser.field_values", "ContentDisposition"),
        ("._client_response", "ClientResponse"),
        ("._connector", "ConnectionKey SSL_ALLOWED_TYPES _merge_ssl_params"),
    ),
    "aiohttp.client_ws": (
        ("tidewire_client", "ClientWSTimeout ClientWebSocketResponse"),
        ("._session", "DEFAULT_WS_CLIENT_TIMEOUT"),
    ),
    "aiohttp.connector": (
        ("tidewire_client", "BaseConnector Connection NamedPipeConnector UnixConnector"),
        ("tidewire_client", "AddrInfoType SocketFactoryType"),
        ("._connector", "TCPConnector"),
    ),
    "aiohttp.cookiejar": (("tidewire_client", "CookieJar DummyCookieJar"),),
    "aiohttp.resolver": (("tidewire_client", "AsyncResolver DefaultResolver ThreadedResolver"),),
    "aiohttp.tracing": (("tidewire_client", _TRACING),),
}
"""The modules that are about the client, with where their names come from."""
