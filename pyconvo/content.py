"""Content templates and rich content: what a template holds, and what a message made from one shows.

Of content, members are ``None`` where the service does not say. Not responsible for reading templates from the service
(``services/content.py``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NotRequired, TypeAlias, TypedDict

from pyconvo.described import Described, list_of, member, members, object_of
from pyconvo.errors import ConversationsError
from pyconvo.json_values import in_js_order, parse_date, parse_json, to_json


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
class ContentDataActionUrl(Described):
    """Opens a page. ``raw_data`` here and below: the same as JSON text, as the service has it."""

    type: Literal["url"] = "url"
    title: str | None
    url: str
    raw_data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentDataActionPhone(Described):
    """Calls a number."""

    type: Literal["phone"] = "phone"
    title: str | None
    phone: str
    raw_data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentDataActionReply(Described):
    """Answers; ``index`` counts from 0."""

    type: Literal["reply"] = "reply"
    title: str | None
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
class ContentDataText(Described):
    """A text: ``twilio/text``."""

    type: Literal["text"] = "text"
    body: str | None
    raw_data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentDataMedia(Described):
    """Addresses of files: ``twilio/media``."""

    type: Literal["media"] = "media"
    body: str | None = None
    media: Sequence[str] | None
    raw_data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentDataLocation(Described):
    """A place, in degrees: ``twilio/location``."""

    type: Literal["location"] = "location"
    longitude: float | None
    latitude: float | None
    label: str | None = None
    raw_data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentDataQuickReply(Described):
    """A text with answers to choose from: ``twilio/quick-reply``."""

    type: Literal["quickReply"] = "quickReply"
    body: str | None
    replies: Sequence[ContentDataReply] | None
    raw_data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentDataCallToAction(Described):
    """A text with things to do: ``twilio/call-to-action``."""

    type: Literal["callToAction"] = "callToAction"
    body: str | None
    actions: Sequence[ContentDataAction]
    raw_data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentDataListPicker(Described):
    """A text with a ``button`` that shows a list: ``twilio/list-picker``."""

    type: Literal["listPicker"] = "listPicker"
    body: str | None
    button: str | None
    items: Sequence[ContentDataListItem] | None
    raw_data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentDataCard(Described):
    """A card: ``twilio/card``."""

    type: Literal["card"] = "card"
    title: str | None
    subtitle: str | None = None
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
class ContentTemplate(Described):
    """A template of the account. ``variables``: with their default values; ``variants``: content by its type.

    Members are ``None`` where the service does not say.
    """

    sid: str | None
    friendly_name: str | None
    variables: Sequence[ContentTemplateVariable]
    variants: Mapping[str, ContentData]
    date_created: datetime | None
    date_updated: datetime | None

    @classmethod
    def read(cls, data: Any) -> ContentTemplate:
        """As the service describes it. Raises :class:`ConversationsError` for what is no template."""
        try:
            variables = object_of(in_js_order(parse_json(data["variables"])))
            return cls._made(
                **members(data, "sid", "friendly_name"),
                variables=tuple(ContentTemplateVariable(name, value) for name, value in variables.items()),
                variants={kind: content_data(kind, content) for kind, content in object_of(data["variants"]).items()},
                date_created=parse_date(data.get("date_created")),
                date_updated=parse_date(data.get("date_updated")),
            )
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            raise ConversationsError(
                f"The service sent a content template that cannot be understood: {error}"
            ) from error


def content_data(kind: str, data: Any) -> ContentData:
    """Content of the type ``kind``, such as ``twilio/text``. Raises :class:`TypeError` for what cannot be content."""
    raw = to_json(in_js_order(data))
    match kind:
        case "twilio/text":
            return ContentDataText._made(**members(data, "body"), raw_data=raw)
        case "twilio/media":
            return ContentDataMedia._made(**members(data, "body", "media"), raw_data=raw)
        case "twilio/location":
            return ContentDataLocation._made(**members(data, "longitude", "latitude", "label"), raw_data=raw)
        case "twilio/quick-reply":
            return ContentDataQuickReply._made(**members(data, "body"), replies=member(data, "actions"), raw_data=raw)
        case "twilio/call-to-action":
            return ContentDataCallToAction._made(
                **members(data, "body"), actions=_actions(object_of(data).get("actions")), raw_data=raw
            )
        case "twilio/list-picker":
            return ContentDataListPicker._made(**members(data, "body", "button", "items"), raw_data=raw)
        case "twilio/card":
            return ContentDataCard._made(
                **members(data, "title", "subtitle"),
                media=_or(data.get("media"), []),
                actions=_actions(_or(data.get("actions"), [])),
                raw_data=raw,
            )
        case _:
            return ContentDataOther(raw_data=raw)


def _actions(actions: Any) -> tuple[ContentDataAction, ...]:
    return tuple(_action(action) for action in list_of(actions))


def _action(action: Any) -> ContentDataAction:
    raw = to_json(in_js_order(action))
    title = member(action, "title")
    match action.get("type"):
        case "QUICK_REPLY":
            index = _or(action.get("index"), 0)
            return ContentDataActionReply._made(title=title, id=_or(action.get("id"), ""), index=index, raw_data=raw)
        case "PHONE_NUMBER":
            return ContentDataActionPhone._made(title=title, phone=_or(action.get("phone"), ""), raw_data=raw)
        case "URL":
            return ContentDataActionUrl._made(title=title, url=_or(action.get("url"), ""), raw_data=raw)
        case _:
            return ContentDataActionOther(raw_data=raw)


def _or(value: Any, default: Any) -> Any:
    return default if value is None else value
