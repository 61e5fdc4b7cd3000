"""What is written to a socket in one turn of the loop leaves together, in order, and before the end."""

from __future__ import annotations

import asyncio

import pytest
from core_wire import Wire

from pyconvo.emulator import gathering
from pyconvo.emulator.gathering import FULL, Gathering
from pyconvo.testing import Emulator


class Line(asyncio.Transport):
    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 1)})
        self.done: list[bytes | str] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.done.append(bytes(data))

    def close(self) -> None:
        self.done.append("closed")


async def test_one_turn_is_one_write() -> None:
    line = Line()
    gathered = Gathering(line)
    for turn in (b"a", b"b"):
        for number in b"123":
            gathered.write(turn + bytes([number]))
        assert turn not in b"".join(one for one in line.done if isinstance(one, bytes))
        await asyncio.sleep(0)
    assert line.done == [b"a1a2a3", b"b1b2b3"]


async def test_much_does_not_wait() -> None:
    line = Line()
    gathered = Gathering(line)
    gathered.write(b"x" * (FULL - 1))
    assert line.done == []
    gathered.write(b"y")
    assert [len(one) for one in line.done] == [FULL]
    gathered.write(b"z")
    await asyncio.sleep(0)
    assert line.done[1:] == [b"z"]


async def test_what_was_written_goes_out_before_the_end() -> None:
    line = Line()
    gathered = Gathering(line)
    gathered.write(b"last")
    gathered.close()
    await asyncio.sleep(0)
    assert line.done == [b"last", "closed"]
    assert gathered.get_extra_info("peername") == ("127.0.0.1", 1)


async def test_a_burst_over_a_real_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred messages at once are not a hundred calls of the system."""
    writes: list[int] = []

    class Counting(Gathering):
        def _hand_on(self) -> None:
            if self._written:
                writes.append(len(self._written))
            super()._hand_on()

    monkeypatch.setattr(gathering, "Gathering", Counting)
    with Emulator() as emulator:
        seeded = emulator.seed({"conversations": [{"uniqueName": "room", "participants": ["alice"]}]})
        room = seeded["conversations"]["room"]
        async with Wire.login(emulator, "alice") as wire:
            messages = await wire.request("GET", f"/v3/Lists/{room}.messages")
            await wire.subscribe((messages.payload["sid"], 0))
            await wire.expect(lambda packet: packet.method == "notification")
            writes.clear()
            bodies = {"bodies": ["hello"] * 100, "together": True}
            await asyncio.to_thread(emulator.call, "POST", f"/emulator/conversations/{room}/messages", bodies)
            told = [await wire.next() for _ in range(100)]
            together = list(writes)
    assert [packet.payload["event"]["item_index"] for packet in told] == list(range(100))
    assert sum(together) == 100
    assert len(together) <= 5
