"""How a Twilsock connection is configured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pyconvo.backoff import RetryPolicy

#: The reconnect policy when none is given: 1 s, doubling, to 2 min, ±20 %.
DEFAULT_RETRY_POLICY = RetryPolicy(min=1000, max=120_000, randomness=0.2)

#: What this client can do beyond the basics, as told to the service.
CAPABILITIES = ("client_update", "offline_storage", "telemetry.v1")

#: The protocol library whose behaviour is spoken here; the service sees it as ``metadata.ver``.
PROTOCOL_LIBRARY_VERSION = "1.0.2"

_METADATA_FIELDS = (
    "ver", "env", "envv", "os", "osv", "osa", "type", "sdk", "sdkv", "dev", "devv", "devt", "app", "appv",
)  # fmt: skip


def init_registration(product: str, message_types: Sequence[str]) -> dict[str, Any]:
    """Ask for notifications of these types, for as long as the connection lives."""
    return {
        "product": product,
        "type": "ers",
        "notification_protocol_version": 0,
        "message_types": list(message_types),
    }


@dataclass(frozen=True, slots=True)
class TwilsockOptions:
    """``retry_policy``: official option names, milliseconds. ``registrations``: sent in every init, or ``None``."""

    uri: str = "wss://tsock.us1.twilio.com/v3/wsconnect"
    product_id: str = "ip_messaging"
    registrations: Sequence[Mapping[str, Any]] | None = None
    client_metadata: Mapping[str, Any] = field(default_factory=dict)
    retry_policy: Mapping[str, Any] | RetryPolicy | None = None
    tweaks: Mapping[str, Any] | None = None
    continuation_token: str | None = None

    def reconnect_policy(self) -> RetryPolicy:
        if self.retry_policy is None:
            return DEFAULT_RETRY_POLICY
        if isinstance(self.retry_policy, RetryPolicy):
            return self.retry_policy
        # A given policy replaces the default as a whole: without "randomness" there is none.
        return RetryPolicy.from_options(self.retry_policy, RetryPolicy())

    def metadata(self, platform: Mapping[str, Any]) -> dict[str, Any]:
        """The init's ``metadata``: ``client_metadata`` over what the platform says over "unknown"."""
        known = dict.fromkeys(("env", "envv", "os", "osv", "osa"), "unknown") | {"sdk": "js-default"}
        values = {**known, **platform, **self.client_metadata, "ver": PROTOCOL_LIBRARY_VERSION}
        return {name: values[name] for name in _METADATA_FIELDS if name in values}
