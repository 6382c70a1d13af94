"""What gunicorn's settings are for a server of Tidewire."""

from __future__ import annotations

import logging
import ssl
from typing import Any, Final

from gunicorn import sock
from gunicorn.config import AccessLogFormat

from tidewire_web import AccessLogger

__all__: list[str] = []

# The master kills workers when the graceful time-out is over; what is left of it is for the application's clean-up.
_SHARE_OF_HANDLERS: Final = 0.95
# With gunicorn, 0 means that connections are not kept; with Tidewire, that they are kept for ever. Idle connections
# are looked at once a second.
_NO_KEEPALIVE: Final = 0.001


def runner_options(cfg: Any, log: Any) -> dict[str, Any]:
    """Give the keyword arguments of an `AppRunner`.

    Args:
        cfg: gunicorn's settings.
        log: gunicorn's logger, an instance of its `logger_class`.

    Raises:
        ValueError: the format of the access log is in gunicorn's own style.
    """
    return {
        "keepalive_timeout": cfg.keepalive or _NO_KEEPALIVE,
        "shutdown_timeout": cfg.graceful_timeout * _SHARE_OF_HANDLERS,
        "access_log": access_log(cfg, log),
        "access_log_format": access_log_format(cfg.access_log_format),
    }


def access_log(cfg: Any, log: Any) -> logging.Logger | None:
    """Give the logger of requests, None where gunicorn has nowhere to write them.

    Args:
        cfg: gunicorn's settings.
        log: gunicorn's logger.
    """
    wanted = (
        cfg.accesslog
        or cfg.logconfig
        or cfg.logconfig_dict
        or getattr(cfg, "logconfig_json", None)
        or (cfg.syslog and not cfg.disable_redirect_access_to_syslog)
    )
    # A logger class of the user's own need not have one.
    logger: logging.Logger | None = getattr(log, "access_log", None) if wanted else None
    return logger


def access_log_format(text: str) -> str:
    """Give the format of the access log: that of `AccessLogger` in the place of gunicorn's default.

    Args:
        text: gunicorn's setting.

    Raises:
        ValueError: it has atoms such as `%(h)s`, which are gunicorn's.
    """
    if text == AccessLogFormat.default:
        return AccessLogger.LOG_FORMAT
    if "%(" in text.replace("%%", ""):
        raise ValueError(
            f"access_log_format: atoms are written as in {AccessLogger.LOG_FORMAT!r} with Tidewire's workers, "
            f"and not as in {text!r}"
        )
    return text


def tls_context(cfg: Any) -> ssl.SSLContext | None:
    """Make the TLS context of the settings `certfile`, `keyfile`, `ca_certs`, `cert_reqs`, `ciphers` and `ssl_context`.

    Args:
        cfg: gunicorn's settings.

    Returns:
        the context, None where there is neither a certificate nor a key.

    Raises:
        OSError: a file cannot be read, or is not what it should be.
    """
    if not cfg.is_ssl:
        return None
    context: ssl.SSLContext = sock.ssl_context(cfg)
    # gunicorn may have offered HTTP/2, which its own workers speak.
    context.set_alpn_protocols(["http/1.1"])
    return context
