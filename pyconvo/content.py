"""Content templates and rich content: what a template holds, and what a message made from one shows.

Not responsible for reading templates from the service (``services/content.py``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NotRequired, TypeAlias, TypedDict

from pyconvo.errors import ConversationsError
from pyconvo.json_values import parse_date, parse_json, to_json


def _absent() -> Any:
    """``None`` when the content does not say; a page does not see the field then."""
    return field(default=None, metadata={"absent": True})


class ContentDataReply(TypedDict):
    """An answer that can be chosen. ``id`` comes back with it."""

    title: str
    id: NotRequired[str]


class ContentDataListItem(TypedDict):
    """A line of a list."""

    id: str
    item: str
    description: NotRequired[str]


@dataclass(frozen=True, slots=True)
class ContentDataActionUrl:
    """Opens a page. ``raw_data`` here and below: the same as JSON text, as the service has it."""

    title: str
    url: str
    raw_data: str
    type: Literal["url"] = "url"


@dataclass(frozen=True, slots=True)
class ContentDataActionPhone:
    """Calls a number."""

    title: str
    phone: str
    raw_data: str
    type: Literal["phone"] = "phone"


@dataclass(frozen=True, slots=True)
class ContentDataActionReply:
    """Answers; ``index`` counts from 0."""

    title: str
    id: str
    index: int
    raw_data: str
    type: Literal["reply"] = "reply"


@dataclass(frozen=True, slots=True)
class ContentDataActionOther:
    """Anything else."""

    raw_data: str
    type: Literal["other"] = "other"


ContentDataAction: TypeAlias = (
    ContentDataActionUrl | ContentDataActionPhone | ContentDataActionReply | ContentDataActionOther
)


@dataclass(frozen=True, slots=True)
class ContentDataText:
    """A text: ``twilio/text``."""

    body: str
    raw_data: str
    type: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class ContentDataMedia:
    """Addresses of files: ``twilio/media``."""

    media: Sequence[str]
    raw_data: str
    body: str | None = _absent()
    type: Literal["media"] = "media"


@dataclass(frozen=True, slots=True)
class ContentDataLocation:
    """A place, in degrees: ``twilio/location``."""

    longitude: float
    latitude: float
    raw_data: str
    label: str | None = _absent()
    type: Literal["location"] = "location"


@dataclass(frozen=True, slots=True)
class ContentDataQuickReply:
    """A text with answers to choose from: ``twilio/quick-reply``."""

    body: str
    replies: Sequence[ContentDataReply]
    raw_data: str
    type: Literal["quickReply"] = "quickReply"


@dataclass(frozen=True, slots=True)
class ContentDataCallToAction:
    """A text with things to do: ``twilio/call-to-action``."""

    body: str
    actions: Sequence[ContentDataAction]
    raw_data: str
    type: Literal["callToAction"] = "callToAction"


@dataclass(frozen=True, slots=True)
class ContentDataListPicker:
    """A text with a ``button`` that shows a list: ``twilio/list-picker``."""

    body: str
    button: str
    items: Sequence[ContentDataListItem]
    raw_data: str
    type: Literal["listPicker"] = "listPicker"


@dataclass(frozen=True, slots=True)
class ContentDataCard:
    """A card: ``twilio/card``."""

    title: str
    media: Sequence[str]
    actions: Sequence[ContentDataAction]
    raw_data: str
    subtitle: str | None = _absent()
    type: Literal["card"] = "card"


@dataclass(frozen=True, slots=True)
class ContentDataOther:
    """Content of another type: only ``raw_data`` tells what it is."""

    raw_data: str
    type: Literal["other"] = "other"


ContentData: TypeAlias = (
    ContentDataText
    | ContentDataMedia
    | ContentDataLocation
    | ContentDataQuickReply
    | ContentDataCallToAction
    | ContentDataListPicker
    | ContentDataCard
    | ContentDataOther
)


@dataclass(frozen=True, slots=True)
class ContentTemplateVariable:
    """A place in a template, by name, and what stands there."""

    name: str
    value: str

    def copy_with_value(self, value: str) -> ContentTemplateVariable:
        """Another one with the same name."""
        return ContentTemplateVariable(self.name, value)


@dataclass(frozen=True, slots=True)
class ContentTemplate:
    """A template of the account. ``variables``: with their default values; ``variants``: content by its type."""

    sid: str
    friendly_name: str
    variables: Sequence[ContentTemplateVariable]
    variants: Mapping[str, ContentData]
    date_created: datetime | None
    date_updated: datetime | None

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> ContentTemplate:
        """As the service describes it. Raises :class:`ConversationsError` for what is no template."""
        try:
            variables: Any = parse_json(data["variables"])
            return cls(
                sid=data["sid"],
                friendly_name=data["friendly_name"],
                variables=tuple(ContentTemplateVariable(name, value) for name, value in variables.items()),
                variants={kind: content_data(kind, content) for kind, content in data["variants"].items()},
                date_created=parse_date(data.get("date_created")),
                date_updated=parse_date(data.get("date_updated")),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ConversationsError(
                f"The service sent a content template that cannot be understood: {error}"
            ) from error


def content_data(kind: str, data: Any) -> ContentData:
    """Content of the type ``kind``, such as ``twilio/text``. Raises as a mapping does for what is not there."""
    raw = to_json(data)
    match kind:
        case "twilio/text":
            return ContentDataText(data["body"], raw)
        case "twilio/media":
            return ContentDataMedia(data["media"], raw, data.get("body"))
        case "twilio/location":
            return ContentDataLocation(data["longitude"], data["latitude"], raw, data.get("label"))
        case "twilio/quick-reply":
            return ContentDataQuickReply(data["body"], data["actions"], raw)
        case "twilio/call-to-action":
            return ContentDataCallToAction(data["body"], _actions(data["actions"]), raw)
        case "twilio/list-picker":
            return ContentDataListPicker(data["body"], data["button"], data["items"], raw)
        case "twilio/card":
            actions = _actions(data.get("actions") or ())
            return ContentDataCard(data["title"], data.get("media") or [], actions, raw, data.get("subtitle"))
        case _:
            return ContentDataOther(raw)


def _actions(actions: Sequence[Mapping[str, Any]]) -> tuple[ContentDataAction, ...]:
    return tuple(_action(action) for action in actions)


def _action(action: Mapping[str, Any]) -> ContentDataAction:
    raw = to_json(dict(action))
    match action.get("type"):
        case "QUICK_REPLY":
            return ContentDataActionReply(action["title"], action.get("id") or "", action.get("index") or 0, raw)
        case "PHONE_NUMBER":
            return ContentDataActionPhone(action["title"], action.get("phone") or "", raw)
        case "URL":
            return ContentDataActionUrl(action["title"], action.get("url") or "", raw)
        case _:
            return ContentDataActionOther(raw)
