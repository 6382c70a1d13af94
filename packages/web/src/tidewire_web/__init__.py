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
from tidewire_web._domains import AbstractRuleMatching as AbstractRuleMatching
from tidewire_web._domains import Domain as Domain
from tidewire_web._domains import MaskDomain as MaskDomain
from tidewire_web._http_exceptions import HTTPBadRequest as HTTPBadRequest
from tidewire_web._http_exceptions import HTTPClientError as HTTPClientError
from tidewire_web._http_exceptions import HTTPException as HTTPException
from tidewire_web._http_exceptions import HTTPExpectationFailed as HTTPExpectationFailed
from tidewire_web._http_exceptions import HTTPInternalServerError as HTTPInternalServerError
from tidewire_web._http_exceptions import HTTPMethodNotAllowed as HTTPMethodNotAllowed
from tidewire_web._http_exceptions import HTTPNotFound as HTTPNotFound
from tidewire_web._http_exceptions import HTTPRequestEntityTooLarge as HTTPRequestEntityTooLarge
from tidewire_web._http_exceptions import HTTPServerError as HTTPServerError
from tidewire_web._json import json_response as json_response
from tidewire_web._keys import AppKey as AppKey
from tidewire_web._keys import RequestKey as RequestKey
from tidewire_web._keys import ResponseKey as ResponseKey
from tidewire_web._match_info import MatchInfoError as MatchInfoError
from tidewire_web._match_info import UrlMappingMatchInfo as UrlMappingMatchInfo
from tidewire_web._request import BaseRequest as BaseRequest
from tidewire_web._resources import AbstractResource as AbstractResource
from tidewire_web._resources import DynamicResource as DynamicResource
from tidewire_web._resources import PlainResource as PlainResource
from tidewire_web._resources import Resource as Resource
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
from tidewire_web._route_table import view as view
from tidewire_web._router import UrlDispatcher as UrlDispatcher
from tidewire_web._routes import AbstractRoute as AbstractRoute
from tidewire_web._routes import ResourceRoute as ResourceRoute
from tidewire_web._routes import SystemRoute as SystemRoute
from tidewire_web._run_app import run_app as run_app
from tidewire_web._runner import AppRunner as AppRunner
from tidewire_web._server import Server as Server
from tidewire_web._signal import Signal as Signal
from tidewire_web._sites import BaseSite as BaseSite
from tidewire_web._sites import SockSite as SockSite
from tidewire_web._sites import TCPSite as TCPSite
from tidewire_web._sites import UnixSite as UnixSite
from tidewire_web._sub_apps import MatchedSubAppResource as MatchedSubAppResource
from tidewire_web._sub_apps import PrefixedSubAppResource as PrefixedSubAppResource
from tidewire_web._views import AbstractView as AbstractView
from tidewire_web._views import View as View

__all__ = [
    "AbstractResource",
    "AbstractRoute",
    "AbstractRouteDef",
    "AbstractRuleMatching",
    "AbstractView",
    "AppKey",
    "AppRunner",
    "Application",
    "BaseRequest",
    "BaseSite",
    "Domain",
    "DynamicResource",
    "HTTPBadRequest",
    "HTTPClientError",
    "HTTPException",
    "HTTPExpectationFailed",
    "HTTPInternalServerError",
    "HTTPMethodNotAllowed",
    "HTTPNotFound",
    "HTTPRequestEntityTooLarge",
    "HTTPServerError",
    "LooseHeaders",
    "MaskDomain",
    "MatchInfoError",
    "MatchedSubAppResource",
    "PlainResource",
    "PrefixedSubAppResource",
    "Request",
    "RequestKey",
    "Resource",
    "ResourceRoute",
    "Response",
    "ResponseKey",
    "RouteDef",
    "RouteTableDef",
    "Server",
    "Signal",
    "SockSite",
    "StreamResponse",
    "SystemRoute",
    "TCPSite",
    "UnixSite",
    "UrlDispatcher",
    "UrlMappingMatchInfo",
    "View",
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
    "view",
]
