"""The participants of one conversation, following its roster map.

Not responsible for when the map is opened: the conversation is.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from pyconvo.errors import ConversationsError
from pyconvo.events import ReplayEventEmitter
from pyconvo.participant import Participant
from pyconvo.payloads import ParticipantUpdated
from pyconvo.services.session import Session
from pyconvo.services.tasks import settled
from pyconvo.sync import ItemAdded, ItemRemoved, ItemUpdated, SyncMap
from pyconvo.sync.items import SyncItem

if TYPE_CHECKING:
    from pyconvo.conversation import Conversation

logger = logging.getLogger("pyconvo.model")


class Roster(ReplayEventEmitter):
    """Events: ``participant_joined``, ``participant_left`` (Participant), ``participant_updated(ParticipantUpdated)``.

    Participants that are there when the map is first read are not announced.
    """

    def __init__(self, conversation: Conversation, session: Session) -> None:
        super().__init__()
        self._conversation = conversation
        self._session = session
        self._participants: dict[str, Participant] = {}
        self._reading: asyncio.Task[None] | None = None
        #: Who types now, by sid; kept by the participants themselves.
        self.typing: dict[str, Participant] = {}

    @property
    def present(self) -> list[Participant]:
        """Everybody known now, in the order in which they were first seen."""
        return list(self._participants.values())

    async def follow(self, roster_map: SyncMap) -> None:
        """Read the map and follow its changes; done once, until :meth:`leave`."""
        if self._reading is None:
            roster_map.on("item_added", self._on_added)
            roster_map.on("item_updated", self._on_updated)
            roster_map.on("item_removed", self._on_removed)
            what = f"reading the roster of {self._conversation.sid}"
            self._reading = self._session.tasks.start(self._read(roster_map), what)
        await settled(self._reading)

    def leave(self) -> None:
        """Stop following. Who was known stays known."""
        self._reading = None

    async def ready(self) -> bool:
        """Wait for the first reading; False when there is none under way or done."""
        if self._reading is None:
            return False
        await settled(self._reading)
        return True

    async def by_sid(self, sid: str) -> Participant | None:
        """``None`` when the roster is not followed. Raises :class:`ConversationsError` for an unknown sid."""
        if not await self.ready():
            return None
        participant = self._participants.get(sid)
        if participant is None:
            raise ConversationsError(f"Participant with SID {sid} was not found")
        return participant

    async def by_identity(self, identity: str) -> Participant | None:
        """``None`` when the roster is not followed. Raises :class:`ConversationsError` for an unknown identity."""
        if not await self.ready():
            return None
        found = [one for one in self._participants.values() if one.identity == identity]
        if not found:
            raise ConversationsError(f"Participant with identity {identity} was not found")
        return found[-1]

    async def _read(self, roster_map: SyncMap) -> None:
        try:
            page = await roster_map.get_items()
            while True:
                for item in page.items:
                    self._upsert(item)
                if not page.has_next_page:
                    break
                page = await page.next_page()
        except BaseException:
            self._reading = None
            roster_map.off("item_added", self._on_added)
            roster_map.off("item_updated", self._on_updated)
            roster_map.off("item_removed", self._on_removed)
            raise

    def _upsert(self, item: SyncItem) -> Participant:
        sid = str(item.key)
        participant = self._participants.get(sid)
        if participant is not None:
            participant._update(item.data)
            return participant
        participant = Participant(sid, item.data, self._conversation, self._session)
        self._participants[sid] = participant
        participant._relay = self._pass_on
        return participant

    def _pass_on(self, event: str, payload: tuple[ParticipantUpdated]) -> None:
        if event == "updated":
            self.emit("participant_updated", payload[0])

    def _on_added(self, event: ItemAdded) -> None:
        try:
            participant = self._upsert(event.item)
        except ConversationsError as error:
            logger.error("%s", error)
            return
        self.emit("participant_joined", participant)

    def _on_updated(self, event: ItemUpdated) -> None:
        try:
            self._upsert(event.item)
        except ConversationsError as error:
            logger.error("%s", error)

    def _on_removed(self, event: ItemRemoved) -> None:
        participant = self._participants.pop(str(event.key), None)
        self.typing.pop(str(event.key), None)
        if participant is not None:
            self.emit("participant_left", participant)
