"""What can be imported from aiohttp's modules that are about the server."""

from __future__ import annotations

from typing import Final

from tidewire.compat._types import ModuleTable

__all__: list[str] = []

_APPLICATION: Final = "AppKey Application CleanupError NotAppKeyWarning RequestKey ResponseKey"
_EXCEPTIONS: Final = """
    HTTPAccepted HTTPBadGateway HTTPBadRequest HTTPClientError HTTPConflict HTTPCreated HTTPError HTTPException
    HTTPExpectationFailed HTTPFailedDependency HTTPForbidden HTTPFound HTTPGatewayTimeout HTTPGone
    HTTPInsufficientStorage HTTPInternalServerError HTTPLengthRequired HTTPMethodNotAllowed HTTPMisdirectedRequest
    HTTPMove HTTPMovedPermanently HTTPMultipleChoices HTTPNetworkAuthenticationRequired HTTPNoContent
    HTTPNonAuthoritativeInformation HTTPNotAcceptable HTTPNotExtended HTTPNotFound HTTPNotImplemented HTTPNotModified
    HTTPOk HTTPPartialContent HTTPPaymentRequired HTTPPermanentRedirect HTTPPreconditionFailed
    HTTPPreconditionRequired HTTPProxyAuthenticationRequired HTTPRedirection HTTPRequestEntityTooLarge
    HTTPRequestHeaderFieldsTooLarge HTTPRequestRangeNotSatisfiable HTTPRequestTimeout HTTPRequestURITooLong
    HTTPResetContent HTTPSeeOther HTTPServerError HTTPServiceUnavailable HTTPSuccessful HTTPTemporaryRedirect
    HTTPTooManyRequests HTTPUnauthorized HTTPUnavailableForLegalReasons HTTPUnprocessableEntity
    HTTPUnsupportedMediaType HTTPUpgradeRequired HTTPUseProxy HTTPVariantAlsoNegotiates HTTPVersionNotSupported
"""
_RESPONSES: Final = "ContentCoding Response StreamResponse json_bytes_response json_response"
_REQUESTS: Final = "BaseRequest FileField Request"
_ROUTE_TABLE: Final = """
    AbstractRouteDef RouteDef RouteTableDef StaticDef delete get head options patch post put route static view
"""
_RUNNERS: Final = """
    AppRunner BaseRunner BaseSite GracefulExit NamedPipeSite ServerRunner SockSite TCPSite UnixSite
"""
_RESOURCES: Final = """
    AbstractResource AbstractRoute DynamicResource PlainResource PrefixedSubAppResource Resource ResourceRoute
    StaticResource UrlDispatcher UrlMappingMatchInfo View
"""

WEB_MODULES: Final[ModuleTable] = {
    "aiohttp.web": (
        ("tidewire_web", _APPLICATION),
        ("tidewire_web", _EXCEPTIONS),
        ("tidewire_web", _RESPONSES),
        ("tidewire_web", _REQUESTS),
        ("tidewire_web", _ROUTE_TABLE),
        ("tidewire_web", _RUNNERS),
        ("tidewire_web", _RESOURCES),
        (
            "tidewire_web",
            "FileResponse middleware normalize_path_middleware PayloadAccessError RequestPayloadError",
        ),
        ("tidewire_web", "Server WSMsgType WebSocketReady run_app"),
        ("._protocols", "RequestHandler"),
        ("._websocket_response", "WebSocketResponse"),
    ),
    "aiohttp.web_app": (("tidewire_web", "Application CleanupContext CleanupError"),),
    "aiohttp.web_exceptions": (("tidewire_web", f"{_EXCEPTIONS} NotAppKeyWarning"),),
    "aiohttp.web_fileresponse": (("tidewire_web", "FileResponse"),),
    "aiohttp.web_log": (("tidewire_web", "AccessLogger"),),
    "aiohttp.web_middlewares": (
        ("tidewire_web", "middleware normalize_path_middleware"),
        ("._constants", "Handler Middleware _Handler=Handler"),
    ),
    "aiohttp.web_protocol": (
        ("tidewire_web", "PayloadAccessError RequestPayloadError"),
        ("._protocols", "RequestHandler"),
        ("._constants", "_RequestHandler=Handler"),
    ),
    "aiohttp.web_request": (("tidewire_web", f"{_REQUESTS} RequestKey"),),
    "aiohttp.web_response": (("tidewire_web", f"{_RESPONSES} ResponseKey"),),
    "aiohttp.web_routedef": (("tidewire_web", _ROUTE_TABLE),),
    "aiohttp.web_runner": (("tidewire_web", _RUNNERS),),
    "aiohttp.web_server": (("tidewire_web", "Server"),),
    "aiohttp.web_urldispatcher": (
        ("tidewire_web", _RESOURCES),
        (
            "tidewire_web",
            "AbstractRuleMatching Domain MaskDomain MatchInfoError MatchedSubAppResource SystemRoute",
        ),
    ),
    "aiohttp.web_ws": (
        ("tidewire_web", "WebSocketReady"),
        ("._websocket_response", "WebSocketResponse"),
        ("._constants", "WS_CLOSED_MESSAGE WS_CLOSING_MESSAGE"),
    ),
}
"""The modules that are about the server, with where their names come from."""
