"""Parameters of the REST API as they come: texts in a form or a query, read strictly into what they mean.

Not responsible for the rules of the domain; what is wrong already as a text is refused here with Twilio's code for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request

from pyconvo.emulator.conversations.errors import Code, refusal

_FORM: Final = "application/x-www-form-urlencoded"
_INTEGER: Final = re.compile(r"-?[0-9]{1,18}")
_DURATION: Final = re.compile(
    r"P(?=.)(?:([0-9]{1,6})W)?(?:([0-9]{1,6})D)?(?:T(?=.)(?:([0-9]{1,6})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,9})S)?)?"
)
_SECONDS: Final = (7 * 86_400, 86_400, 3_600, 60, 1)


class Parameters:
    """The parameters of one request; a name may come more than once, then the last value counts."""

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self.pairs = list(pairs)
        self._last = dict(self.pairs)

    def __contains__(self, name: str) -> bool:
        return name in self._last

    def text(self, name: str) -> str | None:
        return self._last.get(name)

    def required(self, name: str, code: Code = Code.BAD_REQUEST) -> str:
        """Raises ``TwilioError`` with ``code`` when it is missing or empty."""
        value = self._last.get(name)
        if not value:
            raise refusal(code, f"the parameter {name} is needed")
        return value

    def texts(self, name: str) -> list[str]:
        """Every value of that name, in order."""
        return [value for key, value in self.pairs if key == name]

    def list(self, name: str) -> list[str]:
        """As ``texts``; an empty one alone stands for none."""
        values = self.texts(name)
        return [] if values == [""] else values

    def boolean(self, name: str) -> bool | None:
        value = self._last.get(name)
        if value is None:
            return None
        if value.lower() not in ("true", "false"):
            raise refusal(Code.BAD_REQUEST, f"{name} must be true or false, not {value!r}")
        return value.lower() == "true"

    def choice(self, name: str, allowed: Sequence[str], code: Code = Code.BAD_REQUEST) -> str | None:
        value = self._last.get(name)
        if value is not None and value not in allowed:
            raise refusal(code, f"{name} must be one of {', '.join(allowed)}, not {value!r}")
        return value

    def integer(self, name: str, code: Code = Code.BAD_REQUEST) -> int | None:
        """None for a missing one, and for ``null`` or nothing."""
        value = self._last.get(name)
        if value in (None, "", "null"):
            return None
        if not _INTEGER.fullmatch(value or ""):
            raise refusal(code, f"{name} must be an integer, not {value!r}")
        return int(value or "")

    def moment(self, name: str, code: Code = Code.BAD_REQUEST) -> str | None:
        """A moment in ISO 8601, in the domain's own form."""
        value = self._last.get(name)
        if not value:
            return None
        try:
            return iso(parsed(value))
        except ValueError:
            raise refusal(code, f"{name} must be a moment such as 2027-01-15T08:00:00Z, not {value!r}") from None

    def duration(self, name: str, code: Code = Code.BAD_REQUEST) -> float | None:
        """Seconds of an ISO 8601 duration; None for a missing, an empty and a zero one: no such time."""
        value = self._last.get(name)
        return None if not value else seconds(value, name, code) or None

    def renamed(self, names: dict[str, str]) -> dict[str, Any]:
        """The texts that are there, by other names."""
        return {ours: self._last[theirs] for theirs, ours in names.items() if theirs in self._last}

    def dates(self) -> dict[str, str]:
        """``DateCreated`` and ``DateUpdated``, as far as given."""
        created = self.moment("DateCreated", Code.DATE_CREATED_INVALID)
        updated = self.moment("DateUpdated", Code.DATE_UPDATED_INVALID)
        return {
            name: value for name, value in (("date_created", created), ("date_updated", updated)) if value is not None
        }


async def form_of(request: Request) -> Parameters:
    """The form in a request's body; none when it is empty.

    Raises:
        TwilioError: 400/20001 for anything but a form.
    """
    if not await request.body():
        return Parameters()
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise refusal(Code.BAD_REQUEST, f"parameters are expected as a form ({_FORM})")
    try:
        form = await request.form()
    except (HTTPException, ValueError) as error:
        raise refusal(Code.BAD_REQUEST, "the body is not a valid form") from error
    return Parameters((key, str(value)) for key, value in form.multi_items())


def parsed(value: str) -> datetime:
    """Raises ``ValueError`` for what is no moment. Without a zone it is UTC."""
    found = datetime.fromisoformat(value)
    try:
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(value) from error


def iso(moment: datetime) -> str:
    """As the domain writes moments: with milliseconds."""
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def seconds(value: str, name: str, code: Code) -> float:
    """How long an ISO 8601 duration of weeks to seconds is."""
    found = _DURATION.fullmatch(value)
    if found is None:
        raise refusal(code, f"{name}: {value!r} is none, such as PT1M or P1D")
    return float(sum(int(amount or 0) * unit for amount, unit in zip(found.groups(), _SECONDS, strict=True)))
