"""Jinja templates for the Tidewire server framework."""

from tidewire_jinja2._context_processors import context_processors_middleware as context_processors_middleware
from tidewire_jinja2._context_processors import request_processor as request_processor
from tidewire_jinja2._environment import get_env as get_env
from tidewire_jinja2._environment import setup as setup
from tidewire_jinja2._keys import APP_CONTEXT_PROCESSORS_KEY as APP_CONTEXT_PROCESSORS_KEY
from tidewire_jinja2._keys import APP_KEY as APP_KEY
from tidewire_jinja2._keys import REQUEST_CONTEXT_KEY as REQUEST_CONTEXT_KEY
from tidewire_jinja2._keys import ContextProcessor as ContextProcessor
from tidewire_jinja2._keys import static_root_key as static_root_key
from tidewire_jinja2._links import static_url as static_url
from tidewire_jinja2._links import url_for as url_for
from tidewire_jinja2._rendering import render_string as render_string
from tidewire_jinja2._rendering import render_string_async as render_string_async
from tidewire_jinja2._rendering import render_template as render_template
from tidewire_jinja2._rendering import render_template_async as render_template_async
from tidewire_jinja2._template import template as template

__all__ = [
    "APP_CONTEXT_PROCESSORS_KEY",
    "APP_KEY",
    "REQUEST_CONTEXT_KEY",
    "ContextProcessor",
    "context_processors_middleware",
    "get_env",
    "render_string",
    "render_string_async",
    "render_template",
    "render_template_async",
    "request_processor",
    "setup",
    "static_root_key",
    "static_url",
    "template",
    "url_for",
]
