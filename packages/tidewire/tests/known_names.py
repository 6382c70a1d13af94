"""The public names of aiohttp 3.14, which users know: its top level, `web`, and what its other modules define."""

from __future__ import annotations

TOP_LEVEL = frozenset(
    """
    AddrInfoType AsyncIterablePayload AsyncResolver BadContentDispositionHeader
    BadContentDispositionParam BaseConnector BasicAuth BodyPartReader BufferedReaderPayload
    BytesIOPayload BytesPayload ChainMapProxy ClientConnectionError ClientConnectionResetError
    ClientConnectorCertificateError ClientConnectorDNSError ClientConnectorError
    ClientConnectorSSLError ClientError ClientHandlerType ClientHttpProxyError ClientMiddlewareType
    ClientOSError ClientPayloadError ClientProxyConnectionError ClientRequest ClientResponse
    ClientResponseError ClientSSLError ClientSession ClientTimeout ClientWSTimeout
    ClientWebSocketResponse ConnectionTimeoutError ContentTypeError CookieJar DataQueue
    DefaultResolver DigestAuthMiddleware DummyCookieJar EMPTY_PAYLOAD ETag EofStream Fingerprint
    FlowControlDataQueue FormData GunicornUVLoopWebWorker GunicornWebWorker HttpVersion
    HttpVersion10 HttpVersion11 IOBasePayload InvalidURL InvalidUrlClientError
    InvalidUrlRedirectClientError JsonPayload MultipartReader MultipartWriter NamedPipeConnector
    NonHttpUrlClientError NonHttpUrlRedirectClientError PAYLOAD_REGISTRY Payload RedirectClientError
    RequestInfo ServerConnectionError ServerDisconnectedError ServerFingerprintMismatch
    ServerTimeoutError SocketFactoryType SocketTimeoutError StreamReader StringIOPayload
    StringPayload TCPConnector TextIOPayload ThreadedResolver TooManyRedirects TraceConfig
    TraceConnectionCreateEndParams TraceConnectionCreateStartParams TraceConnectionQueuedEndParams
    TraceConnectionQueuedStartParams TraceConnectionReuseconnParams TraceDnsCacheHitParams
    TraceDnsCacheMissParams TraceDnsResolveHostEndParams TraceDnsResolveHostStartParams
    TraceRequestChunkSentParams TraceRequestEndParams TraceRequestExceptionParams
    TraceRequestHeadersSentParams TraceRequestRedirectParams TraceRequestStartParams
    TraceResponseChunkReceivedParams UnixConnector UploadAbortedError UploadTracker WSCloseCode
    WSMessage WSMessageTypeError WSMsgType WSServerHandshakeError WebSocketError
    content_disposition_filename encode_basic_auth get_payload hdrs parse_content_disposition
    payload_type request set_zlib_backend streamer
    """.split()
)
"""What `import aiohttp` gives."""

WEB = frozenset(
    """
    AbstractResource AbstractRoute AbstractRouteDef AppKey AppRunner Application BaseRequest
    BaseRunner BaseSite CleanupError ContentCoding DynamicResource FileField FileResponse
    GracefulExit HTTPAccepted HTTPBadGateway HTTPBadRequest HTTPClientError HTTPConflict HTTPCreated
    HTTPError HTTPException HTTPExpectationFailed HTTPFailedDependency HTTPForbidden HTTPFound
    HTTPGatewayTimeout HTTPGone HTTPInsufficientStorage HTTPInternalServerError HTTPLengthRequired
    HTTPMethodNotAllowed HTTPMisdirectedRequest HTTPMove HTTPMovedPermanently HTTPMultipleChoices
    HTTPNetworkAuthenticationRequired HTTPNoContent HTTPNonAuthoritativeInformation
    HTTPNotAcceptable HTTPNotExtended HTTPNotFound HTTPNotImplemented HTTPNotModified HTTPOk
    HTTPPartialContent HTTPPaymentRequired HTTPPermanentRedirect HTTPPreconditionFailed
    HTTPPreconditionRequired HTTPProxyAuthenticationRequired HTTPRedirection
    HTTPRequestEntityTooLarge HTTPRequestHeaderFieldsTooLarge HTTPRequestRangeNotSatisfiable
    HTTPRequestTimeout HTTPRequestURITooLong HTTPResetContent HTTPSeeOther HTTPServerError
    HTTPServiceUnavailable HTTPSuccessful HTTPTemporaryRedirect HTTPTooManyRequests HTTPUnauthorized
    HTTPUnavailableForLegalReasons HTTPUnprocessableEntity HTTPUnsupportedMediaType
    HTTPUpgradeRequired HTTPUseProxy HTTPVariantAlsoNegotiates HTTPVersionNotSupported NamedPipeSite
    NotAppKeyWarning PayloadAccessError PlainResource PrefixedSubAppResource Request RequestHandler
    RequestKey RequestPayloadError Resource ResourceRoute Response ResponseKey RouteDef
    RouteTableDef Server ServerRunner SockSite StaticDef StaticResource StreamResponse TCPSite
    UnixSite UrlDispatcher UrlMappingMatchInfo View WSMsgType WebSocketReady WebSocketResponse
    delete get head json_bytes_response json_response middleware normalize_path_middleware options
    patch post put route run_app static view
    """.split()
)
"""What `from aiohttp import web` gives."""

