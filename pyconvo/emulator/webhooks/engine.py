"""The webhooks of the service: asks before, tells after, in order for each receiver and conversation.

Nobody waits for a webhook but the request that asked one. Not responsible for the rules of settings (``settings``),
the requests themselves (``sender``), nor for carrying a command out again after an answer (the doors).
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pyconvo.emulator.clock import Clock
from pyconvo.emulator.conversations.errors import cancelled
from pyconvo.emulator.conversations.events import DomainEvent
from pyconvo.emulator.conversations.model import Conversations
from pyconvo.emulator.conversations.records import Message
from pyconvo.emulator.webhooks import decisions, names
from pyconvo.emulator.webhooks.decisions import Decisions, Question, Verdict
from pyconvo.emulator.webhooks.deliveries import Deliveries, Delivery
from pyconvo.emulator.webhooks.parameters import parameters
from pyconvo.emulator.webhooks.receiver import Receivers
from pyconvo.emulator.webhooks.records import ScopedHook, create_tables
from pyconvo.emulator.webhooks.sender import Sender
from pyconvo.emulator.webhooks.settings import HookRules

logger = logging.getLogger("pyconvo.emulator.webhooks")

#: Waiting for one receiver about one conversation, behind the one on its way; what comes beyond is lost.
LONGEST_QUEUE = 10_000
#: What an answer may change. Source: "Using Pre-Action Webhooks to Modify or Reject Changes".
MODIFIABLE: dict[str, tuple[str, ...]] = {
    "onConversationAdd": ("friendly_name",),
    "onConversationUpdate": ("friendly_name",),
    "onMessageAdd": ("body", "author", "attributes"),
    "onMessageUpdate": ("body", "author", "attributes"),
}


class Webhooks:
    """``later`` runs something once the answer to the present request is on its way."""

    def __init__(
        self,
        model: Conversations,
        auth_token: str,
        clock: Clock,
        later: Callable[[Callable[[], Any]], None],
        shared: Webhooks | None = None,
    ) -> None:
        """``shared``: the engine of the account's default service, which keeps the account's settings and the record
        of deliveries for all.
        """
        with model.context.store.transaction():
            create_tables(model.context.db)
        self._model = model
        self._later = later
        self._sender = Sender(auth_token, lambda: clock)
        self._queues: dict[tuple[str, str], deque[Delivery]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False
        self.rules: HookRules = HookRules(model.context, None if shared is None else shared.rules)
        self.deliveries: Deliveries = Deliveries() if shared is None else shared.deliveries
        #: Play the receiver for tests that have none.
        self.receivers: Receivers = Receivers() if shared is None else shared.receivers
        self.service_sid = model.settings.service_sid
        model.events.interceptor = self._before
        model.events.subscribe(self._happened)

    @property
    def closed(self) -> bool:
        return self._closed

    async def close(self) -> None:
        """Stop: what has not been sent is not sent any more."""
        self.stop()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._sender.close()

    def stop(self) -> None:
        """As ``close``, without waiting."""
        self._closed = True
        for task in self._tasks:
            task.cancel()
        # Whoever waits for them to be delivered must not wait for ever: the record may be another service's.
        for queue in self._queues.values():
            for delivery in queue:
                self.deliveries.done(delivery, "failed")
        self._queues.clear()

    # -- before

    def _before(self, event: DomainEvent) -> Mapping[str, Any]:
        """Raises:
        Asked: somebody is to be asked first.
        TwilioError: 403/50107, the change is refused (the code is not documented; the text is Twilio's).
        """
        name = names.pre(event)
        now = decisions.under_way()
        if name is None or now is None or not event.origin.webhooks:
            return {}
        where = self.rules.for_phase(self.service_sid, name)
        if where is None:
            return {}
        verdict = now.on(Question(name, *where, event, self))
        if verdict.refused:
            raise cancelled()
        return verdict.amendments

    async def decide(self, request: Decisions) -> None:
        """Have the question answered that ``request`` ended with. Without an answer in time the change is made."""
        question = request.asked
        if question is None:
            return
        delivery = self._note("pre", question.event, question.name, "webhook", question.url, question.method)
        attempt = await self._sender.send(delivery)
        if attempt.status is None:
            self.deliveries.done(delivery, "unanswered")
            request.add(Verdict(question.name))
        elif attempt.status >= 400:
            self.deliveries.done(delivery, "refused")
            request.add(Verdict(question.name, refused=True))
        else:
            self.deliveries.done(delivery, "delivered")
            request.add(Verdict(question.name, amendments=_amendments(question.name, attempt.body)))

    # -- after

    def _happened(self, event: DomainEvent) -> None:
        name = names.post(event)
        if name is not None and event.origin.webhooks:
            for key, delivery in self._wanted(event, name):
                self._enqueue(key, delivery)
        if event.kind == "conversation.removed" and event.conversation is not None:
            self.rules.forget(event.conversation.sid)

    def _wanted(self, event: DomainEvent, name: str) -> Iterator[tuple[tuple[str, str], Delivery]]:
        about = event.conversation.sid if event.conversation else "users"
        where = self.rules.for_phase(self.service_sid, name)
        if where is not None:
            yield ("service", about), self._note("post", event, name, "webhook", *where)
        for hook in self.rules.of(about):
            if _wants(hook, event, name):
                yield (hook.sid, about), self._note("post", event, name, hook.target, hook.url, hook.method, hook.sid)

    def replay(self, hook: ScopedHook) -> None:
        """Tell a new webhook of the messages that it asked for with ``replay_after``."""
        if hook.replay_after is None:
            return
        conversation = self._model.conversations.get(hook.conversation_sid)
        for message in self._model.messages.of(conversation.sid):
            if message.index < hook.replay_after:
                continue
            event = self._model.events.past("message.added", conversation=conversation, message=message)
            if _wants(hook, event, "onMessageAdded"):
                delivery = self._note("post", event, "onMessageAdded", hook.target, hook.url, hook.method, hook.sid)
                self._enqueue((hook.sid, conversation.sid), delivery)

    # -- on their way

    def _note(
        self,
        phase: str,
        event: DomainEvent,
        name: str,
        target: str,
        url: str | None,
        method: str,
        webhook_sid: str | None = None,
    ) -> Delivery:
        settings = self._model.settings
        form = parameters(event, name, account_sid=settings.account_sid, service_sid=settings.service_sid)
        return self.deliveries.add(
            phase=phase,
            event=name,
            target=target,
            url=url,
            method=method,
            parameters=form,
            webhook_sid=webhook_sid,
            result="recorded" if target == "studio" else "pending",
        )

    def _enqueue(self, key: tuple[str, str], delivery: Delivery) -> None:
        if delivery.result != "pending":
            return

        def start() -> None:
            queue = self._queues.get(key)
            if queue is not None and len(queue) > LONGEST_QUEUE:
                logger.warning("a receiver does not keep up: webhook %s is not sent", delivery.event)
                self.deliveries.done(delivery, "failed")
            elif queue is not None:
                queue.append(delivery)
            elif self._closed:
                self.deliveries.done(delivery, "failed")
            else:
                self._queues[key] = deque([delivery])
                task = asyncio.ensure_future(self._deliver(key))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

        self._later(start)

    async def _deliver(self, key: tuple[str, str]) -> None:
        """One after the other, until none is left."""
        queue = self._queues[key]
        while queue:
            delivery = queue[0]
            attempt = await self._sender.send(delivery)
            fine = attempt.status is not None and attempt.status < 400
            if not fine:
                # Its address may hold a password, and is not for the log.
                logger.info("webhook %d (%s): %s", delivery.number, delivery.event, attempt.error or attempt.status)
            self.deliveries.done(delivery, "delivered" if fine else "failed")
            queue.popleft()
        del self._queues[key]


def _wants(hook: ScopedHook, event: DomainEvent, name: str) -> bool:
    if hook.target == "webhook":
        return name in hook.names
    if hook.target == "studio":
        return name in (hook.names or ["onMessageAdded"])
    body = event.message.body if isinstance(event.message, Message) else None
    return name == "onMessageAdded" and body is not None and any(word in body for word in hook.words)


def _amendments(name: str, body: str) -> dict[str, Any]:
    """What the answer changes; an answer that is no JSON object changes nothing."""
    try:
        answer = json.loads(body) if body.strip() else {}
    except (ValueError, RecursionError):
        return {}
    if not isinstance(answer, dict):
        return {}
    return {field: answer[field] for field in MODIFIABLE.get(name, ()) if answer.get(field) is not None}
