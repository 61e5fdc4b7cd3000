"""``Conversation``: one conversation, kept up to date, and everything that can be done in it.

Not responsible for which conversations there are (``services/conversations.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyconvo.channels import RecipientDescriptor
from pyconvo.entity import Entity
from pyconvo.event_names import ConversationEvents
from pyconvo.json_values import JSONValue, encode_component, to_json
from pyconvo.media import SENT_MEDIA_RULE, FormData, MediaContent
from pyconvo.membership import Membership
from pyconvo.message import Message
from pyconvo.message_builder import MessageBuilder
from pyconvo.paginator import Paginator, PaginatorOptions, RestPaginator
from pyconvo.payloads import (
    ConversationSynchronizationStatus,
    ConversationUpdated,
)
from pyconvo.read_horizon import ReadHorizon
from pyconvo.services.configuration import ConversationLimits
from pyconvo.services.conversation_fields import ConversationFields, ConversationState, LastMessage
from pyconvo.services.message_list import Direction, MessageList, index_of
from pyconvo.services.recipients import paging
from pyconvo.services.roster import Roster
from pyconvo.services.session import Session
from pyconvo.services.streams import Names, Streams
from pyconvo.validation import (
    JSON,
    NON_EMPTY_STRING,
    NON_NEGATIVE_INTEGER,
    NULL,
    OMITTED,
    OPTIONAL_JSON,
    STRING,
    UNDEFINED,
    checked,
    instance_of,
    literal,
    schema,
)


@dataclass(frozen=True, slots=True)
class ConversationLinks:
    """URLs of one conversation."""

    own: str
    messages: str
    participants: str


class Conversation(Entity, ConversationEvents, Membership, ReadHorizon):
    """A conversation.

    Changes made here show when the service has told of them, perhaps after the call has returned. Wherever nothing
    else is said, methods raise :class:`ArgumentError` for arguments of a wrong kind, :class:`UpstreamError` when the
    service refuses (``code`` says why), and :class:`TwilsockError` when the connection fails.

    Official: ``Conversation``.
    """

    def __init__(
        self,
        sid: str,
        descriptor: Mapping[str, Any],
        links: ConversationLinks,
        session: Session,
        *,
        at_once: bool = False,
    ) -> None:
        """``at_once``: its Sync objects are asked for together, by the names in ``descriptor``.

        Otherwise what the document says is waited for. What is sent meanwhile is then not announced, but read.
        """
        super().__init__(session.lifetime)
        self._sid = sid
        self._synchronization: ConversationSynchronizationStatus = "identifier"
        self._links = links
        self._session = session
        self._fields = ConversationFields(sid, descriptor)
        #: Where the status was last learnt from: ``"sync"`` or ``"rest"``.
        self._status_source: str | None = None
        self._roster = Roster(self, session)
        self._messages = MessageList(self, session)
        names = Names.read(descriptor)
        if not at_once:
            names = names._replace(messages=None, roster=None)
        self._streams = Streams(
            session, names, self._messages, self._roster, self._update, self._on_removed, self._on_reached
        )
        self._roster._relay = self._messages._relay = self._pass_on

    # -- state -----------------------------------------------------------------------------------------------

    @property
    def sid(self) -> str:
        """``CH…``, for ever the same."""
        return self._sid

    @property
    def unique_name(self) -> str | None:
        """The name under which the service has it only once; ``None`` without one."""
        return self._fields.unique_name

    @property
    def friendly_name(self) -> str | None:
        """The name to show; ``None`` without one."""
        return self._fields.friendly_name

    @property
    def status(self) -> str:
        """The own user's part in it: ``"joined"`` or ``"notParticipating"``."""
        return self._fields.status

    @property
    def synchronization_status(self) -> ConversationSynchronizationStatus:
        """How much of it is here, in the mobile SDKs' terms.

        ``"identifier"``: its sid; ``"metadata"``: its own members are kept up to date; ``"all"``: its participants are
        read, and messages can be; ``"failed"``: the service does not let it be followed. Back to ``"identifier"`` when
        the own user is not in it any more.
        """
        return self._synchronization

    @property
    def attributes(self) -> JSONValue:
        """Any data of the application; ``{}`` when there is none."""
        return self._fields.attributes

    @property
    def created_by(self) -> str:
        """The identity of who created it; ``""`` when unknown."""
        return self._fields.created_by or ""

    @property
    def date_created(self) -> datetime | None:
        """UTC; ``None`` while unknown."""
        return self._fields.date_created

    @property
    def date_updated(self) -> datetime | None:
        """When its own members last changed, UTC."""
        return self._fields.date_updated

    @property
    def last_message(self) -> LastMessage | None:
        """The newest message, ``None`` when there is none."""
        return self._fields.last_message

    @property
    def last_read_message_index(self) -> int | None:
        """The own read horizon; ``None`` when nothing is marked as read."""
        return self._fields.last_read_message_index

    @property
    def notification_level(self) -> str:
        """``"default"`` or ``"muted"``."""
        return self._fields.notification_level or "default"

    @property
    def state(self) -> ConversationState | None:
        """Whether it is active, inactive or closed, and since when; ``None`` while unknown."""
        return self._fields.state

    @property
    def bindings(self) -> dict[str, Any]:
        """Its addresses on other channels, by channel (``email``, ``sms``), with the official names."""
        return self._fields.bindings

    @property
    def limits(self) -> ConversationLimits:
        """What messages may carry, as the service is configured; sizes in megabytes."""
        return self._session.configuration.limits

    # -- messages --------------------------------------------------------------------------------------------

    @checked(
        [STRING, instance_of(FormData), NULL, SENT_MEDIA_RULE],
        OPTIONAL_JSON,
        [OMITTED, NULL, schema("email attributes", {"subject": [NON_EMPTY_STRING, OMITTED]})],
    )
    async def send_message(
        self,
        message: str | MediaContent | None,
        attributes: JSONValue = UNDEFINED,
        email_options: Mapping[str, str] | None = None,
    ) -> int:
        """Send a text, or upload a medium and send that. Returns the message's index.

        ``attributes``: any JSON value, ``{}`` when not given; ``email_options``: ``{"subject": "…"}``, for texts.
        Raises :class:`pyconvo.MediaTransportError` when the upload fails; nothing is sent then.
        """
        if message is not None and not isinstance(message, str):
            return await self._send_media(message, {} if attributes is UNDEFINED else attributes)
        body = {"body": message or "", "attributes": to_json({} if attributes is UNDEFINED else attributes)}
        subject = email_options.get("subject") if email_options else None
        if subject is not None:
            body["subject"] = subject
        answer = await self._messages.send(body)
        return index_of(answer) or 0

    async def _send_media(self, content: MediaContent, attributes: JSONValue) -> int:
        uploaded = await self._session.media.upload("media", content)
        answer = await self._messages.send({"media_sids": [uploaded.sid], "attributes": to_json(attributes)})
        return index_of(answer) or 0

    def prepare_message(self) -> MessageBuilder:
        """Compose a message step by step."""
        return MessageBuilder(self._messages, self._session)

    @checked(
        [OMITTED, NON_NEGATIVE_INTEGER],
        [OMITTED, NON_NEGATIVE_INTEGER],
        [OMITTED, literal("backwards"), literal("forward")],
    )
    async def get_messages(
        self, page_size: int | None = None, anchor: int | None = None, direction: Direction | None = None
    ) -> Paginator[Message]:
        """A page of messages, by ascending index.

        ``page_size``: default 30, at most 100 come in one page. ``anchor``: the index to begin at (inclusive);
        default the newest message, or the oldest with ``direction="forward"``. ``direction``: ``"backwards"``
        (default) reads the messages up to the anchor, ``"forward"`` those from it on. ``prev_page()`` always gives
        older messages, ``next_page()`` newer ones.
        """
        await self._streams.follow()
        return await self._messages.page(page_size, anchor, direction)

    async def get_message_recipients(
        self, options: PaginatorOptions | Mapping[str, Any] | None = None
    ) -> RestPaginator[RecipientDescriptor]:
        """To whom the messages were addressed, for e-mails; a page of them.

        ``options``: :class:`PaginatorOptions`, or a mapping in either spelling. The size of a page counts messages.
        Raises :class:`pyconvo.FetchError`.
        """
        return await self._session.recipients.of_conversation(self._sid, paging(options))

    async def get_messages_count(self) -> int:
        """Number of messages, as of a moment ago."""
        body = await self._session.network.get(self._url)
        return body.get("messages_count") or 0

    async def typing(self) -> None:
        """Tell the others that the own user types. May be called at every key; little is sent."""
        await self._session.typing.send(self._sid)

    # -- the conversation itself -----------------------------------------------------------------------------

    async def get_attributes(self) -> JSONValue:
        """The attributes, after making sure that they are known."""
        await self._streams.open_document()
        return self.attributes

    @checked(JSON)
    async def update_attributes(self, attributes: JSONValue) -> Conversation:
        """Replace the attributes."""
        await self._session.commands.post(self._links.own, {"attributes": to_json(attributes)})
        return self

    @checked(STRING)
    async def update_friendly_name(self, friendly_name: str) -> Conversation:
        """Replace the friendly name."""
        if self.friendly_name != friendly_name:
            await self._session.commands.post(self._links.own, {"friendly_name": friendly_name})
        return self

    @checked([STRING, NULL])
    async def update_unique_name(self, unique_name: str | None) -> Conversation:
        """Replace the unique name; ``None`` removes it."""
        if self.unique_name != unique_name:
            await self._session.commands.post(self._links.own, {"unique_name": unique_name or ""})
        return self

    @checked([literal("default"), literal("muted")])
    async def set_user_notification_level(self, notification_level: str) -> None:
        """``"default"`` or ``"muted"``, for the own user."""
        await self._session.commands.post(self._my_url, {"notification_level": notification_level})

    async def delete(self) -> Conversation:
        """Delete the conversation for everybody."""
        await self._session.commands.delete(self._links.own)
        return self

    # -- for the collection of conversations -----------------------------------------------------------------

    def _set_status(self, status: str, source: str) -> None:
        """Joined: begin to follow messages and participants. Anything else: stop, and close the document too."""
        self._status_source = source
        if self.status == status:
            return
        self._fields.status = status
        self._mark_dirty()
        if status == "joined":
            self._session.tasks.start(self._streams.follow(), f"following conversation {self._sid}")
        else:
            self._streams.close()

    def _update(self, news: Mapping[str, Any]) -> None:
        reasons = self._fields.merge(news)
        if reasons:
            self._mark_dirty(reasons)
            self.emit("updated", ConversationUpdated(self, reasons))

    # -- internal --------------------------------------------------------------------------------------------

    @property
    def _url(self) -> str:
        return f"{self._session.configuration.links.conversations}/{encode_component(self._sid)}"

    @property
    def _my_url(self) -> str:
        return f"{self._session.configuration.links.my_conversations}/{self._sid}"

    def _pass_on(self, event: str, payload: tuple[Any, ...]) -> None:
        if event == "message_added":
            self._end_typing_of(payload[0])
        self.emit(event, payload[0])

    def _on_reached(self, status: ConversationSynchronizationStatus) -> None:
        if status != self._synchronization:
            self._synchronization = status
            self.emit("synchronization_status_updated", self)

    def _on_removed(self) -> None:
        self.emit("removed", self)

    def _end_typing_of(self, message: Message) -> None:
        """Who has sent a message does not type any more."""
        for participant in tuple(self._roster.typing.values()):
            if participant.identity == message.author:
                participant._end_typing()
                break
