"""Reads and writes packets of no meaning while a page waits for its first answers from the service.

A start with many conversations is much work at once, by code that has hardly run before. V8 compiles well what runs
often, beside it, on cores that are all taken then; a tenth of a second earlier, while the connection is made, none of
them had anything to do. So the most frequent of it is run often then. Not responsible for the interpreter's own loop
(``variety``).
"""

from __future__ import annotations

import time
from collections.abc import Callable

from pyconvo.bridge.codec import encode_text
from pyconvo.hosts.base import Host
from pyconvo.json_values import parse_date
from pyconvo.twilsock.packet import decode, encode
from pyconvo.twilsock.upstream import write

#: Seconds from the start on: where the service is this near, the client is ready by then, and is not kept waiting.
DELAY = 0.03
#: Seconds at a time, and between two times: an answer that comes meanwhile waits hardly longer.
STEP, PAUSE = 0.003, 0.006
STEPS = 30

_SID = "0123456789abcdef0123456789abcdef"
_URL = f"https://cds.us1.twilio.com/v3/Documents/CH{_SID}.channel"
_MOMENT = "2026-01-01T00:00:00.000Z"
_DATA = {
    "messages": f"CH{_SID}.messages",
    "roster": f"CH{_SID}.roster",
    "friendlyName": "Rehearsal",
    "dateCreated": _MOMENT,
    "attributes": {"numbers": [1, 2.5, None, True]},
    "state": {"current": "active", "dateUpdated": _MOMENT},
}
_REPLY = encode(
    {
        "method": "reply",
        "id": _SID,
        "payload_type": "application/json",
        "status": {"code": 200, "status": "OK"},
        "http_status": {"code": 200, "status": "OK"},
        "http_headers": {"content-type": "application/json", "content-length": "800"},
    },
    {"sid": f"ET{_SID}", "unique_name": f"CH{_SID}.channel", "url": _URL, "revision": "1f", "last_event_id": 31}
    | {"date_created": _MOMENT, "date_updated": _MOMENT, "created_by": "system", "data": _DATA},
)


def rehearse(host: Host, clock: Callable[[], float] = time.monotonic) -> None:
    """Begins; ends by itself. Nobody hears of it."""
    left = STEPS

    def step() -> None:
        nonlocal left
        end = clock() + STEP
        while clock() < end:
            play()
        left -= 1
        if left:
            host.call_later(PAUSE, step)

    host.call_later(DELAY, step)


def play() -> str:
    """Writes a request, reads its reply, writes a packet of the same size and what the page would be told."""
    write(_SID, "GET", _URL, headers=None, body=None, grant="ip_messaging")
    payload = decode(_REPLY).payload
    encode(payload, payload)
    text, _ = encode_text([payload["sid"], parse_date(payload["date_created"]), payload["data"]], lambda *_: 0)
    return text
