"""The names of the methods and of the header fields as constants: `hdrs.CONTENT_TYPE` is `Content-Type`.

A field name is an `istr`: a `str` that multidict's mappings look up without folding its case again, and the very object
that the parsers report, so that most comparisons end at identity. Methods are case-sensitive and plain `str`
(RFC 9110, section 9.1). The names are those of the IANA registries and of what browsers and proxies send besides.
"""

from __future__ import annotations

from typing import Final

from multidict import istr

from tidewire_http_parser._header_names import TEXTS
from tidewire_http_parser._methods import METHODS

__all__ = [
    "ACCEPT",
    "ACCEPT_CH",
    "ACCEPT_CHARSET",
    "ACCEPT_ENCODING",
    "ACCEPT_LANGUAGE",
    "ACCEPT_PATCH",
    "ACCEPT_POST",
    "ACCEPT_RANGES",
    "ACCESS_CONTROL_ALLOW_CREDENTIALS",
    "ACCESS_CONTROL_ALLOW_HEADERS",
    "ACCESS_CONTROL_ALLOW_METHODS",
    "ACCESS_CONTROL_ALLOW_ORIGIN",
    "ACCESS_CONTROL_EXPOSE_HEADERS",
    "ACCESS_CONTROL_MAX_AGE",
    "ACCESS_CONTROL_REQUEST_HEADERS",
    "ACCESS_CONTROL_REQUEST_METHOD",
    "AGE",
    "ALLOW",
    "ALT_SVC",
    "ALT_USED",
    "AUTHENTICATION_INFO",
    "AUTHORIZATION",
    "BAGGAGE",
    "CACHE_CONTROL",
    "CACHE_STATUS",
    "CDN_CACHE_CONTROL",
    "CDN_LOOP",
    "CLEAR_SITE_DATA",
    "CONNECTION",
    "CONTENT_DIGEST",
    "CONTENT_DISPOSITION",
    "CONTENT_ENCODING",
    "CONTENT_ID",
    "CONTENT_LANGUAGE",
    "CONTENT_LENGTH",
    "CONTENT_LOCATION",
    "CONTENT_MD5",
    "CONTENT_RANGE",
    "CONTENT_SECURITY_POLICY",
    "CONTENT_SECURITY_POLICY_REPORT_ONLY",
    "CONTENT_TRANSFER_ENCODING",
    "CONTENT_TYPE",
    "COOKIE",
    "CROSS_ORIGIN_EMBEDDER_POLICY",
    "CROSS_ORIGIN_OPENER_POLICY",
    "CROSS_ORIGIN_RESOURCE_POLICY",
    "DATE",
    "DESTINATION",
    "DIGEST",
    "DNT",
    "EARLY_DATA",
    "ETAG",
    "EXPECT",
    "EXPIRES",
    "FORWARDED",
    "FROM",
    "HOST",
    "IF_MATCH",
    "IF_MODIFIED_SINCE",
    "IF_NONE_MATCH",
    "IF_RANGE",
    "IF_UNMODIFIED_SINCE",
    "KEEP_ALIVE",
    "LAST_EVENT_ID",
    "LAST_MODIFIED",
    "LINK",
    "LOCATION",
    "MAX_FORWARDS",
    "METH_ALL",
    "METH_ANY",
    "METH_CONNECT",
    "METH_DELETE",
    "METH_GET",
    "METH_HEAD",
    "METH_OPTIONS",
    "METH_PATCH",
    "METH_POST",
    "METH_PUT",
    "METH_TRACE",
    "NEL",
    "ORIGIN",
    "ORIGIN_AGENT_CLUSTER",
    "PERMISSIONS_POLICY",
    "PRAGMA",
    "PREFER",
    "PREFERENCE_APPLIED",
    "PRIORITY",
    "PROXY_AUTHENTICATE",
    "PROXY_AUTHENTICATION_INFO",
    "PROXY_AUTHORIZATION",
    "PROXY_CONNECTION",
    "PROXY_STATUS",
    "RANGE",
    "REFERER",
    "REFERRER_POLICY",
    "REFRESH",
    "REPORTING_ENDPOINTS",
    "REPORT_TO",
    "REPR_DIGEST",
    "RETRY_AFTER",
    "SAVE_DATA",
    "SEC_CH_UA",
    "SEC_CH_UA_ARCH",
    "SEC_CH_UA_BITNESS",
    "SEC_CH_UA_FULL_VERSION_LIST",
    "SEC_CH_UA_MOBILE",
    "SEC_CH_UA_MODEL",
    "SEC_CH_UA_PLATFORM",
    "SEC_CH_UA_PLATFORM_VERSION",
    "SEC_FETCH_DEST",
    "SEC_FETCH_MODE",
    "SEC_FETCH_SITE",
    "SEC_FETCH_USER",
    "SEC_GPC",
    "SEC_PURPOSE",
    "SEC_WEBSOCKET_ACCEPT",
    "SEC_WEBSOCKET_EXTENSIONS",
    "SEC_WEBSOCKET_KEY",
    "SEC_WEBSOCKET_KEY1",
    "SEC_WEBSOCKET_PROTOCOL",
    "SEC_WEBSOCKET_VERSION",
    "SERVER",
    "SERVER_TIMING",
    "SERVICE_WORKER_NAVIGATION_PRELOAD",
    "SET_COOKIE",
    "SOURCEMAP",
    "STRICT_TRANSPORT_SECURITY",
    "TE",
    "TIMING_ALLOW_ORIGIN",
    "TRACEPARENT",
    "TRACESTATE",
    "TRAILER",
    "TRANSFER_ENCODING",
    "UPGRADE",
    "UPGRADE_INSECURE_REQUESTS",
    "URI",
    "USER_AGENT",
    "VARY",
    "VIA",
    "WANT_CONTENT_DIGEST",
    "WANT_DIGEST",
    "WANT_REPR_DIGEST",
    "WARNING",
    "WWW_AUTHENTICATE",
    "X_CONTENT_TYPE_OPTIONS",
    "X_CORRELATION_ID",
    "X_CSRF_TOKEN",
    "X_DNS_PREFETCH_CONTROL",
    "X_FORWARDED_FOR",
    "X_FORWARDED_HOST",
    "X_FORWARDED_PORT",
    "X_FORWARDED_PROTO",
    "X_FRAME_OPTIONS",
    "X_POWERED_BY",
    "X_RATELIMIT_LIMIT",
    "X_RATELIMIT_REMAINING",
    "X_RATELIMIT_RESET",
    "X_REAL_IP",
    "X_REQUESTED_WITH",
    "X_REQUEST_ID",
    "X_ROBOTS_TAG",
    "X_XSS_PROTECTION",
]


