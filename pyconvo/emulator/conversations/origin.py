"""Where a change comes from: through which door, by whom, and whether webhooks are to hear of it.

The doors say it (``acting``) around what they carry out; outside of every door the service itself acts.
Not responsible for what an actor may do (``permissions``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """``source``: ``SDK`` (a client), ``API`` (REST, and the service itself), ``TIMER`` (the clock), or the channel
    through which somebody wrote (``SMS``, ``WHATSAPP``, …). ``identity``: the user, for a client.

    ``webhooks``: whether webhooks fire. They do for clients, channels and the clock; for REST only when the request
    asks for it with ``X-Twilio-Webhook-Enabled: true``.
    """

    source: str = "API"
    identity: str | None = None
    webhooks: bool = False


SERVICE = Origin()
"""The service itself: control plane, seeds, REST without the header."""
TIMER = Origin("TIMER", None, webhooks=True)

_origin: ContextVar[Origin] = ContextVar("pyconvo_emulator_origin", default=SERVICE)


def client(identity: str) -> Origin:
    """Somebody with an SDK."""
    return Origin("SDK", identity, webhooks=True)


def api(*, webhooks: bool) -> Origin:
    """Server-side REST; ``webhooks`` as its header says."""
    return Origin("API", None, webhooks)


def channel(kind: str) -> Origin:
    """Somebody on another channel: ``sms``, ``whatsapp``, …"""
    return Origin(kind.upper(), None, webhooks=True)


def current() -> Origin:
    return _origin.get()


@contextmanager
def acting(origin: Origin) -> Iterator[None]:
    """What happens inside comes from ``origin``."""
    token = _origin.set(origin)
    try:
        yield
    finally:
        _origin.reset(token)
