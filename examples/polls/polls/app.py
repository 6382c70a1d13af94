"""The application, put together."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import jinja2
from yarl import URL

import tidewire_jinja2
import tidewire_sessions
from polls.admin import make_admin
from polls.config import Config
from polls.database import open_database
from polls.errors import error_pages
from polls.keys import CONFIG, SITE
from polls.security import add_security_fields
from polls.views import routes
from tidewire import web
from tidewire_sessions.cookie_storage import EncryptedCookieStorage

HERE: Final = Path(__file__).parent
A_FORTNIGHT: Final = 14 * 24 * 3600


def make_app(config: Config) -> web.Application:
    """Make the application. It can be served by itself, or nested in another one."""
    # Middlewares, the outermost first: whatever fails further in gets its page.
    app = web.Application(middlewares=[error_pages], client_max_size=64 * 1024)
    app[CONFIG] = config
    app[SITE] = app
    tidewire_sessions.setup(
        app,
        EncryptedCookieStorage(
            config.secret_key,
            cookie_name="polls",
            max_age=A_FORTNIGHT,
            samesite="Lax",
            secure=config.secure_cookies,
        ),
    )
    app.on_response_prepare.append(add_security_fields)
    app.cleanup_ctx.append(open_database)
    app.add_routes(routes)
    app.router.add_static("/static", HERE / "static", name="static", append_version=True)
    admin = make_admin()
    app.add_subapp("/admin/", admin)
    _set_up_templates(app, admin)
    return app


def _set_up_templates(app: web.Application, admin: web.Application) -> None:
    """Let templates make URLs: `url()` of pages, `admin_url()` of the admin's, `static()` of files with versions."""

    def admin_url(name: str, **parts: str | int) -> URL:
        return admin.router[name].url_for(**{key: str(value) for key, value in parts.items()})

    def static(filename: str) -> URL:
        return app.router["static"].url_for(filename=filename)

    env = tidewire_jinja2.setup(
        app, loader=jinja2.FileSystemLoader(HERE / "templates"), undefined=jinja2.StrictUndefined
    )
    env.globals.update(admin_url=admin_url, static=static)
