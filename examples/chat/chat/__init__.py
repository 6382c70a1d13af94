"""A chat with rooms."""

from chat.app import make_app as make_app
from chat.config import Config as Config

__all__ = ["Config", "make_app"]
