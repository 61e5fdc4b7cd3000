"""One recorded socket as a script: what the server side says to what a client does now. Sans-I/O.

The client that plays along need not be the one that was recorded: it may ask in another order, in other batches, and
more than once. So

- a request is answered as the most similar recorded one was: same method, path, parameters and body, else without
  body, else without parameters; each recorded answer is used once in order, the last one again and again. What was
  never answered stays unanswered. What nobody had asked then is refused with 501, and listed in ``differences``.
- subscriptions are answered object by object, under the client's own correlation.
- everything else that the server said by itself comes in the recorded order, each once (a) all has been heard that the
  recorded client had *changed* before it (unless ``attended`` is False: then nobody changes anything now), and (b) the
  object it is about is subscribed.

Not responsible for sockets nor for pauses (``player``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

OK = {"code": 200, "status": "OK"}
SUBSCRIPTIONS = "/v4/Subscriptions"
_REPLIES = ("subscription_established", "subscription_failed", "subscription_canceled")
#: Requests that come when a client pleases, and change nothing that others hear of.
_AT_WILL = ("/Typing", SUBSCRIPTIONS, "/v1/registrations")
Packet = tuple[dict[str, Any], Any]


class _Request:
    """A recorded request, and its answer if it had one."""

    def __init__(self, header: dict[str, Any], payload: Any) -> None:
        self.keys = _keys(header, payload)
        self.name = _name(header)
        self.changes = _changes(header)
        self.reply: Packet | None = None
        self.used = False


class _Said:
    """Something the server said by itself, after ``after`` changes, ``pause`` seconds after what came before."""

    def __init__(self, packet: Packet, after: int, pause: float) -> None:
        self.packet = packet
        self.after = after
        self.pause = pause
        self.sid = _subject(packet[1])


class Script:
    def __init__(self, entries: list[dict[str, Any]], *, attended: bool = True) -> None:
        self._requests: list[_Request] = []
        self._changes: list[_Request] = []
        self._said: list[_Said] = []
        self._outcomes: dict[str, list[list[Packet]]] = {}
        self._attended = attended
        self._subscribed: set[str] = set()
        self._next = 0
        self._logged_in = False
        #: What the client did that the recorded one had not done, or did otherwise.
        self.differences: list[str] = []
        self._read(entries)

    # -- what happens now

    def heard(self, header: dict[str, Any], payload: Any) -> list[Packet]:
        """A packet of the client: what is said to it at once."""
        if header.get("method") in ("reply", "telemetry.v1", "close"):
            return []
        self._logged_in = True
        if _path(header).endswith(SUBSCRIPTIONS) and isinstance(payload, dict):
            return [self._taken(header), *self._outcome(payload)]
        request = self._match(header, payload)
        if request is None:
            self.differences.append(f"not in the recording: {_name(header)}")
            return _refusal(header)
        request.used = True
        return [] if request.reply is None else [_answer(header, request.reply)]

    def next(self, *, impatient: bool = False) -> tuple[float, Packet] | None:
        """What the server says next by itself, and after which pause; None while it has to wait.

        ``impatient``: do not wait for a subscription; this client may never want it.
        """
        if self._next >= len(self._said) or self.waits_for is not None:
            return None
        said = self._said[self._next]
        if not self._logged_in or (said.sid is not None and said.sid not in self._subscribed and not impatient):
            return None
        self._next += 1
        return said.pause, said.packet

    def skip(self) -> None:
        """Do not wait for the change that is waited for."""
        if self.waits_for is not None:
            next(one for one in self._changes if not one.used).used = True

    @property
    def waits_for(self) -> str | None:
        """The request without which it does not go on: somebody has to do then what was done when it was recorded."""
        if not self._attended or self._next >= len(self._said):
            return None
        missing = (one for one in self._changes[: self._said[self._next].after] if not one.used)
        found = next(missing, None)
        return None if found is None else found.name

    @property
    def over(self) -> bool:
        """Whether everything has been said."""
        return self._next >= len(self._said)

    @property
    def progress(self) -> tuple[int, int]:
        """How much the server has said by itself, of how much."""
        return self._next, len(self._said)

    # -- reading

    def _read(self, entries: list[dict[str, Any]]) -> None:
        asked: dict[str, _Request] = {}
        before = entries[0]["t"] if entries else 0.0
        for entry in entries:
            header, payload, at = entry["header"], entry.get("payload"), float(entry.get("t") or 0)
            pause, before = max(0.0, at - before), at
            method = header.get("method")
            if entry["dir"] == "c>s":
                if method not in ("reply", "telemetry.v1", "close"):
                    made = _Request(header, payload)
                    asked[str(header.get("id"))] = made
                    self._requests.append(made)
                    if made.changes:
                        self._changes.append(made)
            elif method == "reply":
                request = asked.get(str(header.get("id")))
                if request is not None:
                    request.reply = (header, payload)
            elif not self._of_a_subscription(header, payload):
                self._said.append(_Said((header, payload), len(self._changes), pause))

    def _of_a_subscription(self, header: dict[str, Any], payload: Any) -> bool:
        """Keep what answers a subscription for the object it is about."""
        if not isinstance(payload, dict) or "correlation_id" not in payload:
            return False
        kind = payload.get("event_type")
        for event in payload.get("events") or [payload.get("event")]:
            sid = _subject({"event": event})
            if sid is None:
                continue
            rounds = self._outcomes.setdefault(sid, [[]])
            alone = {**payload, "events": [event]} if "events" in payload else payload
            rounds[-1].append((header, alone))
            if kind in _REPLIES:
                rounds.append([])
        return True

    # -- answering

    def _match(self, header: dict[str, Any], payload: Any) -> _Request | None:
        keys = _keys(header, payload)
        for level in range(len(keys)):
            alike = [one for one in self._requests if one.keys[level] == keys[level]]
            fresh = next((one for one in alike if not one.used), None)
            if fresh is not None:
                if level == 1 and fresh.changes:
                    self.differences.append(f"another body: {fresh.name}")
                return fresh
            if alike and not alike[-1].changes:
                return alike[-1]
        return None

    def _outcome(self, body: dict[str, Any]) -> Iterator[Packet]:
        """What the service had said to the subscription of each object, under this client's correlation."""
        correlation, action = body.get("correlation_id"), body.get("action")
        for one in body.get("requests") or []:
            sid = str(one.get("object_sid"))
            rounds = [told for told in self._outcomes.get(sid, []) if told]
            if action == "cancel":
                self._subscribed.discard(sid)
                event = {"object_sid": sid, "object_type": one.get("object_type")}
                yield _told("subscription_canceled", correlation, event)
                continue
            self._subscribed.add(sid)
            if not rounds:
                self.differences.append(f"not in the recording: subscription of {sid}")
                last = one.get("last_event_id")
                event = {"object_sid": sid, "object_type": one.get("object_type"), "replay_status": "completed"}
                yield _told("subscription_established", correlation, event | {"last_event_id": last})
                continue
            for header, payload in rounds[0]:
                yield header, {**payload, "correlation_id": correlation}
            if len(rounds) > 1:
                self._outcomes[sid] = rounds[1:]

    def _taken(self, header: dict[str, Any]) -> Packet:
        reply = {"method": "reply", "id": header.get("id"), "status": OK, "payload_type": "application/json"}
        reply |= {"http_status": {"code": 202, "status": "Accepted"}, "http_headers": {}}
        return reply, {"estimated_delivery_in_ms": 10_000, "max_batch_size": 1000}


