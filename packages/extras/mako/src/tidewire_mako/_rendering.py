"""Templates to texts, and texts to responses."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Final

from mako.exceptions import (  # type: ignore[import-untyped]
    TemplateLookupException,
    text_error_template,
)
from mako.lookup import TemplateLookup  # type: ignore[import-untyped]

from tidewire_mako._keys import APP_KEY, REQUEST_CONTEXT_KEY
from tidewire_web import AppKey, HTTPException, HTTPInternalServerError, Request, Response

__all__ = ["MakoRenderingException", "render_string", "render_template"]

_LOGGER: Final = logging.getLogger("tidewire.mako")


class MakoRenderingException(Exception):
    """A template has failed; answered with 500 like other failures of a handler, and logged.

    Args:
        text: Mako's traceback, which knows the lines of templates. What was raised is the cause.

    Attributes:
        text: the same.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def render_string(
    template_name: str,
    request: Request,
    context: Mapping[str, Any],
    *,
    app_key: AppKey[TemplateLookup] = APP_KEY,
) -> str:
    """Render a template.

    Args:
        template_name: its name.
        request: the request that is answered.
        context: what the template gets to see, beside what the context processors gave.
        app_key: under which the application keeps its templates.

    Raises:
        HTTPException: the template has raised it.
        HTTPInternalServerError: there is no lookup, no such template, or the context is no mapping.
        MakoRenderingException: the template cannot be compiled, or has raised something else.
    """
    lookup: Any = request.config_dict.get(app_key)
    if lookup is None:
        raise _failure("Template engine is not initialized: call tidewire_mako.setup()")
    try:
        template = lookup.get_template(template_name)
    except TemplateLookupException as error:
        raise _failure(f"Template {ascii(template_name)[:100]} not found") from error
    except Exception as error:
        raise MakoRenderingException(text_error_template().render()) from error
    given: object = context
    if not isinstance(given, Mapping):
        raise _failure(f"The context of a template is a mapping, not {type(given).__name__}")
    processed = request.get(REQUEST_CONTEXT_KEY)
    try:
        text: str = template.render_unicode(
            **{**getattr(lookup, "tidewire_globals", {}), **(processed or {}), **context}
        )
    except HTTPException:
        raise
    except Exception as error:
        raise MakoRenderingException(text_error_template().render()) from error
    return text


def render_template(
    template_name: str,
    request: Request,
    context: Mapping[str, Any] | None,
    *,
    app_key: AppKey[TemplateLookup] = APP_KEY,
    encoding: str = "utf-8",
    status: int = 200,
) -> Response:
    """Render a template to a response.

    Args:
        template_name: its name.
        request: the request that is answered.
        context: what the template gets to see, beside what the context processors gave; nothing where None.
        app_key: under which the application keeps its templates.
        encoding: the charset of the response.
        status: the status code of the response.

    Raises:
        Exception: as with `render_string()`.
    """
    text = render_string(template_name, request, {} if context is None else context, app_key=app_key)
    return Response(text=text, content_type="text/html", charset=encoding, status=status)


def _failure(text: str) -> HTTPInternalServerError:
    # Nobody logs a response that is raised, and this is an error of the application.
    _LOGGER.error("%s", text)
    return HTTPInternalServerError(reason=text, text=text)
