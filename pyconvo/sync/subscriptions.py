"""Which entities are wanted, which are subscribed, and how the one becomes the other: sans-I/O.

Inputs are methods, outputs are actions from ``take()``. Entities are told at once, by the ``Subject`` methods:
they are memory, not I/O. Requests, timers and notifications are ``client.py``'s business.

Every change starts a short timer; when it fires, one batch goes out: what is wanted and not asked for, else what is
asked for and not wanted. The service answers the request, and later each entity by notification.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from pyconvo.backoff import Backoff
from pyconvo.errors import SyncError
from pyconvo.sync.subscription import Action, Batch, CancelTimer, SendBatch, StartTimer, Subject, Subscription

logger = logging.getLogger("pyconvo.sync")

_FIRST_BATCH_SIZE = 100


class Subscriptions:
    """Feed it from one thread; call ``take()`` after every input. Times are seconds."""

    def __init__(self, now: Callable[[], float], random: Callable[[], float]) -> None:
        self._now = now
        self._backoff = Backoff(random, initial=100, maximum=120_000, randomisation=0.2)
        self._out: list[Action] = []
        #: What the user wants, and what has been asked for, by sid.
        self._wanted: dict[str, Subscription] = {}
        self._persisted: dict[str, Subscription] = {}
        self._batches: dict[int, Batch] = {}
        self._heard: dict[int, float] = {}
        self._last_id = 0
        self._batch_size = _FIRST_BATCH_SIZE
        self._connected = False
        #: Whether the batch's timer runs; and whether that is yet to be told, once for a whole burst.
        self._armed = self._arming = False
        self._ttl_running = False
        self._reason: str | None = None

    def take(self) -> list[Action]:
        if self._arming:
            self._arming = False
            self._out.append(StartTimer("batch", self._backoff.next() / 1000))
        out, self._out = self._out, []
        return out

    @property
    def has_actions(self) -> bool:
        """Whether ``take`` would return any."""
        return self._arming or bool(self._out)

    # -- what is wanted --------------------------------------------------------------------------------------

    def add(self, subject: Subject) -> None:
        known = self._wanted.get(subject.sid)
        if known is not None and known.subject.last_event_id == subject.last_event_id:
            return
        self._persisted.pop(subject.sid, None)
        self._wanted[subject.sid] = Subscription(subject)
        self._arm()

    def remove(self, sid: str) -> None:
        if self._wanted.pop(sid, None) is not None:
            self._arm()

    def refresh(self, sid: str) -> None:
        """Ask for what may have been missed since the last event, without touching the subscription."""
        subscription = self._wanted.get(sid)
        if subscription is not None and subscription.established:
            subscription.refresh = True
            self._arm()

    def shutdown(self) -> None:
        self._disarm()
        self._wanted.clear()
        self._out.append(CancelTimer("ttl"))

    # -- connection and timers -------------------------------------------------------------------------------

    def connection(self, connected: bool) -> None:
        """Twilsock's state changed. A new connection knows nothing of earlier subscriptions."""
        self._connected = connected
        if connected:
            self._poke("reconnect")
        else:
            self._rest()

    def _rest(self) -> None:
        """Without a connection nothing is waited for: timers would keep alive whoever never connects again."""
        self._disarm()
        self._ttl_running = False
        self._out.append(CancelTimer("ttl"))
        for batch_id in [key for key, batch in self._batches.items() if batch.estimated_delivery]:
            self._batches.pop(batch_id)
            self._heard.pop(batch_id, None)
            self._out.append(CancelTimer(f"delivery:{batch_id}"))

    def timer(self, key: str) -> None:
        kind, _, subject = key.partition(":")
        if kind == "batch":
            # It may have been set anew in a burst that was not over yet: what is due goes out now, and once.
            self._armed = self._arming = False
            self._send_batch()
        elif kind == "ttl":
            self._ttl_running = False
            if self._connected:
                self._poke("ttl")
        elif kind == "delivery":
            self._check_delivery(int(subject))

    def _arm(self) -> None:
        if not self._armed:
            self._armed = self._arming = True

    def _disarm(self) -> None:
        self._backoff.reset()
        if self._armed:
            self._armed = self._arming = False
            self._out.append(CancelTimer("batch"))

    def _poke(self, reason: str) -> None:
        """Ask again for everything, each from where it is."""
        self._reason = reason
        self._ttl_running = False
        self._out.append(CancelTimer("ttl"))
        for sid, subscription in list(self._persisted.items()):
            subscription.pend(None, None)
            subscription.retries = 0
            subscription.established = False
            subscription.subject.set_subscription_state("none")
            if not subscription.failed or sid not in self._wanted:
                self._persisted.pop(sid, None)
        self._arm()

    # -- batches ---------------------------------------------------------------------------------------------

    def _next_batch(self) -> Batch | None:
        missing = [
            one
            for sid, one in self._wanted.items()
            if one.pending_action != "establish" and not one.failed and (sid not in self._persisted or self._stale(one))
        ]
        if missing:
            return Batch("establish", missing[: self._batch_size])
        surplus = [
            one
            for sid, one in self._persisted.items()
            if sid not in self._wanted and one.pending_action != "cancel" and not one.failed
        ]
        return Batch("cancel", surplus[: self._batch_size]) if surplus else None

    @staticmethod
    def _gap(subscription: Subscription) -> bool:
        return subscription.watches_gaps and subscription.established and subscription.ids.has_gap

    def _stale(self, subscription: Subscription) -> bool:
        return subscription.refresh or self._gap(subscription)

    def _send_batch(self) -> None:
        batch = self._next_batch()
        if batch is None or not self._connected:
            self._disarm()
            return
        # The clock's milliseconds, as other clients use; never the same twice.
        self._last_id = max(self._last_id + 1, int(self._now() * 1000))
        for subscription in batch.subscriptions:
            subscription.subject.set_subscription_state("request_in_flight")
            subscription.pend(batch.action, self._last_id)
            if batch.action == "establish":
                self._persisted[subscription.subject.sid] = subscription
        self._batches[self._last_id] = batch
        self._out.append(SendBatch(self._last_id, self._request(self._last_id, batch)))

    def _request(self, correlation: int, batch: Batch) -> dict[str, Any]:
        requests = []
        for subscription in batch.subscriptions:
            subject = subscription.subject
            request: dict[str, Any] = {"object_sid": subject.sid, "object_type": subject.type}
            if batch.action == "establish":
                subscription.refresh = False
                request["last_event_id"] = subscription.asked_from = subscription.resume_from
                subscription.ids.asked()
            requests.append(request)
        body: dict[str, Any] = {
            "event_protocol_version": 4,
            "action": batch.action,
            "correlation_id": correlation,
            "retried_requests": sum(subscription.retries > 0 for subscription in batch.subscriptions),
            "ttl_in_s": -1,
            "requests": requests,
        }
        if self._reason == "ttl":
            body["reason"] = "ttl"
        self._reason = None
        return body

    def replied(self, batch_id: int, answer: Any) -> None:
        """The service took the batch. Notifications may have come before."""
        if not isinstance(answer, dict):
            self.refused(batch_id)
            return
        batch = self._batches[batch_id]
        size = _positive(answer.get("max_batch_size"))
        if size:
            self._batch_size = max(1, int(size))
        ttl = _positive(answer.get("ttl_in_s"))
        if ttl and not self._ttl_running:
            self._ttl_running = True
            self._out.append(StartTimer("ttl", ttl))
        waiting = [one for one in batch.subscriptions if one.correlation == batch_id]
        delivery = _positive(answer.get("estimated_delivery_in_ms"))
        if batch.action == "establish" and delivery:
            batch.estimated_delivery = delivery / 1000
            self._out.append(StartTimer(f"delivery:{batch_id}", batch.estimated_delivery))
        else:
            self._batches.pop(batch_id)
            self._heard.pop(batch_id, None)
        if batch.action == "establish":
            for subscription in waiting:
                subscription.subject.set_subscription_state("response_in_flight")
        self._disarm()
        # What became wanted meanwhile does not wait for a notification to happen by.
        if self._next_batch() is not None:
            self._arm()

    def refused(self, batch_id: int, *, unavailable: bool = False) -> None:
        """The batch was not taken. ``unavailable``: there is no connection; its return will start everything."""
        batch = self._batches.pop(batch_id)
        self._heard.pop(batch_id, None)
        for subscription in batch.subscriptions:
            if subscription.correlation != batch_id:
                continue  # asked for again since, on another connection
            subscription.subject.set_subscription_state("none")
            subscription.pend(None, None)
            if batch.action == "establish":
                self._persisted.pop(subscription.subject.sid, None)
        if unavailable:
            self._disarm()
        else:
            self._arm()

    def _check_delivery(self, batch_id: int) -> None:
        """Has the service been silent about a batch for as long as it said it would need?"""
        batch = self._batches.get(batch_id)
        if batch is None:
            return
        heard = self._heard.get(batch_id)
        silence = batch.estimated_delivery if heard is None else self._now() - heard
        if silence < batch.estimated_delivery:
            self._out.append(StartTimer(f"delivery:{batch_id}", batch.estimated_delivery - silence))
            return
        self._batches.pop(batch_id)
        self._heard.pop(batch_id, None)
        for subscription in batch.subscriptions:
            if subscription.correlation == batch_id:
                subscription.pend(None, None)
                subscription.retries += 1
                self._persisted.pop(subscription.subject.sid, None)
                self._arm()

    # -- notifications ---------------------------------------------------------------------------------------

    def notification(self, message: Any, *, replayed: bool) -> None:
        """A Sync notification came. ``replayed``: it belongs to the answer to a batch."""
        event_type = message.get("event_type") if isinstance(message, dict) else None
        if not isinstance(event_type, str):
            logger.warning("dropped a notification without event type")
            return
        several = message.get("events")
        events = several if isinstance(several, list) else (message.get("event"),)
        correlation = message.get("correlation_id")
        if correlation in self._batches:
            self._heard[correlation] = self._now()
        for event in events:
            if not isinstance(event, dict):
                continue
            if event_type == "subscription_established":
                self._established(event, correlation)
            elif event_type == "subscription_canceled":
                self._canceled(event, correlation)
            elif event_type == "subscription_failed":
                self._failed(event, correlation)
            else:
                self._data_event(event_type, event, replayed=replayed)

    def _established(self, event: Mapping[str, Any], correlation: Any) -> None:
        subscription = self._persisted.get(str(event.get("object_sid")))
        if subscription is not None and subscription.correlation == correlation:
            status = event.get("replay_status")
            if status == "interrupted":
                subscription.pend(None, None)
                self._persisted.pop(subscription.subject.sid, None)
                self._disarm()
            elif status == "completed":
                subscription.pend(None, None)
                subscription.established = True
                last = event.get("last_event_id")
                subscription.ids.complete(last if isinstance(last, int) else None)
                if subscription.leaves_out(last):
                    subscription.refresh = True
                else:
                    subscription.subject.advance(last)
                    subscription.subject.set_subscription_state("established")
                self._disarm()
        self._arm()

    def _canceled(self, event: Mapping[str, Any], correlation: Any) -> None:
        subscription = self._persisted.get(str(event.get("object_sid")))
        if subscription is not None and subscription.correlation == correlation:
            subscription.pend(None, None)
            self._persisted.pop(subscription.subject.sid, None)
            subscription.subject.set_subscription_state("none")
        self._arm()

    def _failed(self, event: Mapping[str, Any], correlation: Any) -> None:
        sid = str(event.get("object_sid"))
        subscription = self._persisted.get(sid)
        if subscription is not None and sid not in self._wanted:
            self._persisted.pop(sid)
            subscription.subject.set_subscription_state("none")
        elif subscription is not None and subscription.correlation == correlation:
            error = event.get("error")
            known: Mapping[str, Any] = error if isinstance(error, dict) else {}
            subscription.failed = True
            subscription.pend(None, None)
            text = f"Failed to subscribe on service events: {known.get('message')}"
            subscription.subject.fail(SyncError(text, known.get("status") or 0, known.get("code") or 0))
            subscription.subject.set_subscription_state("none")
        self._arm()

    def _data_event(self, event_type: str, event: Mapping[str, Any], *, replayed: bool) -> None:
        kind = event_type.partition("_")[0]
        sid = event.get(kind + "_sid")
        subscription = self._wanted.get(sid) if isinstance(sid, str) else None
        if subscription is None or subscription.subject.type != kind:
            logger.debug("dropped a %s for %s, which is not wanted", event_type, sid)
            return
        persisted = self._persisted.get(subscription.subject.sid)
        established = persisted is not None and persisted.established
        subscription.subject.apply(event_type, event, ordered=replayed or established)
        event_id = event.get("id")
        if isinstance(event_id, int):
            subscription.ids.came(event_id)
            if self._gap(subscription) and subscription.pending_action is None:
                self._arm()


def _positive(value: Any) -> float:
    """A number above zero, or 0 for anything else."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return 0
    return number if 0 < number < float("inf") else 0
