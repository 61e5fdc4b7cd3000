"""Reading items: pages in both directions, from the cache and from the service."""

from __future__ import annotations

import random

import pytest
from sync_service import Service

from pyconvo.errors import ConversationsError, SyncError
from pyconvo.sync import ItemPage, ListItem, SyncList


async def opened(count: int) -> tuple[Service, SyncList]:
    service = Service()
    service.make("list", "messages", items={index: {"n": index} for index in range(count)})
    await service.connect()
    return service, await service.run(service.sync.list("messages"))


def indices(page: ItemPage[ListItem]) -> list[int]:
    return [item.index for item in page.items]


def queries(service: Service) -> list[dict[str, str]]:
    asked = [data for method, path, data in service.requests if method == "GET" and path.endswith("/Items")]
    service.requests.clear()
    return asked


async def test_pages_backwards_ask_for_what_the_official_client_asks() -> None:
    service, items = await opened(37)
    page = await service.run(items.get_items(page_size=15, order="desc"))
    assert indices(page) == list(range(36, 21, -1))
    assert (page.has_prev_page, page.has_next_page) == (False, True)
    assert queries(service) == [{"HideExpired": "true", "PageSize": "15", "Order": "desc"}]
    page = await service.run(page.next_page())
    assert indices(page) == list(range(21, 6, -1))
    assert queries(service) == [{"HideExpired": "true", "From": "22", "PageSize": "16", "Order": "desc"}]
    page = await service.run(page.next_page())
    assert indices(page) == list(range(6, -1, -1))
    assert (page.has_prev_page, page.has_next_page) == (True, False)
    assert queries(service) == [{"HideExpired": "true", "From": "7", "PageSize": "16", "Order": "desc"}]
    page = await service.run(page.prev_page())
    assert indices(page) == list(range(21, 6, -1))
    assert queries(service) == []
    with pytest.raises(ConversationsError, match="No next page"):
        await (await service.run(page.next_page())).next_page()


async def test_previous_pages_that_were_never_loaded_come_in_order() -> None:
    service, items = await opened(50)
    page = await service.run(items.get_items(start=25, page_size=10, order="asc"))
    assert indices(page) == list(range(25, 35))
    assert (page.has_prev_page, page.has_next_page) == (True, True)
    page = await service.run(page.prev_page())
    assert indices(page) == list(range(15, 25))
    page = await service.run(page.prev_page())
    assert indices(page) == list(range(5, 15))
    page = await service.run(page.prev_page())
    assert indices(page) == list(range(5))
    assert not page.has_prev_page
    page = await service.run(page.next_page())
    assert indices(page) == list(range(5, 15))

    service, items = await opened(50)
    page = await service.run(items.get_items(start=25, page_size=10, order="desc"))
    assert indices(page) == list(range(25, 15, -1))
    page = await service.run(page.prev_page())
    assert indices(page) == list(range(35, 25, -1))
    page = await service.run(page.prev_page())
    page = await service.run(page.prev_page())
    assert indices(page) == [49, 48, 47, 46]
    assert not page.has_prev_page


async def test_small_pages_fetch_at_least_ten() -> None:
    service, items = await opened(30)
    page = await service.run(items.get_items(page_size=1, order="desc"))
    assert indices(page) == [29]
    assert queries(service) == [{"HideExpired": "true", "PageSize": "10", "Order": "desc"}]


async def test_a_page_is_full_although_part_of_it_was_cached() -> None:
    service, items = await opened(30)
    await service.run(items.get_items(page_size=10, order="desc"))
    await service.host.advance(0.2)
    service.put(service.entities["messages"], 30, {"n": 30})
    await service.host.settle()
    page = await service.run(items.get_items(page_size=10, order="desc"))
    assert indices(page) == list(range(30, 20, -1))
    assert not page.has_prev_page


async def test_an_empty_collection_is_an_empty_page() -> None:
    service, items = await opened(0)
    page = await service.run(items.get_items())
    assert (page.items, page.has_next_page, page.has_prev_page) == ([], False, False)


async def test_no_next_page_after_the_last_item_was_removed() -> None:
    service, items = await opened(12)
    page = await service.run(items.get_items(page_size=20))
    assert not page.has_next_page
    await service.host.advance(0.2)
    service.remove(service.entities["messages"], 11)
    await service.host.settle()
    page = await service.run(items.get_items(page_size=20))
    assert indices(page) == list(range(11))
    assert not page.has_next_page


async def test_single_items() -> None:
    service, items = await opened(5)
    item = await service.run(items.get(3))
    assert (item.index, item.data) == (3, {"n": 3})
    assert queries(service) == [{"HideExpired": "true", "Index": "3"}]
    assert await service.run(items.get(3)) is item
    with pytest.raises(SyncError) as caught:
        await service.run(items.get(99))
    assert (caught.value.status, caught.value.code) == (404, 54151)
    assert len(queries(service)) == 1


@pytest.mark.parametrize("seed", range(25))
async def test_any_walk_equals_the_collection(seed: int) -> None:
    """Random pages over a collection that changes meanwhile: always complete, in order, without repetition."""
    chance = random.Random(seed)
    count = chance.randrange(1, 80)
    service, items = await opened(count)
    entity = service.entities["messages"]
    await service.host.advance(0.2)
    for _ in range(6):
        for index in [i for i in list(entity.items) if chance.random() < 0.05]:
            service.remove(entity, index)
        if chance.random() < 0.5:
            service.put(entity, max([*entity.items, count]) + 1, {"n": 0})
        await service.host.settle()
        order = chance.choice(("asc", "desc"))
        size = chance.randrange(1, 20)
        start = chance.choice([None, *entity.items])
        expected = sorted(entity.items, reverse=order == "desc")
        position = expected.index(start) if start is not None else 0
        page = await service.run(items.get_items(start=start, page_size=size, order=order))
        assert indices(page) == expected[position : position + size]
        for _ in range(5):
            if chance.random() < 0.5 and page.has_next_page:
                page, position = await service.run(page.next_page()), position + len(page.items)
                assert indices(page) == expected[position : position + size]
            elif page.has_prev_page:
                page = await service.run(page.prev_page())
                found = expected[max(0, position - size) : position]
                assert indices(page) == found
                position -= len(found)
