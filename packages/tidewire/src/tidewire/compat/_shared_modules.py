"""What can be imported from aiohttp's modules that client and server share, and from those about tests."""

from __future__ import annotations

from typing import Final

from tidewire.compat._types import ModuleTable, Sources

__all__: list[str] = []

SHARED_MODULES: Final[ModuleTable] = {
    "aiohttp.abc": (
        ("tidewire.abc", "*"),
        ("._abstract_types", "AbstractMatchInfo AbstractRouter AbstractStreamWriter"),
    ),
    "aiohttp.base_protocol": (("._protocols", "BaseProtocol"),),
    "aiohttp.compression_utils": (
        ("tidewire", "set_zlib_backend"),
        ("._constants", "HAS_BROTLI HAS_ZSTD"),
    ),
    "aiohttp.formdata": (("._form_data", "FormData"),),
    "aiohttp.hdrs": (("tidewire_http_parser.hdrs", "*"), ("._constants", "HOST_ALL")),
    "aiohttp.helpers": (
        ("tidewire", "ChainMapProxy ETag encode_basic_auth"),
        ("tidewire_web", "AppKey RequestKey ResponseKey"),
        ("propcache.api", "reify=under_cached_property"),
        ("tidewire_http_parser.field_values", "validate_etag_value=parse_etag"),
        ("._basic_auth", "BasicAuth strip_auth_from_url"),
        (
            "._constants",
            "DEBUG DEFAULT_CHUNK_SIZE EMPTY_BODY_METHODS EMPTY_BODY_STATUS_CODES ETAG_ANY IS_MACOS",
        ),
        ("._constants", "IS_WINDOWS NO_EXTENSIONS PY_311 TOKEN CHAR CTL SEPARATORS _SENTINEL sentinel"),
        ("._environment", "ProxyInfo get_env_proxy_for_url netrc_from_env proxies_from_env"),
        (
            "._field_functions",
            "MimeType content_disposition_header guess_filename is_ip_address must_be_empty_body",
        ),
        ("._field_functions", "parse_http_date parse_mimetype quoted_string rfc822_formatted_time"),
        (
            "._futures",
            "BaseTimerContext TimeoutHandle TimerContext TimerNoop calculate_timeout_when call_later",
        ),
        ("._futures", "ceil_timeout noop set_exception set_result weakref_handle"),
    ),
    "aiohttp.http": (
        ("tidewire", "HttpVersion HttpVersion10 HttpVersion11"),
        ("tidewire_websocket", "WSCloseCode WSMessage WSMessageTextBytes WSMsgType WebSocketError WS_KEY"),
        ("._constants", "RESPONSES SERVER_SOFTWARE"),
        ("._http_errors", "HttpProcessingError"),
        ("._protocols", "RawRequestMessage RawResponseMessage StreamWriter"),
    ),
    "aiohttp.http_exceptions": (
        (
            "._http_errors",
            "BadHttpMessage BadHttpMethod BadStatusLine ContentEncodingError ContentLengthError",
        ),
        (
            "._http_errors",
            "DecompressSizeError HttpBadRequest HttpProcessingError InvalidHeader InvalidURLError",
        ),
        ("._http_errors", "LineTooLong PayloadEncodingError TransferEncodingError"),
    ),
    "aiohttp.http_parser": (("._protocols", "RawRequestMessage RawResponseMessage"),),
    "aiohttp.http_websocket": (
        (
            "tidewire_websocket",
            "WSCloseCode WSHandshakeError WSMessage WSMessageTextBytes WSMsgType WebSocketError",
        ),
        ("tidewire_websocket", "WS_KEY"),
        ("._constants", "WS_CLOSED_MESSAGE WS_CLOSING_MESSAGE"),
    ),
    "aiohttp.http_writer": (
        ("tidewire", "HttpVersion HttpVersion10 HttpVersion11"),
        ("._protocols", "StreamWriter"),
    ),
    "aiohttp.log": (
        ("._loggers", "access_logger client_logger internal_logger server_logger web_logger ws_logger"),
    ),
    "aiohttp.multipart": (
        ("tidewire", "BadContentDispositionHeader BadContentDispositionParam content_disposition_filename"),
        ("tidewire", "parse_content_disposition"),
        ("tidewire_http_io.forms", "BodyPartReader BodyPartReaderPayload MultipartWriter"),
        ("._multipart", "MultipartReader MultipartResponseWrapper"),
    ),
    "aiohttp.payload": (("tidewire_http_io.payloads", "*"),),
    "aiohttp.payload_streamer": (("._streamer", "streamer StreamPayload StreamWrapperPayload"),),
    "aiohttp.pytest_plugin": (
        ("._fixtures", "*"),
        ("._fixtures", "loop proactor_loop raw_test_server test_client test_server unused_port"),
    ),
    "aiohttp.streams": (
        ("tidewire", "DataQueue EofStream EMPTY_PAYLOAD"),
        ("tidewire_http_io", "EmptyStreamReader"),
        ("._stream_reader", "StreamReader FlowControlDataQueue"),
    ),
    "aiohttp.tcp_helpers": (("._protocols", "tcp_keepalive tcp_nodelay"),),
    "aiohttp.test_utils": (
        ("tidewire.test_utils", "*"),
        ("._old_test_case", "AioHTTPTestCase unittest_run_loop"),
    ),
    "aiohttp.typedefs": (
        ("tidewire_client", "LooseCookies LooseHeaders Query StrOrURL"),
        (
            "._constants",
            "Byteish DEFAULT_JSON_DECODER DEFAULT_JSON_ENCODER Handler JSONBytesEncoder JSONDecoder",
        ),
        (
            "._constants",
            "JSONEncoder Middleware PathLike RawHeaders LooseCookiesMappings LooseCookiesIterables",
        ),
    ),
    "aiohttp.worker": (("._workers", "GunicornWebWorker GunicornUVLoopWebWorker"),),
}
"""The modules that client and server share, with where their names come from."""

COMMON: Final[Sources] = (
    ("yarl", "URL"),
    ("multidict", "CIMultiDict CIMultiDictProxy MultiDict MultiDictProxy istr"),
    ("frozenlist", "FrozenList"),
    ("tidewire_web", "Signal"),
)
"""What most modules of aiohttp import, and some programs then from them."""
