"""Mako templates for the Tidewire server framework."""

from tidewire_mako._context_processors import context_processors_middleware as context_processors_middleware
from tidewire_mako._context_processors import request_processor as request_processor
from tidewire_mako._keys import APP_CONTEXT_PROCESSORS_KEY as APP_CONTEXT_PROCESSORS_KEY
from tidewire_mako._keys import APP_KEY as APP_KEY
from tidewire_mako._keys import REQUEST_CONTEXT_KEY as REQUEST_CONTEXT_KEY
from tidewire_mako._keys import ContextProcessor as ContextProcessor
from tidewire_mako._keys import static_root_key as static_root_key
from tidewire_mako._links import static_url as static_url
from tidewire_mako._links import url_for as url_for
from tidewire_mako._lookup import get_lookup as get_lookup
from tidewire_mako._lookup import setup as setup
from tidewire_mako._rendering import MakoRenderingException as MakoRenderingException
from tidewire_mako._rendering import render_string as render_string
from tidewire_mako._rendering import render_template as render_template
from tidewire_mako._template import template as template

__all__ = [
    "APP_CONTEXT_PROCESSORS_KEY",
    "APP_KEY",
    "REQUEST_CONTEXT_KEY",
    "ContextProcessor",
    "MakoRenderingException",
    "context_processors_middleware",
    "get_lookup",
    "render_string",
    "render_template",
    "request_processor",
    "setup",
    "static_root_key",
    "static_url",
    "template",
    "url_for",
]
