"""What the service says about itself and its limits, merged with the user's overrides.

Read once per client, at start. Not responsible for fetching it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pyconvo.backoff import RetryPolicy
from pyconvo.errors import ConversationsError
from pyconvo.options import ClientOptions
from pyconvo.services.durations import parse_duration

logger = logging.getLogger("pyconvo.model")

#: The product that every request is made for.
PRODUCT_ID = "ip_messaging"

_DEFAULT_INTERVAL = "PT5S"
_DEFAULT_USERS = 100
_DEFAULT_TYPING_TIMEOUT = 5000.0
#: How many messages' metadata and recipients are kept.
_DEFAULT_METADATA = 100
_DEFAULT_RECIPIENTS = 1000
_DEFAULT_BACKOFF = RetryPolicy(min=1000, max=4000, max_attempts=3)


@dataclass(frozen=True, slots=True)
class ConversationLimits:
    """What a message may carry, as the service configures it. ``None`` or an empty list: not said."""

    #: One object serves all conversations of a client: the bridge writes it once.
    js_shared: ClassVar[bool] = True

    media_attachments_count_limit: int | None
    media_attachment_size_limit_in_mb: int | None
    media_attachments_total_size_limit_in_mb: int | None
    email_histories_allowed_content_types: tuple[str, ...]
    email_bodies_allowed_content_types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Links:
    """URLs of the service."""

    my_conversations: str
    conversations: str
    users: str
    typing: str
    media_service: str
    media_set_service: str | None
    messages_receipts: str


@dataclass(frozen=True, slots=True)
class Configuration:
    """``http_cache_interval`` is in seconds, ``typing_timeout…`` in milliseconds."""

    identity: str
    my_conversations: str
    my_user_info: str
    links: Links
    limits: ConversationLimits
    reachability_enabled: bool
    users_to_subscribe: int
    http_cache_interval: float
    typing_timeout_override: float | None
    typing_timeout_default: float
    retry_when_throttled: bool
    backoff: RetryPolicy
    channel_metadata_cache: int
    message_recipients_cache: int
    product_id: str = PRODUCT_ID

    @classmethod
    def read(cls, response: Any, options: ClientOptions, now: float) -> Configuration:
        """From the service's answer. Raises :class:`ConversationsError` for one that cannot be used."""
        body = _object(response, "answer")
        served = _object(body.get("options"), "options")
        links = _object(body.get("links"), "links")
        objects = _object(body.get("sync_objects"), "sync_objects")
        override = options.overrides()
        throttled = override.retry_when_throttled_override
        interval = _first(override.http_cache_interval_override, served.get("http_cache_interval"), _DEFAULT_INTERVAL)
        users = _first(override.user_infos_to_subscribe_override, served.get("user_infos_to_subscribe"), _DEFAULT_USERS)
        return cls(
            identity=str(body.get("identity") or ""),
            my_conversations=str(objects.get("my_conversations") or ""),
            my_user_info=str(objects.get("my_user_info") or ""),
            links=Links(
                my_conversations=str(links.get("my_conversations") or ""),
                conversations=str(links.get("conversations") or ""),
                users=str(links.get("users") or ""),
                typing=str(links.get("typing") or ""),
                media_service=str(links.get("media_service") or ""),
                media_set_service=links.get("media_set_service"),
                messages_receipts=str(links.get("messages_receipts") or ""),
            ),
            limits=ConversationLimits(
                served.get("media_attachments_count_limit"),
                served.get("media_attachment_size_limit_in_mb"),
                served.get("media_attachments_total_size_limit_in_mb"),
                tuple(served.get("email_histories_allowed_mime_types") or ()),
                tuple(served.get("email_bodies_allowed_mime_types") or ()),
            ),
            reachability_enabled=bool(served.get("reachability_enabled")),
            users_to_subscribe=users,
            http_cache_interval=_seconds(interval, now),
            typing_timeout_override=override.typing_indicator_timeout_override,
            typing_timeout_default=_DEFAULT_TYPING_TIMEOUT,
            retry_when_throttled=_first(throttled, True),
            backoff=RetryPolicy.from_options(override.backoff_config_override or {}, _DEFAULT_BACKOFF),
            channel_metadata_cache=_first(options.channel_metadata_cache_capacity, _DEFAULT_METADATA),
            message_recipients_cache=_first(options.message_recipients_cache_capacity, _DEFAULT_RECIPIENTS),
        )


def _object(value: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ConversationsError(f"The service's configuration has no usable {name}")
    return value


def _first(*values: Any) -> Any:
    """The first that is said: 0 and an empty text are."""
    return next(value for value in values if value is not None)


def _seconds(duration: str, now: float) -> float:
    try:
        return parse_duration(str(duration), now)
    except ValueError:
        logger.error("the configured interval %r is not a duration; using %s", duration, _DEFAULT_INTERVAL)
        return parse_duration(_DEFAULT_INTERVAL, now)