def _answer(to: dict[str, Any], reply: Packet) -> Packet:
    return {**reply[0], "id": to.get("id")}, reply[1]


def _refusal(header: dict[str, Any]) -> list[Packet]:
    reply = {"method": "reply", "id": header.get("id"), "status": OK, "payload_type": "application/json"}
    if header.get("method") != "message":
        return [(reply, None)]
    text = f"The recording that is being played has no {_name(header)}"
    status = {"http_status": {"code": 501, "status": "Not Implemented"}, "http_headers": {}}
    return [(reply | status, {"status": 501, "code": 20501, "message": text})]


def _told(kind: str, correlation: Any, event: dict[str, Any]) -> Packet:
    header = {"method": "notification", "id": f"TM{kind}", "message_type": "twilio.sync.event"}
    header |= {"notification_ctx_id": "", "payload_type": "application/json"}
    envelope = {"event_type": kind, "correlation_id": correlation, "event_protocol_version": 4, "events": [event]}
    return header, envelope


def _subject(payload: Any) -> str | None:
    """The sid of the object that an event is about."""
    event = payload.get("event") if isinstance(payload, dict) else None
    if not isinstance(event, dict):
        return None
    for name in ("object_sid", "list_sid", "map_sid", "document_sid"):
        if isinstance(event.get(name), str):
            return str(event[name])
    return None


def _http(header: dict[str, Any]) -> dict[str, Any]:
    http = header.get("http_request")
    return http if isinstance(http, dict) else {}


def _path(header: dict[str, Any]) -> str:
    return str(_http(header).get("path") or "")


def _name(header: dict[str, Any]) -> str:
    http = _http(header)
    return f"{http.get('method', 'GET')} {http.get('path')}" if http else str(header.get("method"))


def _changes(header: dict[str, Any]) -> bool:
    http = _http(header)
    return bool(http) and http.get("method", "GET") != "GET" and not _path(header).endswith(_AT_WILL)


def _keys(header: dict[str, Any], payload: Any) -> tuple[str, ...]:
    """From the closest likeness to the widest."""
    http = _http(header)
    route = [header.get("method"), http.get("method"), http.get("path")]
    whole = [*route, http.get("params") or {}]
    return tuple(json.dumps(one, sort_keys=True) for one in ([*whole, payload], whole, route))
