"""``POST /v4/Subscriptions``: what a connection wants to hear of, and the replay of what it missed.

Not responsible for live events (the hub).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pyconvo.emulator.caller import SCOPE_KEY
from pyconvo.emulator.errors import TwilioError
from pyconvo.emulator.hub import Hub, Subscriber
from pyconvo.emulator.json_body import JSONResponse, read
from pyconvo.emulator.notice import Notice
from pyconvo.emulator.sync.objects import SYSTEM
from pyconvo.emulator.sync.store import SyncStore

MESSAGE_TYPE = "twilio.sync.event"
DELIVERY_MS = 10_000
BATCH = 1_000


class Subscriptions:
    def __init__(self, store: Callable[[], SyncStore], hub: Hub) -> None:
        self._current = store
        self._hub = hub

    def routes(self) -> list[Route]:
        return [Route("/v4/Subscriptions", self._post, methods=["POST"])]

    async def _post(self, request: Request) -> Response:
        caller = request.scope[SCOPE_KEY]
        connection = self._hub.connections.get(caller.connection_id or "")
        if connection is None:
            raise TwilioError(400, 20001, "Subscriptions need a Twilsock connection")
        body = await read(request)
        try:
            action, correlation, wanted = body["action"], body["correlation_id"], body["requests"]
            pairs = [(str(one["object_sid"]), one.get("last_event_id")) for one in wanted]
            kinds = {str(one["object_sid"]): one.get("object_type") for one in wanted}
        except (KeyError, TypeError, AttributeError) as error:
            raise TwilioError(400, 20001, "A subscription needs action, correlation_id and requests") from error
        if action not in ("establish", "cancel"):
            raise TwilioError(400, 20001, "action must be establish or cancel")
        # After the answer, and in one go: no live event may slip in between the replay and the subscription.
        self._hub.later(lambda: self._carry_out(connection, action, correlation, pairs, kinds))
        answer = {"estimated_delivery_in_ms": DELIVERY_MS, "max_batch_size": BATCH}
        return JSONResponse(answer, status_code=202)

    def _carry_out(
        self,
        connection: Subscriber,
        action: str,
        correlation: Any,
        pairs: list[tuple[str, Any]],
        kinds: dict[str, Any],
    ) -> None:
        if action == "cancel":
            for sid, _ in pairs:
                self._hub.unsubscribe(connection, sid)
            done = [{"object_sid": sid, "object_type": kinds[sid]} for sid, _ in pairs]
            self._tell(connection, "subscription_canceled", correlation, events=done)
            return
        established: list[dict[str, Any]] = []
        for sid, after in pairs:
            outcome = self._establish(connection, correlation, sid, after, kinds[sid])
            if outcome is not None:
                established.append(outcome)
        if established:
            self._tell(connection, "subscription_established", correlation, events=established)

    def _establish(
        self, connection: Subscriber, correlation: Any, sid: str, after: Any, kind: Any
    ) -> dict[str, Any] | None:
        store = self._current()
        target = store.find_sid(sid)
        hidden = (
            target is not None
            and target.created_by == SYSTEM
            and not store.authorize(connection.identity or "", target)
        )
        if target is None or hidden:
            status, code, text = (404, 54100, "Not found") if target is None else (403, 54007, "No permission")
            error = {"status": status, "code": code, "message": text}
            failed = [{"object_sid": sid, "object_type": kind, "error": error}]
            self._tell(connection, "subscription_failed", correlation, events=failed)
            return None
        if isinstance(after, int) and not isinstance(after, bool):
            for event in store.events_since(target, after):
                self._tell(connection, event.type, correlation, event=event.body)
        self._hub.subscribe(connection, sid)
        return {
            "object_sid": sid,
            "object_type": target.kind,
            "replay_status": "completed",
            "last_event_id": target.last_event_id,
        }

    @staticmethod
    def _tell(connection: Subscriber, event_type: str, correlation: Any, **content: Any) -> None:
        envelope = {"event_type": event_type, "correlation_id": correlation, "event_protocol_version": 4}
        connection.tell(Notice.of(MESSAGE_TYPE, envelope | content))
