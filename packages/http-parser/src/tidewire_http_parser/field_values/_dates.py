"""HTTP dates (RFC 9110, section 5.6.7)."""

from __future__ import annotations

import time

__all__ = ["format_date"]

# Not strftime(): that follows the locale.
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def format_date(timestamp: float) -> str:
    """Format a moment as an IMF-fixdate, such as `Sun, 06 Nov 1994 08:49:37 GMT`.

    Args:
        timestamp: seconds since the epoch; fractions are cut off.

    Raises:
        ValueError: the moment is before the year 1 or after the year 9999, or is no moment.
    """
    try:
        moment = time.gmtime(timestamp)
    except (OverflowError, OSError) as error:
        raise ValueError("an HTTP date has a year of four digits") from error
    if not 0 < moment.tm_year < 10000:
        raise ValueError("an HTTP date has a year of four digits")
    return (
        f"{_DAYS[moment.tm_wday]}, {moment.tm_mday:02} {_MONTHS[moment.tm_mon - 1]} {moment.tm_year:04} "
        f"{moment.tm_hour:02}:{moment.tm_min:02}:{moment.tm_sec:02} GMT"
    )