MODULES = {
    "aiohttp.abc": """
        AbstractAccessLogger AbstractCookieJar AbstractMatchInfo AbstractResolver AbstractRouter
        AbstractStreamWriter AbstractView ResolveResult
    """.split(),
    "aiohttp.base_protocol": """
        BaseProtocol
    """.split(),
    "aiohttp.client": """
        ClientSession ClientTimeout DEFAULT_TIMEOUT URL hdrs request
    """.split(),
    "aiohttp.client_exceptions": """
        ClientConnectionError ClientConnectionResetError ClientConnectorCertificateError
        ClientConnectorDNSError ClientConnectorError ClientConnectorSSLError ClientError
        ClientHttpProxyError ClientOSError ClientPayloadError ClientProxyConnectionError
        ClientResponseError ClientSSLError ConnectionTimeoutError ContentTypeError InvalidURL
        InvalidUrlClientError InvalidUrlRedirectClientError NonHttpUrlClientError
        NonHttpUrlRedirectClientError RedirectClientError ServerConnectionError
        ServerDisconnectedError ServerFingerprintMismatch ServerTimeoutError SocketTimeoutError
        TooManyRedirects UnixClientConnectorError UploadAbortedError WSMessageTypeError
        WSServerHandshakeError
    """.split(),
    "aiohttp.client_middleware_digest_auth": """
        DigestAuthChallenge DigestAuthMiddleware escape_quotes parse_header_pairs unescape_quotes
    """.split(),
    "aiohttp.client_middlewares": """
        build_client_middlewares
    """.split(),
    "aiohttp.client_proto": """
        ResponseHandler
    """.split(),
    "aiohttp.client_reqrep": """
        ClientRequest ClientResponse ConnectionKey ContentDisposition Fingerprint RequestInfo
        UploadTracker
    """.split(),
    "aiohttp.client_ws": """
        ClientWSTimeout ClientWebSocketResponse DEFAULT_WS_CLIENT_TIMEOUT
    """.split(),
    "aiohttp.compression_utils": """
        BrotliDecompressor CompressObjArgs ConcatDecompressionHandler DecompressionBaseHandler
        MemberDecompressObjProtocol TooManyMembersError ZLibBackend ZLibBackendProtocol
        ZLibBackendWrapper ZLibCompressObjProtocol ZLibCompressor ZLibDecompressObjProtocol
        ZLibDecompressor ZSTDDecompressor encoding_to_mode set_zlib_backend
    """.split(),
    "aiohttp.connector": """
        BaseConnector Connection NamedPipeConnector TCPConnector UnixConnector
    """.split(),
    "aiohttp.cookiejar": """
        CookieJar DummyCookieJar
    """.split(),
    "aiohttp.formdata": """
        FormData
    """.split(),
    "aiohttp.helpers": """
        AppKey BaseKey BaseTimerContext BasicAuth ChainMapProxy ETag EnsureOctetStream
        ErrorableProtocol HeadersMixin MimeType ProxyInfo RequestKey ResponseKey TimeoutHandle
        TimerContext TimerNoop basicauth_from_netrc calculate_timeout_when call_later ceil_timeout
        content_disposition_header encode_basic_auth get_env_proxy_for_url guess_filename
        is_canonical_ipv4_address is_ip_address must_be_empty_body netrc_from_env noop
        parse_content_type parse_http_date parse_mimetype proxies_from_env quoted_string
        rfc822_formatted_time sentinel set_exception set_result should_remove_content_length
        strip_auth_from_url validate_etag_value weakref_handle
    """.split(),
    "aiohttp.http": """
        HttpProcessingError HttpVersion HttpVersion10 HttpVersion11 RESPONSES RawRequestMessage
        RawResponseMessage SERVER_SOFTWARE StreamWriter WSCloseCode WSMessage WSMsgType
        WebSocketError
    """.split(),
    "aiohttp.http_exceptions": """
        BadHttpMessage BadHttpMethod BadStatusLine ContentEncodingError ContentLengthError
        DecompressSizeError HttpBadRequest HttpProcessingError InvalidHeader InvalidURLError
        LineTooLong PayloadEncodingError TransferEncodingError
    """.split(),
    "aiohttp.http_parser": """
        ChunkState DeflateBuffer HeadersParser HttpParser HttpPayloadParser HttpRequestParserPy
        HttpResponseParserPy ParseState PayloadState RawRequestMessagePy RawResponseMessagePy
    """.split(),
    "aiohttp.http_websocket": """
        WSCloseCode WSMessage WSMsgType WS_CLOSED_MESSAGE WS_CLOSING_MESSAGE WS_KEY WebSocketError
    """.split(),
    "aiohttp.http_writer": """
        HttpVersion HttpVersion10 HttpVersion11 StreamWriter
    """.split(),
    "aiohttp.log": """
        access_logger client_logger internal_logger server_logger web_logger ws_logger
    """.split(),
    "aiohttp.multipart": """
        BadContentDispositionHeader BadContentDispositionParam BodyPartReader
        BodyPartReaderPayload MultipartPayloadWriter MultipartReader MultipartResponseWrapper
        MultipartWriter content_disposition_filename parse_content_disposition
    """.split(),
    "aiohttp.payload": """
        AsyncIterablePayload BufferedReaderPayload BytesIOPayload BytesPayload IOBasePayload
        JsonBytesPayload JsonPayload LookupError Order PAYLOAD_REGISTRY Payload PayloadRegistry
        StreamReaderPayload StringIOPayload StringPayload TextIOPayload get_payload payload_type
        register_payload
    """.split(),
    "aiohttp.payload_streamer": """
        StreamPayload StreamWrapperPayload streamer
    """.split(),
    "aiohttp.pytest_plugin": """
        AiohttpClient AiohttpRawServer AiohttpServer aiohttp_client aiohttp_raw_server
        aiohttp_server aiohttp_unused_port fast loop loop_debug proactor_loop pytest_addoption
        pytest_fixture_setup pytest_generate_tests pytest_pycollect_makeitem pytest_pyfunc_call
        raw_test_server test_client test_server unused_port
    """.split(),
    "aiohttp.resolver": """
        AsyncResolver DefaultResolver ThreadedResolver
    """.split(),
    "aiohttp.streams": """
        AsyncStreamIterator ChunkTupleAsyncStreamIterator DataQueue EMPTY_PAYLOAD
        EmptyStreamReader EofStream FlowControlDataQueue StreamReader
    """.split(),
    "aiohttp.tcp_helpers": """
        tcp_keepalive tcp_nodelay
    """.split(),
    "aiohttp.test_utils": """
        AioHTTPTestCase BaseTestServer REUSE_ADDRESS RawTestServer TestClient TestServer
        get_port_socket get_unused_port_socket loop_context make_mocked_coro make_mocked_request
        setup_test_loop teardown_test_loop unittest_run_loop unused_port
    """.split(),
    "aiohttp.tracing": """
        Trace TraceConfig TraceConnectionCreateEndParams TraceConnectionCreateStartParams
        TraceConnectionQueuedEndParams TraceConnectionQueuedStartParams
        TraceConnectionReuseconnParams TraceDnsCacheHitParams TraceDnsCacheMissParams
        TraceDnsResolveHostEndParams TraceDnsResolveHostStartParams TraceRequestChunkSentParams
        TraceRequestEndParams TraceRequestExceptionParams TraceRequestHeadersSentParams
        TraceRequestRedirectParams TraceRequestStartParams TraceResponseChunkReceivedParams
    """.split(),
    "aiohttp.typedefs": """
        Byteish DEFAULT_JSON_DECODER DEFAULT_JSON_ENCODER Handler JSONBytesEncoder JSONDecoder
        JSONEncoder LooseCookies LooseCookiesIterables LooseCookiesMappings LooseHeaders
        Middleware PathLike Query RawHeaders StrOrURL
    """.split(),
    "aiohttp.web_app": """
        Application CleanupContext CleanupError
    """.split(),
    "aiohttp.web_exceptions": """
        HTTPAccepted HTTPBadGateway HTTPBadRequest HTTPClientError HTTPConflict HTTPCreated
        HTTPError HTTPException HTTPExpectationFailed HTTPFailedDependency HTTPForbidden HTTPFound
        HTTPGatewayTimeout HTTPGone HTTPInsufficientStorage HTTPInternalServerError
        HTTPLengthRequired HTTPMethodNotAllowed HTTPMisdirectedRequest HTTPMove
        HTTPMovedPermanently HTTPMultipleChoices HTTPNetworkAuthenticationRequired HTTPNoContent
        HTTPNonAuthoritativeInformation HTTPNotAcceptable HTTPNotExtended HTTPNotFound
        HTTPNotImplemented HTTPNotModified HTTPOk HTTPPartialContent HTTPPaymentRequired
        HTTPPermanentRedirect HTTPPreconditionFailed HTTPPreconditionRequired
        HTTPProxyAuthenticationRequired HTTPRedirection HTTPRequestEntityTooLarge
        HTTPRequestHeaderFieldsTooLarge HTTPRequestRangeNotSatisfiable HTTPRequestTimeout
        HTTPRequestURITooLong HTTPResetContent HTTPSeeOther HTTPServerError HTTPServiceUnavailable
        HTTPSuccessful HTTPTemporaryRedirect HTTPTooManyRequests HTTPUnauthorized
        HTTPUnavailableForLegalReasons HTTPUnprocessableEntity HTTPUnsupportedMediaType
        HTTPUpgradeRequired HTTPUseProxy HTTPVariantAlsoNegotiates HTTPVersionNotSupported
        NotAppKeyWarning
    """.split(),
    "aiohttp.web_fileresponse": """
        FileResponse
    """.split(),
    "aiohttp.web_log": """
        AccessLogger KeyMethod
    """.split(),
    "aiohttp.web_middlewares": """
        middleware normalize_path_middleware
    """.split(),
    "aiohttp.web_protocol": """
        PayloadAccessError RequestHandler RequestPayloadError
    """.split(),
    "aiohttp.web_request": """
        BaseRequest FileField Request
    """.split(),
    "aiohttp.web_response": """
        ContentCoding Response StreamResponse json_bytes_response json_response
    """.split(),
    "aiohttp.web_routedef": """
        AbstractRouteDef RouteDef RouteTableDef StaticDef delete get head options patch post put
        route static view
    """.split(),
    "aiohttp.web_runner": """
        AppRunner BaseRunner BaseSite GracefulExit NamedPipeSite ServerRunner SockSite TCPSite
        UnixSite
    """.split(),
    "aiohttp.web_server": """
        Server
    """.split(),
    "aiohttp.web_urldispatcher": """
        AbstractResource AbstractRoute AbstractRuleMatching Domain DynamicResource MaskDomain
        MatchInfoError MatchedSubAppResource PlainResource PrefixResource PrefixedSubAppResource
        Resource ResourceRoute ResourcesView RoutesView StaticResource SystemRoute UrlDispatcher
        UrlMappingMatchInfo View
    """.split(),
    "aiohttp.web_ws": """
        WebSocketReady WebSocketResponse
    """.split(),
}
"""What the other modules define, or are asked for."""
