"""What a client gets to see of an error of the server."""

from __future__ import annotations

import html
import traceback
from typing import Any

from tidewire_http_parser import REASONS
from tidewire_web._response import Response

__all__: list[str] = []

_SAYINGS = {
    500: "The server failed to answer this request.",
    504: "The server took too long to answer this request.",
}


def error_page(request: Any, status: int, exception: BaseException | None, debug: bool) -> Response:
    """Make the answer to a request whose handler has failed. The connection is closed after it.

    It is HTML where the request's Accept names `text/html`, else text.

    Args:
        request: the request.
        status: the status code.
        exception: what was raised.
        debug: whether the traceback is shown.
    """
    title = f"{status} {REASONS.get(status, '')}".rstrip()
    saying = _SAYINGS.get(status, "The server does not answer this request.")
    trace = "".join(traceback.format_exception(exception)) if debug and exception is not None else ""
    # What cannot be encoded may be in it, as whatever a client has sent.
    trace = trace.encode("utf-8", "backslashreplace").decode("utf-8")
    if "text/html" in request.headers.get("Accept", "").lower():
        shown = f"<pre>{html.escape(trace)}</pre>\n" if trace else ""
        response = Response(
            status=status,
            content_type="text/html",
            text=(
                f'<!DOCTYPE html>\n<html lang="en">\n<head><title>{title}</title></head>\n'
                f"<body>\n<h1>{title}</h1>\n<p>{saying}</p>\n{shown}</body>\n</html>\n"
            ),
        )
    else:
        response = Response(status=status, text=f"{title}\n\n{saying}\n" + (f"\n{trace}" if trace else ""))
    response.force_close()
    return response
