"""The Tidewire server framework.

A server, whole:

    from tidewire_web import Application, Request, Response, run_app

    async def hello(request: Request) -> Response:
        return Response(text="Hello, World!")

    app = Application()
    app.router.add_get("/", hello)
    run_app(app)
"""

from tidewire_http_parser.builds import select_build

select_build(__path__)

from tidewire_http_parser.field_values import ETag as ETag
from tidewire_web._access_log import AbstractAccessLogger as AbstractAccessLogger
from tidewire_web._access_log import AccessLogger as AccessLogger
from tidewire_web._access_log import JsonAccessLogger as JsonAccessLogger
from tidewire_web._app_request import Request as Request
from tidewire_web._application import Application as Application
from tidewire_web._base_runner import BaseRunner as BaseRunner
from tidewire_web._chain_map import ChainMapProxy as ChainMapProxy
from tidewire_web._cleanup_ctx import CleanupContext as CleanupContext
from tidewire_web._cleanup_ctx import CleanupError as CleanupError
from tidewire_web._compression import ContentCoding as ContentCoding
from tidewire_web._domains import AbstractRuleMatching as AbstractRuleMatching
from tidewire_web._domains import Domain as Domain
from tidewire_web._domains import MaskDomain as MaskDomain
from tidewire_web._file_field import FileField as FileField
from tidewire_web._file_response import FileResponse as FileResponse
from tidewire_web._graceful_exit import GracefulExit as GracefulExit
from tidewire_web._http_exception import HTTPClientError as HTTPClientError
from tidewire_web._http_exception import HTTPError as HTTPError
from tidewire_web._http_exception import HTTPException as HTTPException
from tidewire_web._http_exception import HTTPMove as HTTPMove
from tidewire_web._http_exception import HTTPRedirection as HTTPRedirection
from tidewire_web._http_exception import HTTPServerError as HTTPServerError
from tidewire_web._http_exception import HTTPSuccessful as HTTPSuccessful
from tidewire_web._http_exceptions import HTTPBadGateway as HTTPBadGateway
from tidewire_web._http_exceptions import HTTPBadRequest as HTTPBadRequest
from tidewire_web._http_exceptions import HTTPConflict as HTTPConflict
from tidewire_web._http_exceptions import HTTPExpectationFailed as HTTPExpectationFailed
from tidewire_web._http_exceptions import HTTPFailedDependency as HTTPFailedDependency
from tidewire_web._http_exceptions import HTTPForbidden as HTTPForbidden
from tidewire_web._http_exceptions import HTTPGatewayTimeout as HTTPGatewayTimeout
from tidewire_web._http_exceptions import HTTPGone as HTTPGone
from tidewire_web._http_exceptions import HTTPInsufficientStorage as HTTPInsufficientStorage
from tidewire_web._http_exceptions import HTTPInternalServerError as HTTPInternalServerError
from tidewire_web._http_exceptions import HTTPLengthRequired as HTTPLengthRequired
from tidewire_web._http_exceptions import HTTPMethodNotAllowed as HTTPMethodNotAllowed
from tidewire_web._http_exceptions import HTTPMisdirectedRequest as HTTPMisdirectedRequest
from tidewire_web._http_exceptions import (
    HTTPNetworkAuthenticationRequired as HTTPNetworkAuthenticationRequired,
)
from tidewire_web._http_exceptions import HTTPNotAcceptable as HTTPNotAcceptable
from tidewire_web._http_exceptions import HTTPNotExtended as HTTPNotExtended
from tidewire_web._http_exceptions import HTTPNotFound as HTTPNotFound
from tidewire_web._http_exceptions import HTTPNotImplemented as HTTPNotImplemented
from tidewire_web._http_exceptions import HTTPPaymentRequired as HTTPPaymentRequired
from tidewire_web._http_exceptions import HTTPPreconditionFailed as HTTPPreconditionFailed
from tidewire_web._http_exceptions import HTTPPreconditionRequired as HTTPPreconditionRequired
from tidewire_web._http_exceptions import HTTPProxyAuthenticationRequired as HTTPProxyAuthenticationRequired
from tidewire_web._http_exceptions import HTTPRequestEntityTooLarge as HTTPRequestEntityTooLarge
from tidewire_web._http_exceptions import HTTPRequestHeaderFieldsTooLarge as HTTPRequestHeaderFieldsTooLarge
from tidewire_web._http_exceptions import HTTPRequestRangeNotSatisfiable as HTTPRequestRangeNotSatisfiable
from tidewire_web._http_exceptions import HTTPRequestTimeout as HTTPRequestTimeout
from tidewire_web._http_exceptions import HTTPRequestURITooLong as HTTPRequestURITooLong
from tidewire_web._http_exceptions import HTTPServiceUnavailable as HTTPServiceUnavailable
from tidewire_web._http_exceptions import HTTPTooManyRequests as HTTPTooManyRequests
from tidewire_web._http_exceptions import HTTPUnauthorized as HTTPUnauthorized
from tidewire_web._http_exceptions import HTTPUnavailableForLegalReasons as HTTPUnavailableForLegalReasons
from tidewire_web._http_exceptions import HTTPUnprocessableEntity as HTTPUnprocessableEntity
from tidewire_web._http_exceptions import HTTPUnsupportedMediaType as HTTPUnsupportedMediaType
from tidewire_web._http_exceptions import HTTPUpgradeRequired as HTTPUpgradeRequired
from tidewire_web._http_exceptions import HTTPVariantAlsoNegotiates as HTTPVariantAlsoNegotiates
from tidewire_web._http_exceptions import HTTPVersionNotSupported as HTTPVersionNotSupported
from tidewire_web._http_successes import HTTPAccepted as HTTPAccepted
from tidewire_web._http_successes import HTTPCreated as HTTPCreated
from tidewire_web._http_successes import HTTPFound as HTTPFound
from tidewire_web._http_successes import HTTPMovedPermanently as HTTPMovedPermanently
from tidewire_web._http_successes import HTTPMultipleChoices as HTTPMultipleChoices
from tidewire_web._http_successes import HTTPNoContent as HTTPNoContent
from tidewire_web._http_successes import HTTPNonAuthoritativeInformation as HTTPNonAuthoritativeInformation
from tidewire_web._http_successes import HTTPNotModified as HTTPNotModified
from tidewire_web._http_successes import HTTPOk as HTTPOk
from tidewire_web._http_successes import HTTPPartialContent as HTTPPartialContent
from tidewire_web._http_successes import HTTPPermanentRedirect as HTTPPermanentRedirect
from tidewire_web._http_successes import HTTPResetContent as HTTPResetContent
from tidewire_web._http_successes import HTTPSeeOther as HTTPSeeOther
from tidewire_web._http_successes import HTTPTemporaryRedirect as HTTPTemporaryRedirect
from tidewire_web._http_successes import HTTPUseProxy as HTTPUseProxy
from tidewire_web._interim import send_interim as send_interim
from tidewire_web._json import json_bytes_response as json_bytes_response
from tidewire_web._json import json_response as json_response
from tidewire_web._keys import AppKey as AppKey
from tidewire_web._keys import NotAppKeyWarning as NotAppKeyWarning
from tidewire_web._keys import RequestKey as RequestKey
from tidewire_web._keys import ResponseKey as ResponseKey
from tidewire_web._match_info import MatchInfoError as MatchInfoError
from tidewire_web._match_info import UrlMappingMatchInfo as UrlMappingMatchInfo
from tidewire_web._middlewares import middleware as middleware
from tidewire_web._normalize_path import normalize_path_middleware as normalize_path_middleware
from tidewire_web._payload_errors import PayloadAccessError as PayloadAccessError
from tidewire_web._payload_errors import RequestPayloadError as RequestPayloadError
from tidewire_web._pipe_site import NamedPipeSite as NamedPipeSite
from tidewire_web._proxies import TrustedProxies as TrustedProxies
from tidewire_web._request import BaseRequest as BaseRequest
from tidewire_web._resources import AbstractResource as AbstractResource
from tidewire_web._resources import DynamicResource as DynamicResource
from tidewire_web._resources import PlainResource as PlainResource
from tidewire_web._resources import Resource as Resource
from tidewire_web._response import Response as Response
from tidewire_web._response_cookies import ResponseCookies as ResponseCookies
from tidewire_web._response_head import LooseHeaders as LooseHeaders
from tidewire_web._route_table import AbstractRouteDef as AbstractRouteDef
from tidewire_web._route_table import RouteDef as RouteDef
from tidewire_web._route_table import RouteTableDef as RouteTableDef
from tidewire_web._route_table import StaticDef as StaticDef
from tidewire_web._route_table import delete as delete
from tidewire_web._route_table import get as get
from tidewire_web._route_table import head as head
from tidewire_web._route_table import options as options
from tidewire_web._route_table import patch as patch
from tidewire_web._route_table import post as post
from tidewire_web._route_table import put as put
from tidewire_web._route_table import route as route
from tidewire_web._route_table import static as static
from tidewire_web._route_table import view as view
from tidewire_web._router import UrlDispatcher as UrlDispatcher
from tidewire_web._routes import AbstractRoute as AbstractRoute
from tidewire_web._routes import ResourceRoute as ResourceRoute
from tidewire_web._routes import SystemRoute as SystemRoute
from tidewire_web._run_app import run_app as run_app
from tidewire_web._runner import AppRunner as AppRunner
from tidewire_web._server import Server as Server
from tidewire_web._server_runner import ServerRunner as ServerRunner
from tidewire_web._signal import Signal as Signal
from tidewire_web._sites import BaseSite as BaseSite
from tidewire_web._sites import SockSite as SockSite
from tidewire_web._sites import TCPSite as TCPSite
from tidewire_web._static import StaticResource as StaticResource
from tidewire_web._stream_response import StreamResponse as StreamResponse
from tidewire_web._sub_apps import MatchedSubAppResource as MatchedSubAppResource
from tidewire_web._sub_apps import PrefixedSubAppResource as PrefixedSubAppResource
from tidewire_web._unix_site import UnixSite as UnixSite
from tidewire_web._views import AbstractView as AbstractView
from tidewire_web._views import View as View
from tidewire_web._websocket_broadcast import broadcast as broadcast
from tidewire_web._websocket_handshake import WebSocketReady as WebSocketReady
from tidewire_web._websocket_response import WebSocketResponse as WebSocketResponse
from tidewire_websocket import DeflateOptions as DeflateOptions
from tidewire_websocket import WebSocketClosed as WebSocketClosed
from tidewire_websocket import WebSocketError as WebSocketError
from tidewire_websocket import WSCloseCode as WSCloseCode
from tidewire_websocket import WSMessage as WSMessage
from tidewire_websocket import WSMessageTypeError as WSMessageTypeError
from tidewire_websocket import WSMsgType as WSMsgType

