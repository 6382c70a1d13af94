"""Tidewire: an asyncio HTTP stack, in the shape that users of aiohttp know.

    from tidewire import ClientSession, web

`tidewire.web` is the server framework, `tidewire.test_utils` has test servers and clients, and `tidewire.compat` lets
programs that import aiohttp run on Tidewire unchanged. The parts are distributions of their own, to be installed and
imported one by one where that is enough.
"""

from tidewire import hdrs as hdrs
from tidewire import web as web
from tidewire._content_disposition import BadContentDispositionHeader as BadContentDispositionHeader
from tidewire._content_disposition import BadContentDispositionParam as BadContentDispositionParam
from tidewire._content_disposition import content_disposition_filename as content_disposition_filename
from tidewire._content_disposition import parse_content_disposition as parse_content_disposition
from tidewire._data_queue import DataQueue as DataQueue
from tidewire._data_queue import EofStream as EofStream
from tidewire._http_version import HttpVersion as HttpVersion
from tidewire._http_version import HttpVersion10 as HttpVersion10
from tidewire._http_version import HttpVersion11 as HttpVersion11
from tidewire_client import AbstractCookieJar as AbstractCookieJar
from tidewire_client import AbstractResolver as AbstractResolver
from tidewire_client import AddressPolicyType as AddressPolicyType
from tidewire_client import AddrInfoType as AddrInfoType
from tidewire_client import AsyncResolver as AsyncResolver
from tidewire_client import BaseConnector as BaseConnector
from tidewire_client import BasicAuth as BasicAuth
from tidewire_client import ClientAddressRefusedError as ClientAddressRefusedError
from tidewire_client import ClientConnectionError as ClientConnectionError
from tidewire_client import ClientConnectionResetError as ClientConnectionResetError
from tidewire_client import ClientConnectorCertificateError as ClientConnectorCertificateError
from tidewire_client import ClientConnectorDNSError as ClientConnectorDNSError
from tidewire_client import ClientConnectorError as ClientConnectorError
from tidewire_client import ClientConnectorSSLError as ClientConnectorSSLError
from tidewire_client import ClientError as ClientError
from tidewire_client import ClientHandlerType as ClientHandlerType
from tidewire_client import ClientHttpProxyError as ClientHttpProxyError
from tidewire_client import ClientMiddlewareType as ClientMiddlewareType
from tidewire_client import ClientOSError as ClientOSError
from tidewire_client import ClientPayloadError as ClientPayloadError
from tidewire_client import ClientProxyConnectionError as ClientProxyConnectionError
from tidewire_client import ClientRequest as ClientRequest
from tidewire_client import ClientResponse as ClientResponse
from tidewire_client import ClientResponseError as ClientResponseError
from tidewire_client import ClientSession as ClientSession
from tidewire_client import ClientSSLError as ClientSSLError
from tidewire_client import ClientTimeout as ClientTimeout
from tidewire_client import ClientWebSocketResponse as ClientWebSocketResponse
from tidewire_client import ClientWSTimeout as ClientWSTimeout
from tidewire_client import Connection as Connection
from tidewire_client import ConnectionTimeoutError as ConnectionTimeoutError
from tidewire_client import ContentTooLargeError as ContentTooLargeError
from tidewire_client import ContentTypeError as ContentTypeError
from tidewire_client import CookieJar as CookieJar
from tidewire_client import DefaultResolver as DefaultResolver
from tidewire_client import DeflateOptions as DeflateOptions
from tidewire_client import DigestAuthMiddleware as DigestAuthMiddleware
from tidewire_client import DummyCookieJar as DummyCookieJar
from tidewire_client import Fingerprint as Fingerprint
from tidewire_client import InvalidURL as InvalidURL
from tidewire_client import InvalidUrlClientError as InvalidUrlClientError
from tidewire_client import InvalidUrlRedirectClientError as InvalidUrlRedirectClientError
from tidewire_client import LooseCookies as LooseCookies
from tidewire_client import LooseHeaders as LooseHeaders
from tidewire_client import NamedPipeConnector as NamedPipeConnector
from tidewire_client import NonHttpUrlClientError as NonHttpUrlClientError
from tidewire_client import NonHttpUrlRedirectClientError as NonHttpUrlRedirectClientError
from tidewire_client import NullResolver as NullResolver
from tidewire_client import Query as Query
from tidewire_client import RateLimitMiddleware as RateLimitMiddleware
from tidewire_client import RedirectClientError as RedirectClientError
from tidewire_client import RequestInfo as RequestInfo
from tidewire_client import ResolveResult as ResolveResult
from tidewire_client import RetryMiddleware as RetryMiddleware
from tidewire_client import ServerConnectionError as ServerConnectionError
from tidewire_client import ServerDisconnectedError as ServerDisconnectedError
from tidewire_client import ServerFingerprintMismatch as ServerFingerprintMismatch
from tidewire_client import ServerSentEvent as ServerSentEvent
from tidewire_client import ServerTimeoutError as ServerTimeoutError
from tidewire_client import SocketFactoryType as SocketFactoryType
from tidewire_client import SocketTimeoutError as SocketTimeoutError
from tidewire_client import StrOrURL as StrOrURL
from tidewire_client import TCPConnector as TCPConnector
from tidewire_client import ThreadedResolver as ThreadedResolver
from tidewire_client import TooManyRedirects as TooManyRedirects
from tidewire_client import TotalTimeoutError as TotalTimeoutError
from tidewire_client import TraceConfig as TraceConfig
from tidewire_client import TraceConnectionCreateEndParams as TraceConnectionCreateEndParams
from tidewire_client import TraceConnectionCreateStartParams as TraceConnectionCreateStartParams
from tidewire_client import TraceConnectionQueuedEndParams as TraceConnectionQueuedEndParams
from tidewire_client import TraceConnectionQueuedStartParams as TraceConnectionQueuedStartParams
from tidewire_client import TraceConnectionReuseconnParams as TraceConnectionReuseconnParams
from tidewire_client import TraceDnsCacheHitParams as TraceDnsCacheHitParams
from tidewire_client import TraceDnsCacheMissParams as TraceDnsCacheMissParams
from tidewire_client import TraceDnsResolveHostEndParams as TraceDnsResolveHostEndParams
from tidewire_client import TraceDnsResolveHostStartParams as TraceDnsResolveHostStartParams
from tidewire_client import TraceRequestChunkSentParams as TraceRequestChunkSentParams
from tidewire_client import TraceRequestEndParams as TraceRequestEndParams
from tidewire_client import TraceRequestExceptionParams as TraceRequestExceptionParams
from tidewire_client import TraceRequestHeadersSentParams as TraceRequestHeadersSentParams
from tidewire_client import TraceRequestRedirectParams as TraceRequestRedirectParams
from tidewire_client import TraceRequestStartParams as TraceRequestStartParams
from tidewire_client import TraceResponseChunkReceivedParams as TraceResponseChunkReceivedParams
from tidewire_client import UnixClientConnectorError as UnixClientConnectorError
from tidewire_client import UnixConnector as UnixConnector
from tidewire_client import UploadAbortedError as UploadAbortedError
from tidewire_client import UploadSourceError as UploadSourceError
from tidewire_client import UploadTracker as UploadTracker
from tidewire_client import WebSocketClosed as WebSocketClosed
from tidewire_client import WebSocketError as WebSocketError
from tidewire_client import WSCloseCode as WSCloseCode
from tidewire_client import WSMessage as WSMessage
from tidewire_client import WSMessageTypeError as WSMessageTypeError
from tidewire_client import WSMsgType as WSMsgType
from tidewire_client import WSServerHandshakeError as WSServerHandshakeError
from tidewire_client import encode_basic_auth as encode_basic_auth
from tidewire_client import event_source as event_source
from tidewire_client import is_public_address as is_public_address
from tidewire_client import iter_events as iter_events
from tidewire_client import iter_lines as iter_lines
from tidewire_client import request as request
from tidewire_http_io import EMPTY_PAYLOAD as EMPTY_PAYLOAD
from tidewire_http_io import StreamReader as StreamReader
from tidewire_http_io.forms import BodyPartReader as BodyPartReader
from tidewire_http_io.forms import FormData as FormData
from tidewire_http_io.forms import MultipartReader as MultipartReader
from tidewire_http_io.forms import MultipartWriter as MultipartWriter
from tidewire_http_io.payloads import PAYLOAD_REGISTRY as PAYLOAD_REGISTRY
from tidewire_http_io.payloads import AsyncIterablePayload as AsyncIterablePayload
from tidewire_http_io.payloads import BufferedReaderPayload as BufferedReaderPayload
from tidewire_http_io.payloads import BytesIOPayload as BytesIOPayload
from tidewire_http_io.payloads import BytesPayload as BytesPayload
from tidewire_http_io.payloads import IOBasePayload as IOBasePayload
from tidewire_http_io.payloads import JsonBytesPayload as JsonBytesPayload
from tidewire_http_io.payloads import JsonPayload as JsonPayload
from tidewire_http_io.payloads import Payload as Payload
from tidewire_http_io.payloads import StringIOPayload as StringIOPayload
from tidewire_http_io.payloads import StringPayload as StringPayload
from tidewire_http_io.payloads import TextIOPayload as TextIOPayload
from tidewire_http_io.payloads import get_payload as get_payload
from tidewire_http_io.payloads import payload_type as payload_type
from tidewire_http_parser.codings import set_zlib_backend as set_zlib_backend
from tidewire_http_parser.field_values import ETag as ETag
from tidewire_web import ChainMapProxy as ChainMapProxy

