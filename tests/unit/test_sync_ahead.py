"""Objects that are asked for before anybody opens them: who does has the answer, and an error does not count."""

from __future__ import annotations

import asyncio

import pytest
from sync_service import Service
from test_sync_storage import WRITTEN, Shelf, first_run, open_all

from pyconvo.errors import SyncError
from pyconvo.sync.client import Kind

OBJECTS: list[tuple[Kind, str]] = [("document", "doc"), ("list", "list"), ("map", "map")]


@pytest.fixture
async def service() -> Service:
    return await first_run(None)


def paths(service: Service) -> list[str]:
    return [path for _, path, _ in service.requests]


async def test_one_request_for_each_object_of_every_kind(service: Service) -> None:
    for kind, name in OBJECTS * 2:
        service.sync.ask_ahead(kind, name)
    await service.host.settle()
    asked = paths(service)
    assert len(asked) == 3
    document, numbers, people = await open_all(service)
    assert paths(service) == asked
    assert document.data == {"a": 1}
    assert [(await service.run(numbers.get(1))).data, (await service.run(people.get("k"))).data] == [{"n": 1}, {"v": 1}]


async def test_taken_while_it_is_under_way(service: Service) -> None:
    service.latency = 1.0
    service.sync.ask_ahead("document", "doc")
    document = await service.run(service.sync.document("doc"), 1.5)
    assert document.data == {"a": 1}
    assert len(paths(service)) == 1


@pytest.mark.parametrize("status", [403, 404, 500])
async def test_an_error_was_perhaps_too_early(service: Service, status: int) -> None:
    """The object is asked for again, at once."""
    service.override = lambda *_: (status, {"status": status, "message": "not yet"})
    service.sync.ask_ahead("document", "doc")
    await service.host.settle()
    service.override = None
    assert (await service.run(service.sync.document("doc"))).data == {"a": 1}
    assert len(paths(service)) == 2


@pytest.mark.parametrize("status", [429, 503])
async def test_a_service_that_is_busy_is_left_in_peace(service: Service, status: int) -> None:
    """As by any other request: the next one waits for seconds."""
    service.override = lambda *_: (status, {"status": status, "message": "busy"})
    service.sync.ask_ahead("document", "doc")
    await service.host.settle()
    service.override = None
    opening = asyncio.ensure_future(service.sync.document("doc"))
    await service.host.advance(3)
    assert len(paths(service)) == 1
    await service.host.advance(5)
    assert (await opening).data == {"a": 1}
    assert paths(service).count("/v3/Documents/doc") == 2


async def test_an_error_that_stays_is_raised(service: Service) -> None:
    service.sync.ask_ahead("document", "nothing")
    await service.host.settle()
    with pytest.raises(SyncError) as raised:
        await service.run(service.sync.document("nothing"))
    assert raised.value.status == 404
    assert len(paths(service)) == 2


async def test_lost_with_its_connection(service: Service) -> None:
    service.latency = 60.0
    service.sync.ask_ahead("document", "doc")
    await service.host.settle()
    service.host.socket.drop()
    service.latency = 0.0
    await service.host.advance(10)
    await service.connect()
    assert (await service.run(service.sync.document("doc"), 10)).data == {"a": 1}


async def test_what_nobody_opened_is_forgotten(service: Service) -> None:
    service.sync.ask_ahead("document", "doc")
    service.sync.ask_ahead("list", "list")
    await service.host.settle()
    service.sync.drop_ahead()
    await open_all(service)
    assert len(paths(service)) == 5


class Once(Shelf):
    """As a page's: what it has is given out once."""

    def get(self, key: str, default: object = None) -> object:  # type: ignore[override]
        return self.pop(key, default)


async def test_nothing_is_asked_for_what_is_open_or_kept() -> None:
    shelf = Once()
    service = await first_run(shelf)
    await open_all(service)
    await service.host.advance(WRITTEN)
    asked = paths(service)
    service.sync.ask_ahead("document", "doc")
    await service.host.settle()
    assert paths(service) == asked
    service.start_over(shelf)
    await service.connect()
    for kind, name in OBJECTS:
        service.sync.ask_ahead(kind, name)
    document, _, _ = await open_all(service)
    assert document.data == {"a": 1}
    assert document.is_dated
    assert paths(service) == []
