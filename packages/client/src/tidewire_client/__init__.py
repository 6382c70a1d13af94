"""The Tidewire HTTP client."""

from tidewire_http_parser.builds import select_build

select_build(__path__)

from tidewire_client._abstract_cookie_jar import AbstractCookieJar as AbstractCookieJar
from tidewire_client._abstract_cookie_jar import LooseCookies as LooseCookies
from tidewire_client._address_policy import AddressPolicyType as AddressPolicyType
from tidewire_client._address_policy import is_public_address as is_public_address
from tidewire_client._auth import BasicAuth as BasicAuth
from tidewire_client._auth import encode_basic_auth as encode_basic_auth
from tidewire_client._cache_middleware import CacheMiddleware as CacheMiddleware
from tidewire_client._cache_store import CacheStore as CacheStore
from tidewire_client._cache_store import MemoryCacheStore as MemoryCacheStore
from tidewire_client._cached_response import CachedResponse as CachedResponse
from tidewire_client._client_request import ClientRequest as ClientRequest
from tidewire_client._client_response import ClientResponse as ClientResponse
from tidewire_client._client_websocket_response import ClientWebSocketResponse as ClientWebSocketResponse
from tidewire_client._connection import Connection as Connection
from tidewire_client._connection_errors import ClientAddressRefusedError as ClientAddressRefusedError
from tidewire_client._connection_errors import ClientConnectionError as ClientConnectionError
from tidewire_client._connection_errors import ClientConnectionResetError as ClientConnectionResetError
from tidewire_client._connection_errors import (
    ClientConnectorCertificateError as ClientConnectorCertificateError,
)
from tidewire_client._connection_errors import ClientConnectorDNSError as ClientConnectorDNSError
from tidewire_client._connection_errors import ClientConnectorError as ClientConnectorError
from tidewire_client._connection_errors import ClientConnectorSSLError as ClientConnectorSSLError
from tidewire_client._connection_errors import ClientOSError as ClientOSError
from tidewire_client._connection_errors import ClientProxyConnectionError as ClientProxyConnectionError
from tidewire_client._connection_errors import ClientSocksProxyError as ClientSocksProxyError
from tidewire_client._connection_errors import ClientSSLError as ClientSSLError
from tidewire_client._connection_errors import ConnectionTimeoutError as ConnectionTimeoutError
from tidewire_client._connection_errors import ServerConnectionError as ServerConnectionError
from tidewire_client._connection_errors import ServerDisconnectedError as ServerDisconnectedError
from tidewire_client._connection_errors import ServerFingerprintMismatch as ServerFingerprintMismatch
from tidewire_client._connection_errors import ServerTimeoutError as ServerTimeoutError
from tidewire_client._connection_errors import SocketTimeoutError as SocketTimeoutError
from tidewire_client._connection_errors import UnixClientConnectorError as UnixClientConnectorError
from tidewire_client._connector import BaseConnector as BaseConnector
from tidewire_client._cookie_jar import CookieJar as CookieJar
from tidewire_client._cookie_jar import DummyCookieJar as DummyCookieJar
from tidewire_client._digest_auth import DigestAuthMiddleware as DigestAuthMiddleware
from tidewire_client._errors import ClientError as ClientError
from tidewire_client._errors import ClientHttpProxyError as ClientHttpProxyError
from tidewire_client._errors import ClientPayloadError as ClientPayloadError
from tidewire_client._errors import ClientResponseError as ClientResponseError
from tidewire_client._errors import ContentTooLargeError as ContentTooLargeError
from tidewire_client._errors import ContentTypeError as ContentTypeError
from tidewire_client._errors import InvalidURL as InvalidURL
from tidewire_client._errors import InvalidUrlClientError as InvalidUrlClientError
from tidewire_client._errors import InvalidUrlRedirectClientError as InvalidUrlRedirectClientError
from tidewire_client._errors import NonHttpUrlClientError as NonHttpUrlClientError
from tidewire_client._errors import NonHttpUrlRedirectClientError as NonHttpUrlRedirectClientError
from tidewire_client._errors import RedirectClientError as RedirectClientError
from tidewire_client._errors import TooManyRedirects as TooManyRedirects
from tidewire_client._errors import TotalTimeoutError as TotalTimeoutError
from tidewire_client._errors import UploadAbortedError as UploadAbortedError
from tidewire_client._errors import UploadSourceError as UploadSourceError
from tidewire_client._errors import WSServerHandshakeError as WSServerHandshakeError
from tidewire_client._event_source import event_source as event_source
from tidewire_client._fingerprint import Fingerprint as Fingerprint
from tidewire_client._local_connectors import NamedPipeConnector as NamedPipeConnector
from tidewire_client._local_connectors import UnixConnector as UnixConnector
from tidewire_client._middlewares import ClientHandlerType as ClientHandlerType
from tidewire_client._middlewares import ClientMiddlewareType as ClientMiddlewareType
from tidewire_client._one_request import request as request
from tidewire_client._rate_limit_middleware import RateLimitMiddleware as RateLimitMiddleware
from tidewire_client._request_info import RequestInfo as RequestInfo
from tidewire_client._request_manager import RequestManager as RequestManager
from tidewire_client._request_options import LooseHeaders as LooseHeaders
from tidewire_client._request_options import Query as Query
from tidewire_client._request_options import StrOrURL as StrOrURL
from tidewire_client._resolvers import AbstractResolver as AbstractResolver
from tidewire_client._resolvers import AsyncResolver as AsyncResolver
from tidewire_client._resolvers import DefaultResolver as DefaultResolver
from tidewire_client._resolvers import NullResolver as NullResolver
from tidewire_client._resolvers import ResolveResult as ResolveResult
from tidewire_client._resolvers import ThreadedResolver as ThreadedResolver
from tidewire_client._response_lines import iter_lines as iter_lines
from tidewire_client._retry_middleware import RetryMiddleware as RetryMiddleware
from tidewire_client._server_sent_events import ServerSentEvent as ServerSentEvent
from tidewire_client._server_sent_events import iter_events as iter_events
from tidewire_client._session import ClientSession as ClientSession
from tidewire_client._tcp_connector import TCPConnector as TCPConnector
from tidewire_client._timeouts import ClientTimeout as ClientTimeout
from tidewire_client._timeouts import ClientWSTimeout as ClientWSTimeout
from tidewire_client._tracing import TraceConfig as TraceConfig
from tidewire_client._tracing import TraceConnectionCreateEndParams as TraceConnectionCreateEndParams
from tidewire_client._tracing import TraceConnectionCreateStartParams as TraceConnectionCreateStartParams
from tidewire_client._tracing import TraceConnectionQueuedEndParams as TraceConnectionQueuedEndParams
from tidewire_client._tracing import TraceConnectionQueuedStartParams as TraceConnectionQueuedStartParams
from tidewire_client._tracing import TraceConnectionReuseconnParams as TraceConnectionReuseconnParams
from tidewire_client._tracing import TraceDnsCacheHitParams as TraceDnsCacheHitParams
from tidewire_client._tracing import TraceDnsCacheMissParams as TraceDnsCacheMissParams
from tidewire_client._tracing import TraceDnsResolveHostEndParams as TraceDnsResolveHostEndParams
from tidewire_client._tracing import TraceDnsResolveHostStartParams as TraceDnsResolveHostStartParams
from tidewire_client._tracing import TraceRequestChunkSentParams as TraceRequestChunkSentParams
from tidewire_client._tracing import TraceRequestEndParams as TraceRequestEndParams
from tidewire_client._tracing import TraceRequestExceptionParams as TraceRequestExceptionParams
from tidewire_client._tracing import TraceRequestHeadersSentParams as TraceRequestHeadersSentParams
from tidewire_client._tracing import TraceRequestRedirectParams as TraceRequestRedirectParams
from tidewire_client._tracing import TraceRequestStartParams as TraceRequestStartParams
from tidewire_client._tracing import TraceResponseChunkReceivedParams as TraceResponseChunkReceivedParams
from tidewire_client._types import AddrInfoType as AddrInfoType
from tidewire_client._types import SocketFactoryType as SocketFactoryType
from tidewire_client._upload_tracker import UploadTracker as UploadTracker
from tidewire_client._websocket_request import WebSocketRequestManager as WebSocketRequestManager
from tidewire_websocket import DeflateOptions as DeflateOptions
from tidewire_websocket import WebSocketClosed as WebSocketClosed
from tidewire_websocket import WebSocketError as WebSocketError
from tidewire_websocket import WSCloseCode as WSCloseCode
from tidewire_websocket import WSMessage as WSMessage
from tidewire_websocket import WSMessageTypeError as WSMessageTypeError
from tidewire_websocket import WSMsgType as WSMsgType

