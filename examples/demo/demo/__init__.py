"""Polls and chat on one port."""

from demo.app import make_app as make_app

__all__ = ["make_app"]
