"""Cross-origin resource sharing for Tidewire applications.

    from tidewire_cors import ResourceOptions, setup

The README has an application, whole.
"""

from tidewire_cors._config import CORS_CONFIG as CORS_CONFIG
from tidewire_cors._config import CorsConfig as CorsConfig
from tidewire_cors._config import setup as setup
from tidewire_cors._options import CorsOptions as CorsOptions
from tidewire_cors._options import ResourceOptions as ResourceOptions
from tidewire_cors._policy import PreflightRefused as PreflightRefused
from tidewire_cors._view_options import CorsViewMixin as CorsViewMixin
from tidewire_cors._view_options import custom_cors as custom_cors

__all__ = [
    "CORS_CONFIG",
    "CorsConfig",
    "CorsOptions",
    "CorsViewMixin",
    "PreflightRefused",
    "ResourceOptions",
    "custom_cors",
    "setup",
]
