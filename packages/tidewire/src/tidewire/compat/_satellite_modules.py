"""What can be imported from the satellites, each of which is an extra of Tidewire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tidewire.compat._types import ModuleTable

__all__: list[str] = []

REQUIREMENTS: Final[Mapping[str, str]] = {
    "aiohttp": "tidewire_client tidewire-client",
    "aiohttp_cors": "tidewire_cors tidewire-cors",
    "aiohttp_jinja2": "tidewire_jinja2 tidewire-jinja2",
    "aiohttp_mako": "tidewire_mako tidewire-mako",
    "aiohttp_remotes": "tidewire_remotes tidewire-remotes",
    "aiohttp_session": "tidewire_sessions tidewire-sessions",
    "aiohttp_sse": "tidewire_sse tidewire-sse",
    "aiojobs": "tidewire_jobs tidewire-jobs",
    "pytest_aiohttp": "pytest_asyncio pytest-asyncio",
}
"""The packages that there are, with the package that they need and its distribution."""

_TEMPLATES: Final = """
    APP_CONTEXT_PROCESSORS_KEY APP_KEY REQUEST_CONTEXT_KEY context_processors_middleware render_string render_template
    request_processor setup static_root_key template
"""
_SESSION: Final = """
    AbstractStorage Session SessionData SimpleCookieStorage get_session new_session session_middleware setup
"""
_CORS_CONFIG: Final = "CorsConfig"
_FIXTURE_TYPES: Final = "AiohttpClient AiohttpRawServer AiohttpServer"
_FIXTURES: Final = "aiohttp_client aiohttp_client_cls aiohttp_raw_server aiohttp_server"

SATELLITE_MODULES: Final[ModuleTable] = {
    "aiohttp_cors": (
        (
            "tidewire_cors",
            "CorsConfig CorsViewMixin ResourceOptions custom_cors setup APP_CONFIG_KEY=CORS_CONFIG",
        ),
    ),
    "aiohttp_cors.cors_config": (("tidewire_cors", _CORS_CONFIG),),
    "aiohttp_cors.mixin": (("tidewire_cors", "CorsViewMixin custom_cors"),),
    "aiohttp_cors.resource_options": (("tidewire_cors", "ResourceOptions"),),
    "aiohttp_jinja2": (
        ("tidewire_jinja2", f"{_TEMPLATES} get_env render_string_async render_template_async"),
    ),
    "aiohttp_jinja2.helpers": (("tidewire_jinja2", "static_root_key static_url url_for"),),
    "aiohttp_mako": (("tidewire_mako", f"{_TEMPLATES} get_lookup MakoRenderingException"),),
    "aiohttp_remotes": (("tidewire_remotes", "*"),),
    "aiohttp_remotes.abc": (("tidewire_remotes", "ABC"),),
    "aiohttp_remotes.allowed_hosts": (("tidewire_remotes", "AllowedHosts"),),
    "aiohttp_remotes.basic_auth": (("tidewire_remotes", "BasicAuth"),),
    "aiohttp_remotes.cloudflare": (("tidewire_remotes", "Cloudflare"),),
    "aiohttp_remotes.exceptions": (
        (
            "tidewire_remotes",
            "IncorrectForwardedCount IncorrectHostCount IncorrectIPCount IncorrectProtoCount",
        ),
        ("tidewire_remotes", "RemoteError TooManyHeaders UntrustedIP"),
    ),
    "aiohttp_remotes.forwarded": (("tidewire_remotes", "ForwardedRelaxed ForwardedStrict"),),
    "aiohttp_remotes.secure": (("tidewire_remotes", "Secure"),),
    "aiohttp_remotes.x_forwarded": (
        ("tidewire_remotes", "XForwardedFiltered XForwardedRelaxed XForwardedStrict"),
    ),
    "aiohttp_session": (("tidewire_sessions", f"{_SESSION} SESSION_KEY STORAGE_KEY"),),
    "aiohttp_session.cookie_storage": (("tidewire_sessions.cookie_storage", "EncryptedCookieStorage"),),
    "aiohttp_session.memcached_storage": (("tidewire_sessions.memcached_storage", "MemcachedStorage"),),
    "aiohttp_session.nacl_storage": (("tidewire_sessions.nacl_storage", "NaClCookieStorage"),),
    "aiohttp_session.redis_storage": (("tidewire_sessions.redis_storage", "RedisStorage"),),
    "aiohttp_sse": (("tidewire_sse", "EventSourceResponse sse_response"),),
    "aiojobs": (
        ("tidewire_jobs", "Job Scheduler"),
        ("._create_scheduler", "create_scheduler"),
    ),
    "aiojobs._job": (("tidewire_jobs", "Job"),),
    "aiojobs._scheduler": (("tidewire_jobs", "ExceptionHandler Job Scheduler"),),
    "aiojobs.aiohttp": (
        (
            "tidewire_jobs",
            "AIOJOBS_SCHEDULER atomic get_scheduler get_scheduler_from_app get_scheduler_from_request",
        ),
        ("tidewire_jobs", "setup shield spawn"),
    ),
    "pytest_aiohttp": (("._fixtures", _FIXTURE_TYPES),),
    "pytest_aiohttp.plugin": (("._fixtures", f"{_FIXTURE_TYPES} {_FIXTURES}"),),
}
"""The modules of the satellites, with where their names come from."""
