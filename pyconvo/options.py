"""How a client is configured: the official options in Python's spelling, and what follows from them.

Not responsible for what the service configures (``services/configuration.py``).
"""

from __future__ import annotations

import copy
import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

from pyconvo import log_levels
from pyconvo.hosts.base import Host, SessionStorage
from pyconvo.names import camel, snake
from pyconvo.version import OFFICIAL_SDK_VERSION

#: Official names that the general rule of :mod:`pyconvo.names` does not cover.
_SPECIAL_NAMES: Final = {
    "Chat": "chat",
    "IPMessaging": "ip_messaging",
    "MCS": "mcs",
    "Sync": "sync",
    "Twilsock": "twilsock",
    "twilsock": "twilsock",
}


@dataclass(slots=True)
class ClientOptions:
    """Options of :class:`pyconvo.Client`. All are optional.

    ``emulator``: address of a local emulator, such as ``"http://127.0.0.1:8080"`` (an addition to the official
    options; short for ``twilsock={"uri": "ws://127.0.0.1:8080/v3/wsconnect"}``).

    ``region``: of the service, default ``us1``. ``log_level``: ``trace``, ``debug``, ``info``, ``warn``, ``error``
    or ``silent``, for the loggers ``pyconvo.*``; they are left alone when it is not given.
    ``throw_errors_always``: whether :meth:`Client.create` and the methods that wait for the start raise when it
    failed.

    ``typing_indicator_timeout_override``: milliseconds. ``http_cache_interval_override``: an ISO 8601 duration.
    ``user_infos_to_subscribe_override``: how many other users are kept up to date at once;
    one even with 0.
    ``channel_metadata_cache_capacity`` (100), ``message_recipients_cache_capacity`` (1000): of how many messages these
    are kept once they were read.
    ``backoff_config_override``, ``retry_policy``: ``min``, ``max``, ``initial``, ``maxAttemptsTime`` in
    milliseconds, ``maxAttemptsCount``, ``randomness``.

    ``session_storage``: keeps descriptions of the user's objects, so that the next client (of a page that was reloaded,
    of a program that was started again) opens them without asking; an object with ``get(key)``, ``set(key, text)``,
    ``remove(key)`` (an addition to the official options; default: a page's ``sessionStorage``, elsewhere nothing is
    kept). ``sync={"enableSessionStorage": False}``: keep nothing.

    ``chat`` and ``ip_messaging``: nested options that replace these for overrides, ``api_uri`` and ``typing_uri``.
    """

    emulator: str | None = None
    region: str | None = None
    log_level: str | None = None
    throw_errors_always: bool = False
    typing_indicator_timeout_override: float | None = None
    consumption_report_interval_override: str | None = None
    http_cache_interval_override: str | None = None
    user_infos_to_subscribe_override: int | None = None
    retry_when_throttled_override: bool | None = None
    backoff_config_override: Mapping[str, Any] | None = None
    channel_metadata_cache_capacity: int | None = None
    message_recipients_cache_capacity: int | None = None
    api_uri: str | None = None
    typing_uri: str | None = None
    cds_uri: str | None = None
    client_metadata: Mapping[str, Any] = field(default_factory=dict)
    init_registrations: Sequence[Mapping[str, Any]] | None = None
    retry_policy: Mapping[str, Any] | None = None
    continuation_token: str | None = None
    tweaks: Mapping[str, Any] | None = None
    sync: Mapping[str, Any] = field(default_factory=dict)
    twilsock: Mapping[str, Any] = field(default_factory=dict)
    mcs: Mapping[str, Any] = field(default_factory=dict)
    notifications: Mapping[str, Any] = field(default_factory=dict)
    session_storage: SessionStorage | None = None
    chat: ClientOptions | None = None
    ip_messaging: ClientOptions | None = None

    @classmethod
    def read(cls, options: ClientOptions | Mapping[str, Any] | None) -> Self:
        """A copy. Mappings may use the official names or ours; names that mean nothing here are ignored."""
        if isinstance(options, ClientOptions):
            copied = {item.name: copy.copy(getattr(options, item.name)) for item in dataclasses.fields(cls)}
            return cls(**{**copied, "session_storage": options.session_storage})
        known = {item.name for item in dataclasses.fields(cls)}
        values: dict[str, Any] = {}
        for name, value in (options or {}).items():
            ours = _SPECIAL_NAMES.get(name) or snake(name)
            if ours not in known or value is None:
                continue
            if ours in ("chat", "ip_messaging"):
                value = cls.read(value)
            # The lower-case spelling wins when both are given.
            if ours == "twilsock" and name != "twilsock" and "twilsock" in (options or {}):
                continue
            values[ours] = value if ours == "session_storage" else copy.deepcopy(value)
        return cls(**values)

    def overrides(self) -> ClientOptions:
        """The options that count for overrides and addresses: a nested set replaces the outer one."""
        return self.chat or self.ip_messaging or self

    @property
    def base_url(self) -> str:
        """Where relative paths of the service begin."""
        nested = self.overrides()
        region = nested.region or self.region or "us1"
        return nested.api_uri or nested.typing_uri or f"https://aim.{region}.twilio.com"

    @property
    def sync_url(self) -> str:
        """Where the Sync objects are."""
        return self.cds_uri or f"https://cds.{self.region or 'us1'}.twilio.com"

    def storage(self, host: Host) -> SessionStorage | None:
        """Where descriptions of Sync objects are kept between runs."""
        if not self.sync.get("enableSessionStorage", True):
            return None
        return host.session_storage() if self.session_storage is None else self.session_storage

    @property
    def media_region(self) -> str:
        """Where media are, when the service tells no whole address."""
        return str(self.mcs.get("region") or self.region or "us1")

    @property
    def registrations_url(self) -> str:
        """Where devices are registered for push."""
        region = self.notifications.get("region") or self.region or "us1"
        return str(self.notifications.get("ersUrl") or f"https://ers.{region}.twilio.com/v1/registrations")

    @property
    def socket_url(self) -> str:
        """Where the WebSocket is opened."""
        if uri := self.twilsock.get("uri"):
            return str(uri)
        if self.emulator:
            return re.sub("^http", "ws", self.emulator.rstrip("/")) + "/v3/wsconnect"
        return f"wss://tsock.{self.region or 'us1'}.twilio.com/v3/wsconnect"

    @property
    def metadata(self) -> dict[str, Any]:
        """What the service is told about this client."""
        metadata = {"type": "conversations", **self.client_metadata}
        if "sdk" not in metadata:
            metadata |= {"sdk": "JS", "sdkv": OFFICIAL_SDK_VERSION}
        return metadata

    def apply_log_level(self) -> None:
        """Set the level of ``pyconvo.*``, if one was given. Raises :class:`ArgumentError` for one that there is not."""
        if self.log_level is not None:
            log_levels.apply(self.log_level)


def official_names(options: Any) -> Any:
    """A mapping in either spelling, by the official names; anything else as it is."""
    if not isinstance(options, Mapping):
        return options
    return {camel(str(name)): value for name, value in options.items()}
