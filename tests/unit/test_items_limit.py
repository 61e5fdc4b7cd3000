"""A list's cache that lets items go: what is left is still right, and the rest is unknown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pyconvo.sync.items import ItemsCache, ListItem, SyncItem

LIMIT = 20
SIZE = 60


def item(index: int) -> SyncItem:
    return ListItem.from_wire(index, {"last_event_id": index, "data": {"index": index}})


def stretches() -> st.SearchStrategy[list[tuple[int, int]]]:
    """Pages that are read, anywhere in the list, as first and last index."""
    pages = st.tuples(st.integers(0, SIZE - 1), st.integers(1, 10))
    return st.lists(pages.map(lambda page: (page[0], min(page[0] + page[1], SIZE) - 1)), max_size=30)


@given(stretches())
def test_walking_skips_nothing(pages: list[tuple[int, int]]) -> None:
    """Whatever was read and let go: items that follow each other in a walk follow each other in the list."""
    cache = ItemsCache(LIMIT)
    for first, last in pages:
        cache.store_stretch(
            [item(index) for index in range(first, last + 1)], is_begin=first == 0, is_end=last == SIZE - 1
        )
        assert len(cache) <= LIMIT + LIMIT // 4
        for start in range(SIZE):
            for forwards in (True, False):
                step = 1 if forwards else -1
                walked = [one.key for one in cache.walk(start, forwards=forwards)]
                assert walked == list(range(start, start + step * len(walked), step))
                if cache.seen(start) and cache.at_edge(start, forwards=forwards):
                    assert start == (SIZE - 1 if forwards else 0)
        # The page that was just read is there.
        assert all(cache.seen(index) for index in range(first, last + 1))


def test_new_items_at_the_end_push_the_first_ones_out() -> None:
    cache = ItemsCache(LIMIT)
    cache.store_stretch([item(0)], is_begin=True, is_end=True)
    for index in range(1, 500):
        cache.store(item(index))
    assert LIMIT <= len(cache) <= LIMIT + LIMIT // 4
    assert not cache.seen(0)
    assert next(cache.walk(None, forwards=False)).key == 499
    assert cache.at_edge(499, forwards=True)
    assert not cache.at_edge(499 - len(cache) + 1, forwards=False)


def test_without_a_limit_all_stay() -> None:
    cache = ItemsCache()
    for index in range(500):
        cache.store(item(index))
    assert len(cache) == 500
