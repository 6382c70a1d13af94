"""Access logs: a record for each request that was answered."""

from __future__ import annotations

import abc
import json
import logging
import time
from datetime import UTC, datetime
from typing import Any, ClassVar

from tidewire_web._access_log_format import escaped, parse_format

__all__ = ["AbstractAccessLogger", "AccessLogger", "JsonAccessLogger"]


class AbstractAccessLogger(abc.ABC):
    """What a server tells of each request that was answered; to be subclassed.

    Args:
        logger: where records go.
        log_format: what records look like; a subclass says how that is written.
    """

    __slots__ = ("log_format", "logger")

    def __init__(self, logger: logging.Logger, log_format: str) -> None:
        self.logger = logger
        self.log_format = log_format

    @abc.abstractmethod
    def log(self, request: Any, response: Any, time: float) -> None:
        """Take note of a request that was answered.

        What it raises is logged as an error of the server, and goes no further.

        Args:
            request: the request, a `BaseRequest`.
            response: what it was answered with. Where the client had gone before it could be answered, that is one
                with status 499; where the bytes that came were no request, `request` has the method UNKNOWN.
            time: how long that took, in seconds.
        """

    @property
    def enabled(self) -> bool:
        """Whether there is anything to log at all, which the server asks once a second."""
        return True


class AccessLogger(AbstractAccessLogger):
    r"""Writes a line of text for each request, at level INFO.

    The format consists of these atoms, and of anything between them:

    - `%%` a percent sign;
    - `%a` the address of the client, as trusted proxies tell it;
    - `%t` when the request began, local time;
    - `%P` the number of the process, in angle brackets;
    - `%r` the request line;
    - `%s` the status code of the response;
    - `%b` the bytes of the response, its head included;
    - `%T`, `%Tf`, `%D` how long it took, in whole seconds, seconds with a fraction, microseconds;
    - `%{Name}i`, `%{Name}o` a field of the request, of the response; `-` where it is not there.

    Whatever comes from clients is escaped: what is not printable ASCII, quotation marks and backslashes are `\xHH`.
    Records have the same values as attributes: `remote_address`, `request_start_time`, `process_id`,
    `first_request_line`, `response_status`, `response_size`, `request_time`, `request_time_frac`, `request_time_micro`,
    and the dictionaries `request_header` and `response_header`.

    Args:
        logger: where records go.
        log_format: the format.

    Raises:
        ValueError: the format has an atom that there is not.
    """

    __slots__ = ("_atoms", "_template")

    LOG_FORMAT: ClassVar[str] = '%a %t "%r" %s %b "%{Referer}i" "%{User-Agent}i"'

    def __init__(self, logger: logging.Logger, log_format: str = LOG_FORMAT) -> None:
        super().__init__(logger, log_format)
        self._template, self._atoms = parse_format(log_format)

    @property
    def enabled(self) -> bool:
        """Whether the logger takes records of level INFO."""
        return self.logger.isEnabledFor(logging.INFO)

    def log(self, request: Any, response: Any, time: float) -> None:
        """Write the line."""
        try:
            values: list[Any] = []
            extra: dict[str, Any] = {}
            for atom in self._atoms:
                value = atom.value(request, response, time)
                if atom.field is None:
                    extra[atom.key] = value
                else:
                    value = "-" if value is None else escaped(value)
                    extra.setdefault(atom.key, {})[atom.field] = value
                values.append(value)
            line = self._template % tuple(values)
            self.logger.info(line, extra=extra)
        except Exception:
            self.logger.exception("Error in the access log")


class JsonAccessLogger(AbstractAccessLogger):
    """Writes a JSON object on a line of its own for each request, at level INFO.

    Its members are what the atoms of the format stand for, by the names that the records of `AccessLogger` have;
    what is between the atoms does not count. Numbers are numbers: the status, the size, `process_id`,
    `request_time` and `request_time_frac` in seconds, `request_time_micro` in microseconds. `request_start_time` is in the
    form of ISO 8601, in UTC. A field or an address that is not there is null.

    Args:
        logger: where records go.
        log_format: the format; that of `AccessLogger`, which is what a server gives where nothing else is said, is
            taken for the one here.

    Raises:
        ValueError: the format has an atom that there is not.
    """

    __slots__ = ("_atoms",)

    LOG_FORMAT: ClassVar[str] = "%t %a %r %s %b %Tf %{Referer}i %{User-Agent}i"

    def __init__(self, logger: logging.Logger, log_format: str = LOG_FORMAT) -> None:
        if log_format == AccessLogger.LOG_FORMAT:
            log_format = self.LOG_FORMAT
        super().__init__(logger, log_format)
        self._atoms = parse_format(log_format)[1]

    @property
    def enabled(self) -> bool:
        """Whether the logger takes records of level INFO."""
        return self.logger.isEnabledFor(logging.INFO)

    def log(self, request: Any, response: Any, time: float) -> None:
        """Write the object."""
        try:
            members: dict[str, Any] = {}
            for atom in self._atoms:
                if atom.field is not None:
                    value = atom.value(request, response, time)
                    members.setdefault(atom.key, {})[atom.field] = None if value is None else _text(value)
                else:
                    members[atom.key] = _json_value(atom.key, atom.value, request, response, time)
            self.logger.info(json.dumps(members))
        except Exception:
            self.logger.exception("Error in the access log")


def _json_value(key: str, value: Any, request: Any, response: Any, seconds: float) -> Any:
    """What an atom that is no field stands for, as JSON has it."""
    if key == "remote_address":
        return _text(request.remote) if request.remote else None
    if key == "request_start_time":
        started = datetime.fromtimestamp(time.time() - seconds, UTC)
        return started.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if key == "first_request_line":
        return _text("{} {} HTTP/{}.{}".format(request.method, request.raw_path, *request.version))
    if key == "request_time_frac":
        return round(seconds, 6)
    told = value(request, response, seconds)
    return int(told.strip("<>")) if isinstance(told, str) else told


def _text(value: str) -> str:
    """Text without the octets that are none."""
    if value.isascii():
        return value
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
