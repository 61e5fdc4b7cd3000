"""ISO 8601 durations as seconds: ``PT1S``, ``P1DT12H``, ``P2W``. Years and months by the calendar, from a given day."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_NUMBER = r"(\d+(?:[.,]\d+)?)"
_PATTERN = re.compile(
    rf"P(?:{_NUMBER}W|(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}D)?(?:T(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?)"
)


def parse_duration(text: str, now: float) -> float:
    """Seconds that ``text`` lasts from ``now`` (seconds since 1970) on. Raises :class:`ValueError`."""
    match = _PATTERN.fullmatch(text)
    if match is None or not any(match.groups()):
        raise ValueError(f"not a duration: {text!r}")
    weeks, years, months, days, hours, minutes, seconds = (
        float((group or "0").replace(",", ".")) for group in match.groups()
    )
    start = datetime.fromtimestamp(now, UTC)
    end = _add_months(start, int(years * 12 + months)) + timedelta(
        weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds
    )
    return (end - start).total_seconds()


def _add_months(start: datetime, months: int) -> datetime:
    """The same day of a later month; past its end, days run on into the next month."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return start.replace(year=year, month=month + 1, day=1) + timedelta(days=start.day - 1)
