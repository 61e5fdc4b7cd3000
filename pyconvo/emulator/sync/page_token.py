"""A page token: where the next page starts, as text that only the service understands."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Self, cast

from pyconvo.emulator.sync.objects import Order


@dataclass(frozen=True, slots=True)
class PageToken:
    """The items after ``key`` in ``order``, or before it when ``backwards``; ``key`` itself excluded."""

    key: int | str
    order: Order
    page_size: int
    backwards: bool

    def text(self) -> str:
        plain = json.dumps([self.key, self.order, self.page_size, self.backwards])
        return base64.urlsafe_b64encode(plain.encode()).decode()

    @classmethod
    def read(cls, text: str, kind_of_key: type[int] | type[str]) -> Self:
        """Raises :class:`ValueError` for what ``text`` did not write."""
        try:
            key, order, page_size, backwards = json.loads(base64.urlsafe_b64decode(text))
        except (ValueError, TypeError, RecursionError) as error:
            raise ValueError("not a page token") from error
        sound = (
            type(key) is kind_of_key
            and order in ("asc", "desc")
            and type(page_size) is int
            and 0 < page_size <= 100
            and type(backwards) is bool
        )
        if not sound:
            raise ValueError("not a page token")
        return cls(key, cast(Order, order), page_size, backwards)
