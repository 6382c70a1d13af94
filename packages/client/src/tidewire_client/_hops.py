"""Making the request of each hop: the first one, and those that redirects ask for."""

from __future__ import annotations

import io
from typing import Any, Final

from multidict import CIMultiDict
from yarl import URL

from tidewire_client._abstract_cookie_jar import LooseCookies
from tidewire_client._auth import BasicAuth, encode_basic_auth
from tidewire_client._client_request import ClientRequest, RequestScope
from tidewire_client._cookie_jar import GivenCookies
from tidewire_client._errors import InvalidUrlClientError, InvalidUrlRedirectClientError
from tidewire_client._origins import same_origin
from tidewire_client._redirects import NextHop, fields_of_next
from tidewire_client._request_body import check_framing, json_payload, payload_fields, payload_of
from tidewire_client._session_services import check_url, host_field
from tidewire_http_io.payloads import Payload
from tidewire_http_parser import Fields
from tidewire_http_parser.field_values import format_cookies

__all__: list[str] = []

_MEANS_A_BODY: Final = frozenset({"POST", "PUT", "PATCH"})
_NO_FIELDS: Final[Fields] = []


class Hops:
    """Makes the requests of one call, each from what is left of the one before.

    Args:
        scope: what they share.
        method: the method of the first.
        url: its URL, as it was given.

    Attributes:
        payload: the body; None where there is none, or none any more.
        request: the request of the last hop; None before the first.
    """

    __slots__ = ("_cookies", "_headers", "_host", "method", "payload", "request", "scope", "url")

    def __init__(self, scope: RequestScope, method: str, url: URL) -> None:
        self.scope = scope
        self.method = method
        self.url = url
        self._host = url.raw_host
        options = scope.options
        self._headers: CIMultiDict[str] | None = None
        self._cookies: LooseCookies | GivenCookies | None = options.cookies
        self.payload: Payload | None = None
        self.request: ClientRequest | None = None
        if options.data is not None:
            self.payload = payload_of(options.data, self._type_of_text(options.data))
        elif options.json is not None:
            services = scope.services
            self.payload = json_payload(options.json, services.json_serialize, services.json_serialize_bytes)

    def _type_of_text(self, data: Any) -> str | None:
        """Return what the fields say of text that is to be sent; None of anything else."""
        if not isinstance(data, str | io.TextIOBase):
            return None
        services = self.scope.services
        given = self.scope.options.headers
        if given is None:
            return services.headers.get("Content-Type")
        self._headers = services.merged(given)  # once only: it may be an iterator
        return self._headers.get("Content-Type")

    def plain(self) -> ClientRequest | None:
        """Make the first request where it is nothing but a URL, and perhaps a body and cookies, as most are.

        Returns:
            The request; None where it has more to say, which `first()` finds out.

        Raises:
            InvalidURL: no request can be sent there.
        """
        scope = self.scope
        options = scope.options
        services = scope.services
        url = self.url
        destination = services.destination(url)
        if options.own_head or destination.has_user or services.auth is not None or services.trust_env:
            return None
        fields = self._cookie_field()
        if fields and "Cookie" in services.headers:
            return None  # they go into one field (RFC 6265, section 5.4)
        payload = self.payload
        if payload is not None:
            skipped = services.skip_auto_headers
            added = payload_fields(payload, services.headers, None, None)
            fields = (
                fields + [field for field in added if field[0].lower() not in skipped]
                if skipped
                else fields + added
            )
        elif self.method in _MEANS_A_BODY:
            fields = fields + self._no_body_fields(services.headers, services.skip_auto_headers)
        block = destination.block
        if block is None:
            fields = destination.fields + fields
        key = None if options.own_way else destination.key
        self.request = ClientRequest(scope, self.method, url, fields, payload, block, key)
        return self.request

    async def first(self) -> ClientRequest:
        """Make the first request.

        Raises:
            InvalidURL: no request can be sent there.
            ValueError: two kinds of credentials, or of framing.
        """
        if self._headers is None:
            self._headers = self.scope.services.merged(self.scope.options.headers)
        await self.scope.services.load_netrc()  # for the proxy too
        await self._authorize(self._first_auth())
        return self._request()

    async def next(self, hop: NextHop) -> ClientRequest:
        """Make the request that a redirect asks for; its body has to be one that can be sent again.

        Raises:
            InvalidURL: no request can be sent there; `RedirectClientError` is another base of it.
        """
        headers = (
            self.scope.services.merged(self.scope.options.headers) if self._headers is None else self._headers
        )
        self._headers = fields_of_next(headers, hop)
        if not hop.same_origin:
            self._cookies = None
        if not hop.keeps_body:
            self.payload = None
        self.method = hop.method
        self.url = url = hop.url
        check_url(url, self.scope.services.connector.allowed_protocol_schema_set)
        try:
            await self._authorize(None)
        except ValueError as error:  # credentials in the location that cannot be sent
            raise InvalidUrlRedirectClientError(url.with_user(None), str(error)) from error
        try:
            return self._request()
        except InvalidUrlClientError as error:
            raise InvalidUrlRedirectClientError(url, error.description) from error

    def _request(self) -> ClientRequest:
        """Make a request with fields of its own."""
        scope = self.scope
        options = scope.options
        services = scope.services
        headers = self._headers if self._headers is not None else CIMultiDict(services.headers)
        url = self.url
        skipped = services.skip_auto_headers
        if options.skip_auto_headers is not None:
            skipped |= {name.lower() for name in options.skip_auto_headers}
        fields = services.completed(headers, host_field(url), skipped)
        cookies = self._cookie_field()
        if cookies:
            before = fields.popall("Cookie", [])
            fields["Cookie"] = "; ".join([*before, cookies[0][1]])
        payload = self.payload
        if payload is not None:
            coding = "deflate" if options.compress is True else (options.compress or None)
            check_framing(fields, coding, options.chunked)
            added = payload_fields(payload, fields, coding, options.chunked)
            fields.extend((name, value) for name, value in added if name.lower() not in skipped)
        elif self.method in _MEANS_A_BODY:
            fields.extend(self._no_body_fields(fields, skipped))
        if options.expect100 and payload is not None:
            fields["Expect"] = "100-continue"
        if url.raw_user is not None or url.raw_password is not None:
            url = url.with_user(None)
        key = None if options.own_way or services.trust_env else services.destination(url).key
        self.request = ClientRequest(scope, self.method, url, list(fields.items()), payload, None, key)
        return self.request

    def _no_body_fields(self, present: CIMultiDict[str], skipped: frozenset[str]) -> Fields:
        """Return what is said of a body that is not there, by methods that mean one."""
        if "Content-Type" in present or "content-type" in skipped:
            return []
        return [("Content-Type", "application/octet-stream")]

    def _cookie_field(self) -> Fields:
        """Return the Cookie field, if there is one."""
        jar = self.scope.services.jar
        if not jar and self._cookies is None:
            return _NO_FIELDS
        pairs = jar.pairs_for(self.url)
        if self._cookies is not None:
            # By a jar of their own: those of Morsels are for their domain only, or for TLS.
            if not isinstance(self._cookies, GivenCookies):  # once only: it may be an iterator
                self._cookies = GivenCookies(self._cookies, jar)
            given = self._cookies.pairs_for(self.url)
            names = {name for name, _ in given}
            pairs = [pair for pair in pairs if pair[0] not in names] + given
        return [("Cookie", format_cookies(pairs))] if pairs else []

    # Credentials.

    def _first_auth(self) -> BasicAuth | None:
        """Return the credentials that the first request has been given.

        Raises:
            ValueError: there are two kinds of them.
        """
        options = self.scope.options
        services = self.scope.services
        headers = self._headers
        given = headers is not None and "Authorization" in headers
        in_url = BasicAuth.from_url(self.url, encoding="utf-8")
        if options.auth is not None:
            if given:
                raise ValueError(
                    "Cannot combine AUTHORIZATION header with AUTH argument or credentials encoded in URL"
                )
            if in_url is not None:
                raise ValueError("Cannot combine AUTH argument with credentials encoded in URL")
            if not isinstance(options.auth, BasicAuth):
                raise TypeError(f"auth is a BasicAuth, not {type(options.auth).__name__}")
            return options.auth
        if in_url is not None:
            if given:
                raise ValueError(
                    "Cannot combine AUTHORIZATION header with AUTH argument or credentials encoded in URL"
                )
            return None  # _authorize() sees them
        origin = services.auth_origin
        if not given and (origin is None or same_origin(origin, self.url)):
            return services.auth
        return None

    async def _authorize(self, auth: BasicAuth | None) -> None:
        """Put credentials into the fields: those given, those of the URL, or those of the netrc file."""
        headers = self._headers
        url = self.url
        if headers is None:
            return
        if auth is not None:
            headers["Authorization"] = auth.encode()
        elif url.raw_user is not None or url.raw_password is not None:
            headers["Authorization"] = encode_basic_auth(url.user or "", url.password or "")
        elif "Authorization" not in headers and url.raw_host:
            # What is for any host is for those that the user has asked, and not for whom a server names (S19).
            found = await self.scope.services.netrc_auth(url.raw_host, named=url.raw_host != self._host)
            if found is not None:
                headers["Authorization"] = found.encode()
