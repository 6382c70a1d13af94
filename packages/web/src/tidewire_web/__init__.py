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

from tidewire_web._app_request import Request as Request
from tidewire_web._application import Application as Application
from tidewire_web._http_exceptions import HTTPBadRequest as HTTPBadRequest
from tidewire_web._http_exceptions import HTTPClientError as HTTPClientError
from tidewire_web._http_exceptions import HTTPException as HTTPException
from tidewire_web._http_exceptions import HTTPInternalServerError as HTTPInternalServerError
from tidewire_web._http_exceptions import HTTPMethodNotAllowed as HTTPMethodNotAllowed
from tidewire_web._http_exceptions import HTTPNotFound as HTTPNotFound
from tidewire_web._http_exceptions import HTTPRequestEntityTooLarge as HTTPRequestEntityTooLarge
from tidewire_web._http_exceptions import HTTPServerError as HTTPServerError
from tidewire_web._json import json_response as json_response
from tidewire_web._keys import AppKey as AppKey
from tidewire_web._match_info import UrlMappingMatchInfo as UrlMappingMatchInfo
from tidewire_web._request import BaseRequest as BaseRequest
from tidewire_web._response import LooseHeaders as LooseHeaders
from tidewire_web._response import Response as Response
from tidewire_web._response import StreamResponse as StreamResponse
from tidewire_web._route_table import AbstractRouteDef as AbstractRouteDef
from tidewire_web._route_table import RouteDef as RouteDef
from tidewire_web._route_table import RouteTableDef as RouteTableDef
from tidewire_web._route_table import delete as delete
from tidewire_web._route_table import get as get
from tidewire_web._route_table import head as head
from tidewire_web._route_table import options as options
from tidewire_web._route_table import patch as patch
from tidewire_web._route_table import post as post
from tidewire_web._route_table import put as put
from tidewire_web._route_table import route as route
from tidewire_web._router import Route as Route
from tidewire_web._router import UrlDispatcher as UrlDispatcher
from tidewire_web._run_app import run_app as run_app
from tidewire_web._runner import AppRunner as AppRunner
from tidewire_web._server import Server as Server
from tidewire_web._signal import Signal as Signal
from tidewire_web._sites import BaseSite as BaseSite
from tidewire_web._sites import SockSite as SockSite
from tidewire_web._sites import TCPSite as TCPSite
from tidewire_web._sites import UnixSite as UnixSite

__all__ = [
    "AbstractRouteDef",
    "AppKey",
    "AppRunner",
    "Application",
    "BaseRequest",
    "BaseSite",
    "HTTPBadRequest",
    "HTTPClientError",
    "HTTPException",
    "HTTPInternalServerError",
    "HTTPMethodNotAllowed",
    "HTTPNotFound",
    "HTTPRequestEntityTooLarge",
    "HTTPServerError",
    "LooseHeaders",
    "Request",
    "Response",
    "Route",
    "RouteDef",
    "RouteTableDef",
    "Server",
    "Signal",
    "SockSite",
    "StreamResponse",
    "TCPSite",
    "UnixSite",
    "UrlDispatcher",
    "UrlMappingMatchInfo",
    "delete",
    "get",
    "head",
    "json_response",
    "options",
    "patch",
    "post",
    "put",
    "route",
    "run_app",
]
