"""Polls on the web."""

from polls.app import make_app as make_app
from polls.config import Config as Config

__all__ = ["Config", "make_app"]
