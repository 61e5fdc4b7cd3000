"""Who makes a request: found by the doors, read by the resources."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

#: The key of an ASGI scope under which the caller stands.
SCOPE_KEY = "pyconvo.caller"


@dataclass(frozen=True, slots=True)
class Caller:
    """``connection_id`` is set when the request came through a Twilsock connection."""

    identity: str
    user_sid: str
    connection_id: str | None = None
    claims: dict[str, Any] = field(default_factory=dict)
    service_sid: str | None = None
    """The chat service that the caller's token opens; None: the default one."""
