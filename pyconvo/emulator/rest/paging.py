"""Pages of lists as Twilio makes them: ``meta`` with addresses to follow, and tokens that say where a page begins.

A token names the entry beside the page, so that what comes and goes meanwhile shifts nothing.
Not responsible for which entries there are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

from starlette.responses import Response

from pyconvo.emulator.conversations.errors import Code, refusal
from pyconvo.emulator.json_body import JSONResponse
from pyconvo.emulator.rest.call import Call

USUAL: Final = 50
#: Entries on a page at most; a request for more gets as many.
LARGEST: Final = 100
#: The same for users, roles and addresses.
SMALLER: Final = 50
_OWN: Final = ("PageSize", "Page", "PageToken")
_TOKEN: Final = re.compile(r"P([AB])([0-9]{1,9})([A-Z]{2}[0-9a-fA-F]{32})")
EntryT = TypeVar("EntryT")


def page(
    call: Call,
    name: str,
    entries: Sequence[EntryT],
    show: Callable[[EntryT], dict[str, Any]],
    *,
    sid: Callable[[EntryT], str],
    largest: int = LARGEST,
) -> Response:
    """The page of ``entries`` that was asked for; ``name`` is its key in the answer. Only what is on it is shown.

    Raises:
        TwilioError: 400/20001 for a bad size, number or token.
    """
    size = _number(call, "PageSize", USUAL, least=1)
    number = _number(call, "Page", 0, least=0)
    size = min(size, largest)
    start, end = _range([sid(entry) for entry in entries], call.query.text("PageToken"), number * size, size)
    chosen = entries[start:end]

    def address(page: int, token: str | None = None) -> str:
        filters = [(key, value) for key, value in call.query.pairs if key not in _OWN]
        paging = [("PageSize", str(size)), ("Page", str(page))]
        query = [*filters, *paging, *([("PageToken", token)] if token else [])]
        return f"{call.address}?{urlencode(query)}"

    following = previous = None
    if chosen and end < len(entries):
        following = address(number + 1, f"PA{end}{sid(chosen[-1])}")
    if start > 0 and entries:
        beside = entries[min(start, len(entries) - 1)]
        previous = address(max(0, number - 1), f"PB{start}{sid(beside)}")
    meta = {
        "page": number,
        "page_size": size,
        "first_page_url": address(0),
        "previous_page_url": previous,
        "url": address(number, call.query.text("PageToken") or None),
        "next_page_url": following,
        "key": name,
    }
    return JSONResponse({"meta": meta, name: [show(entry) for entry in chosen]})


def _range(sids: list[str], token: str | None, otherwise: int, size: int) -> tuple[int, int]:
    """Where the page begins and ends; one before an entry never reaches beyond it."""
    if not token:
        return otherwise, otherwise + size
    found = _TOKEN.fullmatch(token)
    if found is None:
        raise refusal(Code.BAD_REQUEST, "PageToken is not one of this service: follow the addresses in meta")
    side, position, beside = found[1], int(found[2]), found[3]
    if beside in sids:
        position = sids.index(beside) + (1 if side == "A" else 0)
    return (position, position + size) if side == "A" else (max(0, position - size), position)


def _number(call: Call, name: str, otherwise: int, *, least: int) -> int:
    found = call.query.integer(name)
    if found is None:
        return otherwise
    if found < least:
        raise refusal(Code.BAD_REQUEST, f"{name} must be at least {least}, not {found}")
    return found