__all__ = [
    "EMPTY_PAYLOAD",
    "PAYLOAD_REGISTRY",
    "AbstractCookieJar",
    "AbstractResolver",
    "AddrInfoType",
    "AddressPolicyType",
    "AsyncIterablePayload",
    "AsyncResolver",
    "BadContentDispositionHeader",
    "BadContentDispositionParam",
    "BaseConnector",
    "BasicAuth",
    "BodyPartReader",
    "BufferedReaderPayload",
    "BytesIOPayload",
    "BytesPayload",
    "ChainMapProxy",
    "ClientAddressRefusedError",
    "ClientConnectionError",
    "ClientConnectionResetError",
    "ClientConnectorCertificateError",
    "ClientConnectorDNSError",
    "ClientConnectorError",
    "ClientConnectorSSLError",
    "ClientError",
    "ClientHandlerType",
    "ClientHttpProxyError",
    "ClientMiddlewareType",
    "ClientOSError",
    "ClientPayloadError",
    "ClientProxyConnectionError",
    "ClientRequest",
    "ClientResponse",
    "ClientResponseError",
    "ClientSSLError",
    "ClientSession",
    "ClientTimeout",
    "ClientWSTimeout",
    "ClientWebSocketResponse",
    "Connection",
    "ConnectionTimeoutError",
    "ContentTooLargeError",
    "ContentTypeError",
    "CookieJar",
    "DataQueue",
    "DefaultResolver",
    "DeflateOptions",
    "DigestAuthMiddleware",
    "DummyCookieJar",
    "ETag",
    "EofStream",
    "Fingerprint",
    "FormData",
    "HttpVersion",
    "HttpVersion10",
    "HttpVersion11",
    "IOBasePayload",
    "InvalidURL",
    "InvalidUrlClientError",
    "InvalidUrlRedirectClientError",
    "JsonBytesPayload",
    "JsonPayload",
    "LooseCookies",
    "LooseHeaders",
    "MultipartReader",
    "MultipartWriter",
    "NamedPipeConnector",
    "NonHttpUrlClientError",
    "NonHttpUrlRedirectClientError",
    "NullResolver",
    "Payload",
    "Query",
    "RateLimitMiddleware",
    "RedirectClientError",
    "RequestInfo",
    "ResolveResult",
    "RetryMiddleware",
    "ServerConnectionError",
    "ServerDisconnectedError",
    "ServerFingerprintMismatch",
    "ServerSentEvent",
    "ServerTimeoutError",
    "SocketFactoryType",
    "SocketTimeoutError",
    "StrOrURL",
    "StreamReader",
    "StringIOPayload",
    "StringPayload",
    "TCPConnector",
    "TextIOPayload",
    "ThreadedResolver",
    "TooManyRedirects",
    "TotalTimeoutError",
    "TraceConfig",
    "TraceConnectionCreateEndParams",
    "TraceConnectionCreateStartParams",
    "TraceConnectionQueuedEndParams",
    "TraceConnectionQueuedStartParams",
    "TraceConnectionReuseconnParams",
    "TraceDnsCacheHitParams",
    "TraceDnsCacheMissParams",
    "TraceDnsResolveHostEndParams",
    "TraceDnsResolveHostStartParams",
    "TraceRequestChunkSentParams",
    "TraceRequestEndParams",
    "TraceRequestExceptionParams",
    "TraceRequestHeadersSentParams",
    "TraceRequestRedirectParams",
    "TraceRequestStartParams",
    "TraceResponseChunkReceivedParams",
    "UnixClientConnectorError",
    "UnixConnector",
    "UploadAbortedError",
    "UploadSourceError",
    "UploadTracker",
    "WSCloseCode",
    "WSMessage",
    "WSMessageTypeError",
    "WSMsgType",
    "WSServerHandshakeError",
    "WebSocketClosed",
    "WebSocketError",
    "content_disposition_filename",
    "encode_basic_auth",
    "event_source",
    "get_payload",
    "hdrs",
    "is_public_address",
    "iter_events",
    "iter_lines",
    "parse_content_disposition",
    "payload_type",
    "request",
    "set_zlib_backend",
    "web",
]

__version__ = "0.1.0"
