from __future__ import annotations

import known_names

import tidewire

# What is deprecated, and lives in compat; and workers, which tidewire-gunicorn has.
LEFT_OUT = {"FlowControlDataQueue", "streamer", "GunicornUVLoopWebWorker", "GunicornWebWorker"}
# What Tidewire has beyond aiohttp.
ADDED = frozenset(
    """
    AbstractCookieJar AbstractResolver AddressPolicyType ClientAddressRefusedError ContentTooLargeError DeflateOptions
    InvalidTarget JsonBytesPayload LooseCookies LooseHeaders NullResolver Query RateLimitMiddleware ResolveResult RetryMiddleware
    ServerSentEvent StrOrURL TotalTimeoutError UnixClientConnectorError UploadSourceError WebSocketClosed Connection event_source
    is_public_address iter_events iter_lines web
    """.split()
)


def test_users_find_every_name_that_they_know() -> None:
    assert known_names.TOP_LEVEL - set(tidewire.__all__) == LEFT_OUT


def test_what_is_added_is_meant() -> None:
    assert set(tidewire.__all__) - known_names.TOP_LEVEL <= ADDED


def test_every_name_is_there() -> None:
    assert all(hasattr(tidewire, name) for name in tidewire.__all__)


def test_it_has_a_version() -> None:
    assert tidewire.__version__.count(".") == 2
