"""A middleware for servers that ask for Digest credentials (RFC 7616)."""

from __future__ import annotations

from yarl import URL

from tidewire_client._client_request import ClientRequest
from tidewire_client._client_response import ClientResponse
from tidewire_client._digest_challenge import DigestChallenge, find_challenge, is_within, protection_space
from tidewire_client._middlewares import ClientHandlerType
from tidewire_client._origins import same_origin
from tidewire_http_parser import InvalidFieldValue
from tidewire_http_parser.field_values import parse_challenges

__all__ = ["DigestAuthMiddleware"]


class DigestAuthMiddleware:
    """Answers challenges of the Digest scheme.

    The credentials are for the origin of the first request, and for where that one says that they are good too; to no
    other place are they sent.

    Args:
        login: the user, without a colon.
        password: the password.
        preemptive: whether requests to a place that has asked before carry them from the beginning.

    Raises:
        ValueError: one of them is None, or there is a colon in the user.
    """

    def __init__(self, login: str, password: str, preemptive: bool = True) -> None:
        if login is None:
            raise ValueError("None is not allowed as login value")
        if password is None:
            raise ValueError("None is not allowed as password value")
        if ":" in login:
            raise ValueError('A ":" is not allowed in username (RFC 7617, section 2)')
        self._login = login
        self._password = password
        self._preemptive = preemptive
        self._origin: URL | None = None
        self._challenge: DigestChallenge | None = None
        self._spaces: list[URL] = []

    def __repr__(self) -> str:
        return f"<{type(self).__name__} login={self._login!r}>"

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        """Send a request, and once more where the server asks for credentials.

        Raises:
            ClientError: it asks for what is not supported.
        """
        if self._origin is None:
            self._origin = request.url.origin()
        if not self._is_ours(request.url):
            return await handler(request)
        challenge = self._challenge
        if (
            self._preemptive
            and challenge is not None
            and any(is_within(request.url, space) for space in self._spaces)
        ):
            await self._authorize(request, challenge)
        response = await handler(request)
        if response.status == 401:
            challenge = find_challenge(response.headers.getall("WWW-Authenticate", []))
            if challenge is not None and self._can_answer(request, challenge):
                if self._challenge is not None:
                    challenge.goes_on_from(self._challenge)
                self._challenge = challenge
                self._spaces = protection_space(challenge, request.url)
                await response.wait_for_close()
                await self._authorize(request, challenge)
                response = await handler(request)
        if challenge is not None and "Authentication-Info" in response.headers:
            challenge.renewed(_next_nonce(response.headers["Authentication-Info"]))
        return response

    def _is_ours(self, url: URL) -> bool:
        return (self._origin is not None and same_origin(url, self._origin)) or any(
            is_within(url, space) for space in self._spaces
        )

    def _can_answer(self, request: ClientRequest, challenge: DigestChallenge) -> bool:
        """Tell whether the request can be sent again, with its body in the answer where that is asked for."""
        payload = request.payload
        return payload is None or (payload.replayable and not payload.consumed)

    async def _authorize(self, request: ClientRequest, challenge: DigestChallenge) -> None:
        body: bytes | None = b""
        payload = request.payload
        if challenge.qop == "auth-int" and payload is not None:
            body = None
            # What is protected is the body in its coding (RFC 7616, section 3.4.3), which is made as it is sent.
            if (payload.replayable and not request.compress) or not challenge.offers_auth:
                body = await payload.as_bytes()
                payload.rewind()
        request.headers["Authorization"] = challenge.credentials(
            self._login, self._password, request.method, request.url.raw_path_qs, body
        )


def _next_nonce(value: str) -> str:
    """Return the nonce of Authentication-Info for the next request; empty where there is none."""
    try:
        # Its parameters are those of a challenge without a scheme.
        return parse_challenges(f"Digest {value}")[0].parameters.get("nextnonce", "")
    except InvalidFieldValue:
        return ""
