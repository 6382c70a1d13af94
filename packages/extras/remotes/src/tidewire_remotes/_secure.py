"""Lets nobody stay on a connection without TLS."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from yarl import URL

from tidewire_remotes._hosts import normalise_host
from tidewire_remotes._tool import ABC, Handler, WhitePaths
from tidewire_web import (
    Application,
    HTTPException,
    HTTPPermanentRedirect,
    Request,
    RequestKey,
    StreamResponse,
    middleware,
)

__all__ = ["Secure"]

# Whether the request is secure, for the receiver of `on_response_prepare`: it is called with the request that the
# server knows, which does not know what tools have found out.
_IS_SECURE: Final = RequestKey("is_secure", bool)


class Secure(ABC):
    """Leads clients to https, and tells browsers what they may not do with responses.

    The fields are set for every response, errors and streams included, unless it has them already.
    Strict-Transport-Security is told over https only (RFC 6797, section 7.2).

    Args:
        redirect: whether requests over http are answered with 308, and not with 400.
        redirect_url: where they are led to, scheme and host; None for the host of the request.
        x_frame: the value of X-Frame-Options; None for no such field.
        sts: the value of Strict-Transport-Security.
        cto: the value of X-Content-Type-Options.
        xss: the value of X-XSS-Protection.
        white_paths: paths that are answered over http, too.

    Raises:
        TypeError: the paths are no collection.
        ValueError: the URL is more or less than https, host and port.
    """

    def __init__(
        self,
        *,
        redirect: bool = True,
        redirect_url: str | URL | None = None,
        x_frame: str | None = "DENY",
        sts: str | None = "max-age=31536000; includeSubDomains",
        cto: str | None = "nosniff",
        xss: str | None = "1; mode=block",
        white_paths: Collection[str] = (),
    ) -> None:
        self._redirect = redirect
        self._origin = None if redirect_url is None else _checked_origin(redirect_url)
        fields = {"X-Frame-Options": x_frame, "X-Content-Type-Options": cto, "X-XSS-Protection": xss}
        self._fields = [(name, value) for name, value in fields.items() if value is not None]
        self._sts = sts
        self._white_paths = WhitePaths(white_paths)

    async def setup(self, app: Application) -> None:
        """Add the tool's middleware to an application, and the receiver that sets the fields."""
        app.middlewares.append(self.middleware)
        app.on_response_prepare.append(self._set_fields)

    def secure_url(self, request: Request) -> URL | None:
        """Return where a request is led to; None where it does not say which host it is for."""
        url = request.rel_url
        path = url.raw_path if url.raw_path.startswith("/") else "/"
        if self._origin is not None:
            authority = self._origin.raw_authority
        else:
            host = normalise_host(request.host)
            if host is None:
                return None
            # The port is that of http.
            authority = host[0]
        # Not by joining, for which a path of two slashes is another host.
        return URL.build(
            scheme="https",
            authority=authority,
            path=path,
            query_string=url.raw_query_string,
            encoded=True,
        )

    @middleware
    async def middleware(self, request: Request, handler: Handler) -> StreamResponse:
        """Lead a request to https, or hand it on."""
        if not request.secure and request not in self._white_paths:
            url = self.secure_url(request) if self._redirect else None
            if url is not None:
                raise HTTPPermanentRedirect(url)
            await self.raise_error(request)
            await super().raise_error(request)
        request[_IS_SECURE] = request.secure
        try:
            response = await handler(request)
        except HTTPException as raised:
            await self._set_fields(request, raised)
            raise
        if not response.prepared:
            await self._set_fields(request, response)
        return response

    async def _set_fields(self, request: Any, response: Any) -> None:
        headers = response.headers
        for name, value in self._fields:
            headers.setdefault(name, value)
        if self._sts is not None and request.get(_IS_SECURE, request.secure):
            headers.setdefault("Strict-Transport-Security", self._sts)


def _checked_origin(given: str | URL) -> URL:
    url = URL(given)
    if (
        url.scheme != "https"
        or not url.raw_host
        or url.raw_path not in ("", "/")
        or url.raw_query_string
        or url.raw_fragment
        or url.raw_user is not None
        or url.raw_password is not None
    ):
        raise ValueError(f"https, a host, and a port at most: {given!s}")
    return url
