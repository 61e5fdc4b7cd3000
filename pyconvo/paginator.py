"""``Paginator``: one page of many items, and the way to the neighbouring pages; ``RestPaginator``: read by REST."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pyconvo.errors import ConversationsError

T = TypeVar("T")


class Paginator(Generic[T]):
    """A page. Pages are separate objects; moving to another leaves this one as it is.

    ``async for item in paginator`` goes through this page and all that follow, in the direction of the query:
    for messages read backwards from the newest to the oldest, otherwise forwards. ``async for page in
    paginator.pages()`` does so page by page. Both read the following page only when they come to it. Official:
    ``Paginator``.
    """

    def __init__(
        self,
        items: Sequence[T],
        *,
        has_next_page: bool,
        has_prev_page: bool,
        next_page: Callable[[], Awaitable[Paginator[T]]],
        prev_page: Callable[[], Awaitable[Paginator[T]]],
        backwards: bool = False,
    ) -> None:
        self._items = tuple(items)
        self._has_next_page = has_next_page
        self._has_prev_page = has_prev_page
        self._next_page = next_page
        self._prev_page = prev_page
        self._backwards = backwards

    @property
    def items(self) -> list[T]:
        """The items of this page; messages by ascending index."""
        return list(self._items)

    @property
    def has_next_page(self) -> bool:
        """Whether there is a page after this one (for messages: newer ones)."""
        return self._has_next_page

    @property
    def has_prev_page(self) -> bool:
        """Whether there is a page before this one (for messages: older ones)."""
        return self._has_prev_page

    async def next_page(self) -> Paginator[T]:
        """The page after this one. Raises :class:`pyconvo.errors.ConversationsError` when there is none."""
        return await self._next_page()

    async def prev_page(self) -> Paginator[T]:
        """The page before this one. Raises :class:`pyconvo.errors.ConversationsError` when there is none."""
        return await self._prev_page()

    async def pages(self) -> AsyncIterator[Paginator[T]]:
        """This page and all that follow, in the direction of the query. (No counterpart in the official SDK.)"""
        page = self
        while True:
            yield page
            if not (page._has_prev_page if self._backwards else page._has_next_page):
                return
            page = await (page.prev_page() if self._backwards else page.next_page())

    async def __aiter__(self) -> AsyncIterator[T]:
        async for page in self.pages():
            for item in reversed(page._items) if self._backwards else page._items:
                yield item


class RestPaginator(Paginator[T]):
    """A page that the service itself cuts."""

    def __init__(
        self,
        items: Sequence[T],
        read: Callable[[str], Awaitable[RestPaginator[T]]],
        *,
        previous_token: str | None,
        next_token: str | None,
    ) -> None:
        """``read`` gives the page of a token."""

        async def following() -> RestPaginator[T]:
            if not next_token:
                raise ConversationsError("No next page")
            return await read(next_token)

        async def preceding() -> RestPaginator[T]:
            if not previous_token:
                raise ConversationsError("No previous page")
            return await read(previous_token)

        super().__init__(
            items,
            has_next_page=bool(next_token),
            has_prev_page=bool(previous_token),
            next_page=following,
            prev_page=preceding,
        )


@dataclass(frozen=True, slots=True)
class PaginatorOptions:
    """How to page. ``page_size``: entries on a page, if the service agrees."""

    page_size: int | None = None