__all__ = [
    "AbstractCookieJar",
    "AbstractResolver",
    "AddrInfoType",
    "AddressPolicyType",
    "AsyncResolver",
    "BaseConnector",
    "BasicAuth",
    "CacheMiddleware",
    "CacheStore",
    "CachedResponse",
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
    "ClientSocksProxyError",
    "ClientTimeout",
    "ClientWSTimeout",
    "ClientWebSocketResponse",
    "Connection",
    "ConnectionTimeoutError",
    "ContentTooLargeError",
    "ContentTypeError",
    "CookieJar",
    "DefaultResolver",
    "DeflateOptions",
    "DigestAuthMiddleware",
    "DummyCookieJar",
    "Fingerprint",
    "InvalidURL",
    "InvalidUrlClientError",
    "InvalidUrlRedirectClientError",
    "LooseCookies",
    "LooseHeaders",
    "MemoryCacheStore",
    "NamedPipeConnector",
    "NonHttpUrlClientError",
    "NonHttpUrlRedirectClientError",
    "NullResolver",
    "Query",
    "RateLimitMiddleware",
    "RedirectClientError",
    "RequestInfo",
    "RequestManager",
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
    "TCPConnector",
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
    "WebSocketRequestManager",
    "encode_basic_auth",
    "event_source",
    "is_public_address",
    "iter_events",
    "iter_lines",
    "request",
]
