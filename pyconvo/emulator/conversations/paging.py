"""Page tokens for lists that only grow: where a page begins, and how long it is.

The length is part of the token, because clients that follow it repeat nothing else. Not responsible for reading pages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pyconvo.emulator.conversations.errors import Code, refusal
from pyconvo.emulator.query import whole

LARGEST = 100
_TOKEN = re.compile(r"PT([0-9]{1,9})-([0-9]{1,3})")


@dataclass(frozen=True, slots=True)
class Page:
    start: int
    """How many entries come before it."""
    size: int

    def following(self) -> str:
        """Token of the page after this one."""
        return f"PT{self.start + self.size}-{self.size}"

    def preceding(self) -> str | None:
        """Token of the page before this one; None for the first."""
        return f"PT{max(0, self.start - self.size)}-{self.size}" if self.start else None


def asked_for(token: str | None, size: str | None, usual: int) -> Page:
    """The page that ``PageToken`` and ``PageSize`` of a query name, of ``usual`` size unless they say otherwise.

    Raises:
        TwilioError: 20001 for a token that was not made here, and a size that is not a number of at least 1.
    """
    if token:
        found = _TOKEN.fullmatch(token)
        if found is None:
            raise refusal(Code.BAD_REQUEST, f"PageToken {token!r} is not one of this service")
        return Page(int(found[1]), max(1, min(int(found[2]), LARGEST)))
    if not size:
        return Page(0, usual)
    return Page(0, min(whole(size, "PageSize", least=1), LARGEST))