__all__ = [
    "AbstractAccessLogger",
    "AbstractResource",
    "AbstractRoute",
    "AbstractRouteDef",
    "AbstractRuleMatching",
    "AbstractView",
    "AccessLogger",
    "AppKey",
    "AppRunner",
    "Application",
    "BaseRequest",
    "BaseRunner",
    "BaseSite",
    "ChainMapProxy",
    "CleanupContext",
    "CleanupError",
    "ContentCoding",
    "DeflateOptions",
    "Domain",
    "DynamicResource",
    "ETag",
    "FileField",
    "FileResponse",
    "GracefulExit",
    "HTTPAccepted",
    "HTTPBadGateway",
    "HTTPBadRequest",
    "HTTPClientError",
    "HTTPConflict",
    "HTTPCreated",
    "HTTPError",
    "HTTPException",
    "HTTPExpectationFailed",
    "HTTPFailedDependency",
    "HTTPForbidden",
    "HTTPFound",
    "HTTPGatewayTimeout",
    "HTTPGone",
    "HTTPInsufficientStorage",
    "HTTPInternalServerError",
    "HTTPLengthRequired",
    "HTTPMethodNotAllowed",
    "HTTPMisdirectedRequest",
    "HTTPMove",
    "HTTPMovedPermanently",
    "HTTPMultipleChoices",
    "HTTPNetworkAuthenticationRequired",
    "HTTPNoContent",
    "HTTPNonAuthoritativeInformation",
    "HTTPNotAcceptable",
    "HTTPNotExtended",
    "HTTPNotFound",
    "HTTPNotImplemented",
    "HTTPNotModified",
    "HTTPOk",
    "HTTPPartialContent",
    "HTTPPaymentRequired",
    "HTTPPermanentRedirect",
    "HTTPPreconditionFailed",
    "HTTPPreconditionRequired",
    "HTTPProxyAuthenticationRequired",
    "HTTPRedirection",
    "HTTPRequestEntityTooLarge",
    "HTTPRequestHeaderFieldsTooLarge",
    "HTTPRequestRangeNotSatisfiable",
    "HTTPRequestTimeout",
    "HTTPRequestURITooLong",
    "HTTPResetContent",
    "HTTPSeeOther",
    "HTTPServerError",
    "HTTPServiceUnavailable",
    "HTTPSuccessful",
    "HTTPTemporaryRedirect",
    "HTTPTooManyRequests",
    "HTTPUnauthorized",
    "HTTPUnavailableForLegalReasons",
    "HTTPUnprocessableEntity",
    "HTTPUnsupportedMediaType",
    "HTTPUpgradeRequired",
    "HTTPUseProxy",
    "HTTPVariantAlsoNegotiates",
    "HTTPVersionNotSupported",
    "JsonAccessLogger",
    "LooseHeaders",
    "MaskDomain",
    "MatchInfoError",
    "MatchedSubAppResource",
    "NamedPipeSite",
    "NotAppKeyWarning",
    "PayloadAccessError",
    "PlainResource",
    "PrefixedSubAppResource",
    "Request",
    "RequestKey",
    "RequestPayloadError",
    "Resource",
    "ResourceRoute",
    "Response",
    "ResponseCookies",
    "ResponseKey",
    "RouteDef",
    "RouteTableDef",
    "Server",
    "ServerRunner",
    "Signal",
    "SockSite",
    "StaticDef",
    "StaticResource",
    "StreamResponse",
    "SystemRoute",
    "TCPSite",
    "TrustedProxies",
    "UnixSite",
    "UrlDispatcher",
    "UrlMappingMatchInfo",
    "View",
    "WSCloseCode",
    "WSMessage",
    "WSMessageTypeError",
    "WSMsgType",
    "WebSocketClosed",
    "WebSocketError",
    "WebSocketReady",
    "WebSocketResponse",
    "broadcast",
    "delete",
    "get",
    "head",
    "json_bytes_response",
    "json_response",
    "middleware",
    "normalize_path_middleware",
    "options",
    "patch",
    "post",
    "put",
    "route",
    "run_app",
    "send_interim",
    "static",
    "view",
]