def _field(name: str) -> istr:
    text = TEXTS[name].text
    assert isinstance(text, istr)  # the table holds nothing else
    return text


def _method(name: str) -> str:
    return METHODS[name.encode()]


# What stands for every method in a table of routes.
METH_ANY: Final = "*"
METH_CONNECT: Final = _method("CONNECT")
METH_DELETE: Final = _method("DELETE")
METH_GET: Final = _method("GET")
METH_HEAD: Final = _method("HEAD")
METH_OPTIONS: Final = _method("OPTIONS")
METH_PATCH: Final = _method("PATCH")
METH_POST: Final = _method("POST")
METH_PUT: Final = _method("PUT")
METH_TRACE: Final = _method("TRACE")
METH_ALL: Final = frozenset(
    {
        METH_CONNECT,
        METH_DELETE,
        METH_GET,
        METH_HEAD,
        METH_OPTIONS,
        METH_PATCH,
        METH_POST,
        METH_PUT,
        METH_TRACE,
    }
)

ACCEPT: Final = _field("Accept")
ACCEPT_CH: Final = _field("Accept-CH")
ACCEPT_CHARSET: Final = _field("Accept-Charset")
ACCEPT_ENCODING: Final = _field("Accept-Encoding")
ACCEPT_LANGUAGE: Final = _field("Accept-Language")
ACCEPT_PATCH: Final = _field("Accept-Patch")
ACCEPT_POST: Final = _field("Accept-Post")
ACCEPT_RANGES: Final = _field("Accept-Ranges")
ACCESS_CONTROL_ALLOW_CREDENTIALS: Final = _field("Access-Control-Allow-Credentials")
ACCESS_CONTROL_ALLOW_HEADERS: Final = _field("Access-Control-Allow-Headers")
ACCESS_CONTROL_ALLOW_METHODS: Final = _field("Access-Control-Allow-Methods")
ACCESS_CONTROL_ALLOW_ORIGIN: Final = _field("Access-Control-Allow-Origin")
ACCESS_CONTROL_EXPOSE_HEADERS: Final = _field("Access-Control-Expose-Headers")
ACCESS_CONTROL_MAX_AGE: Final = _field("Access-Control-Max-Age")
ACCESS_CONTROL_REQUEST_HEADERS: Final = _field("Access-Control-Request-Headers")
ACCESS_CONTROL_REQUEST_METHOD: Final = _field("Access-Control-Request-Method")
AGE: Final = _field("Age")
ALLOW: Final = _field("Allow")
ALT_SVC: Final = _field("Alt-Svc")
ALT_USED: Final = _field("Alt-Used")
AUTHENTICATION_INFO: Final = _field("Authentication-Info")
AUTHORIZATION: Final = _field("Authorization")
BAGGAGE: Final = _field("Baggage")
CACHE_CONTROL: Final = _field("Cache-Control")
CACHE_STATUS: Final = _field("Cache-Status")
CDN_CACHE_CONTROL: Final = _field("CDN-Cache-Control")
CDN_LOOP: Final = _field("CDN-Loop")
CLEAR_SITE_DATA: Final = _field("Clear-Site-Data")
CONNECTION: Final = _field("Connection")
CONTENT_DIGEST: Final = _field("Content-Digest")
CONTENT_DISPOSITION: Final = _field("Content-Disposition")
CONTENT_ENCODING: Final = _field("Content-Encoding")
CONTENT_ID: Final = _field("Content-ID")
CONTENT_LANGUAGE: Final = _field("Content-Language")
CONTENT_LENGTH: Final = _field("Content-Length")
CONTENT_LOCATION: Final = _field("Content-Location")
CONTENT_MD5: Final = _field("Content-MD5")
CONTENT_RANGE: Final = _field("Content-Range")
CONTENT_SECURITY_POLICY: Final = _field("Content-Security-Policy")
CONTENT_SECURITY_POLICY_REPORT_ONLY: Final = _field("Content-Security-Policy-Report-Only")
CONTENT_TRANSFER_ENCODING: Final = _field("Content-Transfer-Encoding")
CONTENT_TYPE: Final = _field("Content-Type")
COOKIE: Final = _field("Cookie")
CROSS_ORIGIN_EMBEDDER_POLICY: Final = _field("Cross-Origin-Embedder-Policy")
CROSS_ORIGIN_OPENER_POLICY: Final = _field("Cross-Origin-Opener-Policy")
CROSS_ORIGIN_RESOURCE_POLICY: Final = _field("Cross-Origin-Resource-Policy")
DATE: Final = _field("Date")
DESTINATION: Final = _field("Destination")
DIGEST: Final = _field("Digest")
DNT: Final = _field("DNT")
EARLY_DATA: Final = _field("Early-Data")
ETAG: Final = _field("ETag")
EXPECT: Final = _field("Expect")
EXPIRES: Final = _field("Expires")
FORWARDED: Final = _field("Forwarded")
FROM: Final = _field("From")
HOST: Final = _field("Host")
IF_MATCH: Final = _field("If-Match")
IF_MODIFIED_SINCE: Final = _field("If-Modified-Since")
IF_NONE_MATCH: Final = _field("If-None-Match")
IF_RANGE: Final = _field("If-Range")
IF_UNMODIFIED_SINCE: Final = _field("If-Unmodified-Since")
KEEP_ALIVE: Final = _field("Keep-Alive")
LAST_EVENT_ID: Final = _field("Last-Event-ID")
LAST_MODIFIED: Final = _field("Last-Modified")
LINK: Final = _field("Link")
LOCATION: Final = _field("Location")
MAX_FORWARDS: Final = _field("Max-Forwards")
NEL: Final = _field("NEL")
ORIGIN: Final = _field("Origin")
ORIGIN_AGENT_CLUSTER: Final = _field("Origin-Agent-Cluster")
PERMISSIONS_POLICY: Final = _field("Permissions-Policy")
PRAGMA: Final = _field("Pragma")
PREFER: Final = _field("Prefer")
PREFERENCE_APPLIED: Final = _field("Preference-Applied")
PRIORITY: Final = _field("Priority")
PROXY_AUTHENTICATE: Final = _field("Proxy-Authenticate")
PROXY_AUTHENTICATION_INFO: Final = _field("Proxy-Authentication-Info")
PROXY_AUTHORIZATION: Final = _field("Proxy-Authorization")
PROXY_CONNECTION: Final = _field("Proxy-Connection")
PROXY_STATUS: Final = _field("Proxy-Status")
RANGE: Final = _field("Range")
REFERER: Final = _field("Referer")
REFERRER_POLICY: Final = _field("Referrer-Policy")
REFRESH: Final = _field("Refresh")
REPORTING_ENDPOINTS: Final = _field("Reporting-Endpoints")
REPORT_TO: Final = _field("Report-To")
REPR_DIGEST: Final = _field("Repr-Digest")
RETRY_AFTER: Final = _field("Retry-After")
SAVE_DATA: Final = _field("Save-Data")
SEC_CH_UA: Final = _field("Sec-CH-UA")
SEC_CH_UA_ARCH: Final = _field("Sec-CH-UA-Arch")
SEC_CH_UA_BITNESS: Final = _field("Sec-CH-UA-Bitness")
SEC_CH_UA_FULL_VERSION_LIST: Final = _field("Sec-CH-UA-Full-Version-List")
SEC_CH_UA_MOBILE: Final = _field("Sec-CH-UA-Mobile")
SEC_CH_UA_MODEL: Final = _field("Sec-CH-UA-Model")
SEC_CH_UA_PLATFORM: Final = _field("Sec-CH-UA-Platform")
SEC_CH_UA_PLATFORM_VERSION: Final = _field("Sec-CH-UA-Platform-Version")
SEC_FETCH_DEST: Final = _field("Sec-Fetch-Dest")
SEC_FETCH_MODE: Final = _field("Sec-Fetch-Mode")
SEC_FETCH_SITE: Final = _field("Sec-Fetch-Site")
SEC_FETCH_USER: Final = _field("Sec-Fetch-User")
SEC_GPC: Final = _field("Sec-GPC")
SEC_PURPOSE: Final = _field("Sec-Purpose")
SEC_WEBSOCKET_ACCEPT: Final = _field("Sec-WebSocket-Accept")
SEC_WEBSOCKET_EXTENSIONS: Final = _field("Sec-WebSocket-Extensions")
SEC_WEBSOCKET_KEY: Final = _field("Sec-WebSocket-Key")
SEC_WEBSOCKET_KEY1: Final = _field("Sec-WebSocket-Key1")
SEC_WEBSOCKET_PROTOCOL: Final = _field("Sec-WebSocket-Protocol")
SEC_WEBSOCKET_VERSION: Final = _field("Sec-WebSocket-Version")
SERVER: Final = _field("Server")
SERVER_TIMING: Final = _field("Server-Timing")
SERVICE_WORKER_NAVIGATION_PRELOAD: Final = _field("Service-Worker-Navigation-Preload")
SET_COOKIE: Final = _field("Set-Cookie")
SOURCEMAP: Final = _field("SourceMap")
STRICT_TRANSPORT_SECURITY: Final = _field("Strict-Transport-Security")
TE: Final = _field("TE")
TIMING_ALLOW_ORIGIN: Final = _field("Timing-Allow-Origin")
TRACEPARENT: Final = _field("Traceparent")
TRACESTATE: Final = _field("Tracestate")
TRAILER: Final = _field("Trailer")
TRANSFER_ENCODING: Final = _field("Transfer-Encoding")
UPGRADE: Final = _field("Upgrade")
UPGRADE_INSECURE_REQUESTS: Final = _field("Upgrade-Insecure-Requests")
URI: Final = _field("URI")
USER_AGENT: Final = _field("User-Agent")
VARY: Final = _field("Vary")
VIA: Final = _field("Via")
WANT_CONTENT_DIGEST: Final = _field("Want-Content-Digest")
WANT_DIGEST: Final = _field("Want-Digest")
WANT_REPR_DIGEST: Final = _field("Want-Repr-Digest")
WARNING: Final = _field("Warning")
WWW_AUTHENTICATE: Final = _field("WWW-Authenticate")
X_CONTENT_TYPE_OPTIONS: Final = _field("X-Content-Type-Options")
X_CORRELATION_ID: Final = _field("X-Correlation-ID")
X_CSRF_TOKEN: Final = _field("X-CSRF-Token")
X_DNS_PREFETCH_CONTROL: Final = _field("X-DNS-Prefetch-Control")
X_FORWARDED_FOR: Final = _field("X-Forwarded-For")
X_FORWARDED_HOST: Final = _field("X-Forwarded-Host")
X_FORWARDED_PORT: Final = _field("X-Forwarded-Port")
X_FORWARDED_PROTO: Final = _field("X-Forwarded-Proto")
X_FRAME_OPTIONS: Final = _field("X-Frame-Options")
X_POWERED_BY: Final = _field("X-Powered-By")
X_RATELIMIT_LIMIT: Final = _field("X-RateLimit-Limit")
X_RATELIMIT_REMAINING: Final = _field("X-RateLimit-Remaining")
X_RATELIMIT_RESET: Final = _field("X-RateLimit-Reset")
X_REAL_IP: Final = _field("X-Real-IP")
X_REQUESTED_WITH: Final = _field("X-Requested-With")
X_REQUEST_ID: Final = _field("X-Request-ID")
X_ROBOTS_TAG: Final = _field("X-Robots-Tag")
X_XSS_PROTECTION: Final = _field("X-XSS-Protection")
