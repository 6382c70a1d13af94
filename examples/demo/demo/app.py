"""Two applications nested in a third one, which has the page that leads to them."""

from __future__ import annotations

from pathlib import Path
from string import Template
from typing import Final

import chat
import polls

from tidewire import web

PAGE: Final = Template((Path(__file__).parent / "index.html").read_text("utf-8"))
POLICY: Final = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"


def make_app(polls_config: polls.Config, chat_config: chat.Config) -> web.Application:
    """Make the application.

    Args:
        polls_config: the settings of the polls; where to listen is not used.
        chat_config: those of the chat.
    """
    the_polls, the_chat = polls.make_app(polls_config), chat.make_app(chat_config)

    async def index(request: web.Request) -> web.Response:
        # The nested applications know where they are.
        page = PAGE.substitute(
            style=the_polls.router["static"].url_for(filename="style.css"),
            polls=the_polls.router["index"].url_for(),
            polls_icon=the_polls.router["static"].url_for(filename="icon.svg"),
            chat=the_chat.router["index"].url_for(),
            chat_icon=the_chat.router["static"].url_for(filename="icon.svg"),
        )
        headers = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff"}
        return web.Response(text=page, content_type="text/html", headers=headers)

    # Who leaves out the last slash of /polls/ is led there.
    app = web.Application(middlewares=[web.normalize_path_middleware()])
    app.router.add_get("/", index)
    app.add_subapp("/polls/", the_polls)
    app.add_subapp("/chat/", the_chat)
    return app
