"""A conversation's document and its message list betray what the other one lacks: a last event that was lost."""

from __future__ import annotations

from typing import Any

from sync_service import Entity, Service
from test_sync_subscriptions import Heard

from pyconvo.services.newest import NewestMessage


class Shelf:
    """A session storage."""

    def __init__(self, kept: dict[str, str]) -> None:
        self.get = kept.get
        self.set = kept.__setitem__
        self.remove = kept.__delitem__


class Room:
    """A document, a list, and who compares them."""

    def __init__(self, service: Service, document: Entity, messages: Entity) -> None:
        self.service = service
        self._document = document
        self._messages = messages

    @classmethod
    async def make(cls, count: int = 2, storage: Shelf | None = None) -> tuple[Room, Heard]:
        service = Service()
        service.storage_id = "st"
        items = {index: {"n": index} for index in range(count)}
        room = cls(
            service,
            service.make("document", "room", data={"lastMessage": {"index": count - 1}}),
            service.make("list", "messages", items=items),
        )
        return room, await room.begin(storage)

    async def begin(self, storage: Shelf | None) -> Heard:
        """A run of the client; gives what its list tells."""
        service = self.service
        service.start_over(storage)
        await service.connect()
        self.document = await service.run(service.sync.document("room"))
        messages = await service.run(service.sync.list("messages"))
        self.newest = NewestMessage(service.host)
        self.newest.watch(self.document, messages)
        heard = Heard(messages)
        await service.host.advance(0.3)
        return heard

    newest: NewestMessage
    document: Any

    def say(self, index: int, *, told: bool = True, shown: bool = True) -> None:
        """``told``: the list's event arrives; ``shown``: the document's does."""
        self.service.put(self._messages, index, {"n": index}, publish=told)
        self.service.write(self._document, {"lastMessage": {"index": index}}, publish=shown)

    @property
    def asked(self) -> int:
        """Subscription requests after the first one."""
        return len(self.service.subscriptions) - 1


async def test_when_nothing_is_lost_nothing_is_asked() -> None:
    room, heard = await Room.make()
    for index in range(2, 40):
        room.say(index)
        await room.service.host.advance(0.2)
    await room.service.host.advance(60)
    assert len(heard) == 38
    assert room.asked == 0


async def test_a_lost_last_message_is_fetched() -> None:
    room, heard = await Room.make()
    room.say(2, told=False)
    await room.service.host.advance(0.9)
    assert (heard, room.asked) == ([], 0)
    await room.service.host.advance(0.5)
    assert [event[:2] for event in heard] == [("item_added", 2)]
    await room.service.host.advance(60)
    assert room.asked == 1


async def test_a_message_that_is_a_little_late_is_waited_for() -> None:
    room, heard = await Room.make()
    room.service.write(room._document, {"lastMessage": {"index": 2}})
    await room.service.host.advance(0.5)
    room.service.put(room._messages, 2, {"n": 2})
    await room.service.host.advance(60)
    assert len(heard) == 1
    assert room.asked == 0


async def test_a_lost_change_of_the_document_is_fetched() -> None:
    room, _ = await Room.make()
    room.say(2, shown=False)
    await room.service.host.advance(2)
    assert room.document.data == {"lastMessage": {"index": 2}}
    await room.service.host.advance(60)
    assert room.asked == 1


async def test_a_removed_newest_message_is_not_looked_for() -> None:
    room, _ = await Room.make()
    room.say(2)
    await room.service.host.advance(0.2)
    room.service.remove(room._messages, 2)
    room.service.write(room._document, {"lastMessage": {"index": 1}})
    await room.service.host.advance(60)
    assert room.asked == 0


async def test_a_service_that_does_not_agree_with_itself_is_not_asked_for_ever() -> None:
    room, heard = await Room.make()
    for number in range(50):
        room.service.write(room._document, {"lastMessage": {"index": 100 + number}})
        await room.service.host.advance(30)
    assert heard == []
    assert room.asked == 6


async def test_what_came_before_a_second_run_is_not_looked_for() -> None:
    shelf: dict[str, str] = {}
    room, _ = await Room.make(storage=Shelf(shelf))
    await room.service.host.advance(3)
    assert len(shelf) == 2
    room.say(2, told=False, shown=False)
    heard = await room.begin(Shelf(shelf))
    assert room.document.data == {"lastMessage": {"index": 2}}
    await room.service.host.advance(60)
    assert heard == []
    assert room.asked == 0
    # From here on it is looked for, as ever.
    room.say(3, told=False)
    await room.service.host.advance(2)
    assert len(heard) == 1


async def test_stopped() -> None:
    room, _ = await Room.make()
    room.say(2, told=False)
    room.newest.stop()
    await room.service.host.advance(60)
    assert room.asked == 0
