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


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentDataActionUrl:
    """Opens a page. ``raw_data`` here and below: the same as JSON text, as the service has it."""

    type: Literal["url"] = "url"
    title: str
    url: str
    raw_data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentDataActionPhone:
    """Calls a number."""

    type: Literal["phone"] = "phone"
    title: str
    phone: str
    raw_data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentDataActionReply:
    """Answers; ``index`` counts from 0."""

    type: Literal["reply"] = "reply"
    title: str
    id: str
    index: int
    raw_data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentDataActionOther:
    """Anything else."""

    type: Literal["other"] = "other"
    raw_data: str


ContentDataAction: TypeAlias = (
    ContentDataActionUrl | ContentDataActionPhone | ContentDataActionReply | ContentDataActionOther
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentDataText:
    """A text: ``twilio/text``."""

    type: Literal["text"] = "text"
    body: str
    raw_data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentDataMedia:
    """Addresses of files: ``twilio/media``."""

    type: Literal["media"] = "media"
    body: str | None = _absent()
    media: Sequence[str]
    raw_data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentDataLocation:
    """A place, in degrees: ``twilio/location``."""

    type: Literal["location"] = "location"
    longitude: float
    latitude: float
    label: str | None = _absent()
    raw_data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentDataQuickReply:
    """A text with answers to choose from: ``twilio/quick-reply``."""

    type: Literal["quickReply"] = "quickReply"
    body: str
    replies: Sequence[ContentDataReply]
    raw_data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentDataCallToAction:
    """A text with things to do: ``twilio/call-to-action``."""

    type: Literal["callToAction"] = "callToAction"
    body: str
    actions: Sequence[ContentDataAction]
    raw_data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentDataListPicker:
    """A text with a ``button`` that shows a list: ``twilio/list-picker``."""

    type: Literal["listPicker"] = "listPicker"
    body: str
    button: str
    items: Sequence[ContentDataListItem]
    raw_data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentDataCard:
    """A card: ``twilio/card``."""

    type: Literal["card"] = "card"
    title: str
    subtitle: str | None = _absent()
    media: Sequence[str]
    actions: Sequence[ContentDataAction]
    raw_data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentDataOther:
    """Content of another type: only ``raw_data`` tells what it is."""

    type: Literal["other"] = "other"
    raw_data: str


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
            return ContentDataText(body=data["body"], raw_data=raw)
        case "twilio/media":
            return ContentDataMedia(body=data.get("body"), media=data["media"], raw_data=raw)
        case "twilio/location":
            return ContentDataLocation(
                longitude=data["longitude"], latitude=data["latitude"], label=data.get("label"), raw_data=raw
            )
        case "twilio/quick-reply":
            return ContentDataQuickReply(body=data["body"], replies=data["actions"], raw_data=raw)
        case "twilio/call-to-action":
            return ContentDataCallToAction(body=data["body"], actions=_actions(data["actions"]), raw_data=raw)
        case "twilio/list-picker":
            return ContentDataListPicker(body=data["body"], button=data["button"], items=data["items"], raw_data=raw)
        case "twilio/card":
            return ContentDataCard(
                title=data["title"],
                subtitle=data.get("subtitle"),
                media=data.get("media") or [],
                actions=_actions(data.get("actions") or ()),
                raw_data=raw,
            )
        case _:
            return ContentDataOther(raw_data=raw)


def _actions(actions: Sequence[Mapping[str, Any]]) -> tuple[ContentDataAction, ...]:
    return tuple(_action(action) for action in actions)


def _action(action: Mapping[str, Any]) -> ContentDataAction:
    raw = to_json(dict(action))
    match action.get("type"):
        case "QUICK_REPLY":
            index = action.get("index") or 0
            return ContentDataActionReply(title=action["title"], id=action.get("id") or "", index=index, raw_data=raw)
        case "PHONE_NUMBER":
            return ContentDataActionPhone(title=action["title"], phone=action.get("phone") or "", raw_data=raw)
        case "URL":
            return ContentDataActionUrl(title=action["title"], url=action.get("url") or "", raw_data=raw)
        case _:
            return ContentDataActionOther(raw_data=raw)
