"""``Message``: one message of a conversation.

Kept up to date as long as the conversation's message list is followed. Not responsible for the requests to the media
service.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pyconvo.channels import ChannelMetadata, RecipientDescriptor
from pyconvo.content import ContentData
from pyconvo.described import list_of
from pyconvo.entity import Entity
from pyconvo.errors import ConversationsError
from pyconvo.event_names import MessageEvents
from pyconvo.json_values import JSONValue, encode_component, json_equal, parse_attributes, parse_date, to_json
from pyconvo.log_levels import deprecations
from pyconvo.media import Media, MediaCategory
from pyconvo.media_urls import MediaUrls
from pyconvo.payloads import MessageUpdated
from pyconvo.receipts import AggregatedDeliveryReceipt, DetailedDeliveryReceipt
from pyconvo.services import content
from pyconvo.services.channel_metadata import ChannelMetadataReader
from pyconvo.services.recipients import Recipients
from pyconvo.services.session import Session
from pyconvo.validation import JSON, NON_EMPTY_STRING, OMITTED, STRING, checked

if TYPE_CHECKING:
    from pyconvo.conversation import Conversation
    from pyconvo.participant import Participant


class Message(Entity, MessageEvents, MediaUrls):
    """A message. Official: ``Message``.

    Errors of methods as for :class:`pyconvo.Conversation`.
    """

    def __init__(self, index: int, data: dict[str, Any], conversation: Conversation, session: Session) -> None:
        super().__init__(session.lifetime)
        self._index = index
        self._conversation = conversation
        self._session = session
        self._sid = str(data.get("sid") or "")
        self._body: str | None = data.get("text")
        self._type: str = data.get("type") or "text"
        self._author: str | None = data.get("author")
        self._subject: str | None = data.get("subject")
        self._content_sid: str | None = data.get("contentSid")
        self._last_updated_by: str | None = data.get("lastUpdatedBy")
        self._participant_sid: str | None = data.get("memberSid")
        self._attributes = parse_attributes(data.get("attributes"), "message", self._sid)
        created, updated = data.get("timestamp"), data.get("dateUpdated")
        self._date_created = parse_date(created)
        # Of a new message they are the same.
        self._date_updated = self._date_created if updated == created else parse_date(updated)
        self._receipt = AggregatedDeliveryReceipt._read(data.get("delivery"))
        self._has_channel_metadata = bool(data.get("channelMetadata"))
        self._media: Media | None = None
        self._all_media: tuple[Media, ...] = ()
        if data.get("media") or data.get("medias"):
            self._take_media(data)
        #: Told of every update before those who listen: the message list, which tells it on.
        self._on_update: Callable[[MessageUpdated], None] | None = None

    @property
    def conversation(self) -> Conversation:
        """Where the message was sent."""
        return self._conversation

    @property
    def sid(self) -> str:
        """``IM…``, for ever the same."""
        return self._sid

    @property
    def index(self) -> int:
        """The message's number in its conversation. Later messages have greater ones; there may be gaps."""
        return self._index

    @property
    def body(self) -> str | None:
        """The text."""
        return self._body

    @property
    def type(self) -> str:
        """``"text"`` or ``"media"``."""
        return self._type

    @property
    def author(self) -> str | None:
        """The identity of the sender."""
        return self._author

    @property
    def subject(self) -> str | None:
        """The subject line, for e-mail participants."""
        return self._subject

    @property
    def content_sid(self) -> str | None:
        """The content template the message was made from."""
        return self._content_sid

    @property
    def last_updated_by(self) -> str | None:
        """The identity of who edited the message last."""
        return self._last_updated_by

    @property
    def participant_sid(self) -> str | None:
        """The sender's place in the conversation."""
        return self._participant_sid

    @property
    def attributes(self) -> JSONValue:
        """Any data of the application; ``{}`` when there is none."""
        return self._attributes

    @property
    def date_created(self) -> datetime | None:
        """When it was sent, UTC."""
        return self._date_created

    @property
    def date_updated(self) -> datetime | None:
        """When it last changed, UTC."""
        return self._date_updated

    @property
    def aggregated_delivery_receipt(self) -> AggregatedDeliveryReceipt | None:
        """``None`` when nobody outside the service gets the message."""
        return self._receipt

    # -- media -----------------------------------------------------------------------------------------------

    @property
    def media(self) -> Media | None:
        """The one medium of a message of old; use :attr:`attached_media`."""
        return self._media

    @property
    def attached_media(self) -> list[Media]:
        """The attachments, without an e-mail's body and history."""
        return self.get_media_by_categories(["media"])

    def get_media_by_categories(self, categories: Sequence[MediaCategory]) -> list[Media]:
        """The media of these categories: ``"media"``, ``"body"``, ``"history"``."""
        return [media for media in self._all_media if media.category in categories]

    def get_media_by_category(self, categories: Sequence[MediaCategory]) -> list[Media]:
        """The same as :meth:`get_media_by_categories`, by its old name."""
        return self.get_media_by_categories(categories)

    @checked([NON_EMPTY_STRING, OMITTED])
    def get_email_body(self, type: str = "text/plain") -> Media | None:
        """The e-mail's body of this content type."""
        return self._email_part("body", type)

    @checked([NON_EMPTY_STRING, OMITTED])
    def get_email_history(self, type: str = "text/plain") -> Media | None:
        """The e-mail's history of this content type."""
        return self._email_part("history", type)

    async def get_temporary_content_urls_for_attached_media(self) -> dict[str, str]:
        """Addresses of :attr:`attached_media`. Raises :class:`pyconvo.ArgumentError` when there is none."""
        return await self.get_temporary_content_urls_for_media_sids([media.sid for media in self.attached_media])

    async def attach_temporary_urls_for(self, content_set: Sequence[Media] | None) -> list[Media]:
        """The same media, read anew; use :meth:`get_temporary_content_urls_for_media`."""
        deprecations.warning(
            "The method attachTemporaryUrlsFor is deprecated, use getTemporaryContentUrlsForMedia instead."
        )
        if content_set is None:
            raise ConversationsError("Media Content Service is unavailable")
        service = self._session.media
        return [Media(record.state, service) for record in await service.get_set([one.sid for one in content_set])]

    def _email_part(self, category: MediaCategory, content_type: str) -> Media | None:
        found = (media for media in self._all_media if media.category == category)
        return next((media for media in found if media.content_type == content_type), None)

    def _take_media(self, data: Mapping[str, Any]) -> None:
        service, single, several = self._session.media, data.get("media"), data.get("medias")
        self._media = Media(single, service) if single else None
        if several is None and single:
            several = [{**single, "category": "media"}]
        self._all_media = tuple(Media(one, service) for one in several or () if one)

    # -- other channels ---------------------------------------------------------------------------------------

    async def get_detailed_delivery_receipts(self) -> list[DetailedDeliveryReceipt]:
        """How far the message got at each participant outside the service, as of a moment ago.

        Raises the transport's error, and :class:`ConversationsError` for an answer that makes no sense.
        """
        links, network = self._session.configuration.links, self._session.network
        url = links.messages_receipts.replace("%s", self._conversation.sid, 1).replace("%s", self._sid, 1)
        found: list[DetailedDeliveryReceipt] = []
        token: str | None = None
        while True:
            body = await network.get(f"{url}?PageToken={encode_component(str(token))}" if token else url)
            try:
                found += [DetailedDeliveryReceipt._read(one) for one in list_of(body["delivery_receipts"])]
                token = body["meta"].get("next_token")
            except (AttributeError, KeyError, TypeError) as error:
                raise ConversationsError("The service's list of delivery receipts cannot be understood") from error
            if not token:
                return found

    async def get_channel_metadata(self) -> ChannelMetadata | None:
        """What the channel told about a message that came from there. Raises :class:`pyconvo.FetchError`."""
        if not self._has_channel_metadata:
            return None
        reader: ChannelMetadataReader = self._session.channel_metadata
        return await reader.of(self._conversation.sid, self._sid)

    async def get_message_recipients(self) -> list[RecipientDescriptor]:
        """To whom the message was addressed, for e-mails. Raises :class:`pyconvo.FetchError`."""
        recipients: Recipients = self._session.recipients
        return await recipients.of_message(self._conversation.sid, self._sid)

    async def get_content_data(self) -> ContentData | None:
        """What a message from a content template shows; ``None`` for other messages.

        Raises :class:`pyconvo.MediaTransportError` or :class:`pyconvo.ConversationsError` when it cannot be read.
        """
        media = content.rich(self.get_media_by_categories(["body"])) if self._content_sid is not None else None
        return None if media is None else await content.read(self._session.core, media)

    # -- who and what ----------------------------------------------------------------------------------------

    async def get_participant(self) -> Participant:
        """The sender as a participant. Raises :class:`ConversationsError` when there is none (any more)."""
        participant: Participant | None = None
        if self._participant_sid:
            participant = await self._found(self._conversation.get_participant_by_sid, self._participant_sid)
        if participant is None and self._author:
            participant = await self._found(self._conversation.get_participant_by_identity, self._author)
        if participant is not None:
            return participant
        tried = [f"SID '{self._participant_sid}'"] if self._participant_sid else []
        tried += [f"identity '{self._author}'"] if self._author else []
        raise ConversationsError(f"Participant{' with' if tried else ''} {' or '.join(tried)} was not found")

    @staticmethod
    async def _found(look_up: Any, name: str) -> Participant | None:
        try:
            found: Participant | None = await look_up(name)
        except ConversationsError:
            return None
        return found

    async def remove(self) -> Message:
        """Remove the message for everybody."""
        await self._session.commands.delete(self._url)
        return self

    @checked(STRING)
    async def update_body(self, body: str) -> Message:
        """Edit the text. It changes here when the service says so, perhaps after this returns."""
        await self._session.commands.post(self._url, {"body": body})
        return self

    @checked(JSON)
    async def update_attributes(self, attributes: JSONValue) -> Message:
        """Replace the attributes."""
        await self._session.commands.post(self._url, {"attributes": to_json(attributes)})
        return self

    # -- for the message list --------------------------------------------------------------------------------

    @property
    def _url(self) -> str:
        return f"{self._conversation._links.messages}/{self._sid}"

    def _update(self, data: dict[str, Any]) -> None:
        """Take over a complete newer item; what it lacks stays, except attributes."""
        reasons: list[str] = []
        if isinstance(data.get("text"), str) and data["text"] != self._body:
            self._body = data["text"]
            reasons.append("body")
        if data.get("subject") and data["subject"] != self._subject:
            self._subject = data["subject"]
            reasons.append("subject")
        if data.get("lastUpdatedBy") and data["lastUpdatedBy"] != self._last_updated_by:
            self._last_updated_by = data["lastUpdatedBy"]
            reasons.append("last_updated_by")
        if data.get("author") and data["author"] != self._author:
            self._author = data["author"]
            reasons.append("author")
        if data.get("dateUpdated") and self._date_updated != (updated := parse_date(data["dateUpdated"])):
            self._date_updated = updated
            reasons.append("date_updated")
        if data.get("timestamp") and self._date_created != (created := parse_date(data["timestamp"])):
            self._date_created = created
            reasons.append("date_created")
        attributes = parse_attributes(data.get("attributes"), "message", self._sid)
        if not json_equal(self._attributes, attributes):
            self._attributes = attributes
            reasons.append("attributes")
        receipt = AggregatedDeliveryReceipt._read(data.get("delivery"))
        if receipt is not None and receipt._complete() and receipt != self._receipt:
            self._receipt = receipt
            reasons.append("delivery_receipt")
        before = self._media, self._all_media
        self._take_media(data)
        if _states(*before) == _states(self._media, self._all_media):
            self._media, self._all_media = before
        else:
            reasons.append("media")
        if reasons:
            self._mark_dirty()
            event = MessageUpdated(self, tuple(reasons))
            if self._on_update is not None:
                self._on_update(event)
            self.emit("updated", event)


def _states(media: Media | None, several: Sequence[Media]) -> list[Mapping[str, Any] | None]:
    return [media._state if media else None, *(one._state for one in several)]
