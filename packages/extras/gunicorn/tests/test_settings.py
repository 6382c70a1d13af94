from __future__ import annotations

import logging
import ssl
from pathlib import Path
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.glogging import Logger

from tidewire_gunicorn._settings import access_log, access_log_format, runner_options, tls_context
from tidewire_testing import CertificateAuthority
from tidewire_web import AccessLogger, Application, AppRunner


def settings(**values: Any) -> Any:
    cfg = Config()
    for name, value in values.items():
        cfg.set(name, value)
    return cfg


async def test_a_runner_takes_the_options() -> None:
    cfg = settings(keepalive=7, graceful_timeout=40, accesslog="-")
    options = runner_options(cfg, Logger(cfg))
    assert options["keepalive_timeout"] == 7
    assert options["shutdown_timeout"] == 38
    runner = AppRunner(Application(), **options)
    await runner.setup()
    await runner.cleanup()


def test_no_keepalive_is_not_an_endless_one() -> None:
    cfg = settings(keepalive=0)
    assert 0 < runner_options(cfg, None)["keepalive_timeout"] < 0.1


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({}, False),
        ({"accesslog": "-"}, True),
        ({"logconfig_dict": {"version": 1}}, True),
        ({"logconfig": "log.ini"}, True),
        ({"syslog": True}, True),
        ({"syslog": True, "disable_redirect_access_to_syslog": True}, False),
    ],
)
def test_requests_are_logged_where_gunicorn_has_a_place_for_it(values: dict[str, Any], wanted: bool) -> None:
    logger = Logger(settings())
    assert access_log(settings(**values), logger) is (
        logging.getLogger("gunicorn.access") if wanted else None
    )


def test_a_logger_class_without_an_access_log() -> None:
    assert access_log(settings(accesslog="-"), object()) is None


def test_the_default_format_is_replaced() -> None:
    assert access_log_format(settings().access_log_format) == AccessLogger.LOG_FORMAT


@pytest.mark.parametrize("text", ["%a %s", "%{User-Agent}i (%a)", "100 %%(s)s"])
def test_a_format_in_our_style_is_taken(text: str) -> None:
    assert access_log_format(text) == text


@pytest.mark.parametrize("text", ["%(h)s", "%a %(s)s", "%%%(h)s"])
def test_a_format_in_the_style_of_gunicorn_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="access_log_format"):
        access_log_format(text)


def test_there_is_no_tls_without_a_certificate() -> None:
    assert tls_context(settings()) is None


@pytest.mark.peer("openssl")
def test_the_context_is_what_the_settings_say(tmp_path: Path) -> None:
    authority = CertificateAuthority(tmp_path)
    certificate = authority.issue("localhost")
    cfg = settings(
        certfile=str(certificate.path),
        keyfile=str(certificate.key),
        ca_certs=str(authority.path),
        cert_reqs=ssl.CERT_REQUIRED,
        ciphers="ECDHE-ECDSA-AES128-GCM-SHA256",
    )
    context = tls_context(cfg)
    assert context is not None
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert [each["name"] for each in context.get_ciphers() if each["protocol"] == "TLSv1.2"] == [
        "ECDHE-ECDSA-AES128-GCM-SHA256"
    ]
    assert len(context.get_ca_certs()) == 1


@pytest.mark.peer("openssl")
def test_the_hook_has_the_last_word(tmp_path: Path) -> None:
    certificate = CertificateAuthority(tmp_path).issue("localhost")

    def ssl_context(config: Any, default: Any) -> ssl.SSLContext:
        context: ssl.SSLContext = default()
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        return context

    cfg = settings(certfile=str(certificate.both), ssl_context=ssl_context)
    context = tls_context(cfg)
    assert context is not None
    assert context.minimum_version == ssl.TLSVersion.TLSv1_3


def test_a_certificate_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        tls_context(settings(certfile=str(tmp_path / "none.pem")))
