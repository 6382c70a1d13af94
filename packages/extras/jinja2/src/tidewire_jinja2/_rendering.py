"""Templates to texts, and texts to responses."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Final

from jinja2 import Environment, Template, TemplateNotFound

from tidewire_jinja2._keys import APP_KEY, REQUEST_CONTEXT_KEY
from tidewire_web import AppKey, HTTPInternalServerError, Request, Response

__all__ = ["render_string", "render_string_async", "render_template", "render_template_async"]

_LOGGER: Final = logging.getLogger("tidewire.jinja2")


def render_string(
    template_name: str,
    request: Request,
    context: Mapping[str, Any],
    *,
    app_key: AppKey[Environment] = APP_KEY,
) -> str:
    """Render a template; for environments that are not asynchronous.

    Args:
        template_name: its name.
        request: the request that is answered.
        context: what the template gets to see, beside what the context processors gave.
        app_key: under which the application keeps the environment.

    Raises:
        HTTPInternalServerError: there is no environment, no such template, or the context is no mapping.
        RuntimeError: the environment is asynchronous.
        Exception: what the template raises.
    """
    template = _find(template_name, request, app_key)
    if template.environment.is_async:
        # Jinja would try to run a loop within the one that runs.
        raise RuntimeError(
            "the environment is asynchronous: use render_string_async() or render_template_async()"
        )
    return template.render(_whole_context(request, context))


async def render_string_async(
    template_name: str,
    request: Request,
    context: Mapping[str, Any],
    *,
    app_key: AppKey[Environment] = APP_KEY,
) -> str:
    """Render a template; for environments with `enable_async`. For the rest see `render_string()`."""
    template = _find(template_name, request, app_key)
    return await template.render_async(_whole_context(request, context))


def render_template(
    template_name: str,
    request: Request,
    context: Mapping[str, Any] | None,
    *,
    app_key: AppKey[Environment] = APP_KEY,
    encoding: str = "utf-8",
    status: int = 200,
) -> Response:
    """Render a template to a response; for environments that are not asynchronous.

    Args:
        template_name: its name.
        request: the request that is answered.
        context: what the template gets to see, beside what the context processors gave; nothing where None.
        app_key: under which the application keeps the environment.
        encoding: the charset of the response.
        status: the status code of the response.

    Raises:
        HTTPInternalServerError: there is no environment, no such template, or the context is no mapping.
        RuntimeError: the environment is asynchronous.
        Exception: what the template raises.
    """
    text = render_string(template_name, request, {} if context is None else context, app_key=app_key)
    return Response(text=text, content_type="text/html", charset=encoding, status=status)


async def render_template_async(
    template_name: str,
    request: Request,
    context: Mapping[str, Any] | None,
    *,
    app_key: AppKey[Environment] = APP_KEY,
    encoding: str = "utf-8",
    status: int = 200,
) -> Response:
    """Render a template to a response; for environments with `enable_async`. For the rest see `render_template()`."""
    whole = {} if context is None else context
    text = await render_string_async(template_name, request, whole, app_key=app_key)
    return Response(text=text, content_type="text/html", charset=encoding, status=status)


def environment_of(request: Request, app_key: AppKey[Environment]) -> Environment:
    """Find the environment for a request: its application's, or one of an application around that.

    Raises:
        HTTPInternalServerError: there is none.
    """
    env: Environment | None = request.config_dict.get(app_key)
    if env is None:
        raise _failure("Template engine is not initialized: call tidewire_jinja2.setup()")
    return env


def _find(template_name: str, request: Request, app_key: AppKey[Environment]) -> Template:
    env = environment_of(request, app_key)
    try:
        return env.get_template(template_name)
    except TemplateNotFound as error:
        raise _failure(f"Template {ascii(template_name)[:100]} not found") from error


def _whole_context(request: Request, context: Mapping[str, Any]) -> dict[str, Any]:
    given: object = context
    if not isinstance(given, Mapping):
        raise _failure(f"The context of a template is a mapping, not {type(given).__name__}")
    processed = request.get(REQUEST_CONTEXT_KEY)
    return dict(context) if processed is None else {**processed, **context}


def _failure(text: str) -> HTTPInternalServerError:
    # Nobody logs a response that is raised, and this is an error of the application.
    _LOGGER.error("%s", text)
    return HTTPInternalServerError(reason=text, text=text)
