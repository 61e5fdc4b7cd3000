"""The one mechanical rule between JavaScript's camelCase and Python's snake_case.

Every public name exists once and is spelled twice: ``lastReadMessageIndex`` ⇄ ``last_read_message_index``.
"""

from __future__ import annotations

import re
from functools import cache

_CAPITAL = re.compile(r"(?<!^)([A-Z])")
_UNDERSCORE = re.compile(r"_([a-z0-9])")


@cache
def snake(name: str) -> str:
    """``messageAdded`` → ``message_added``. A name without capitals stays as it is."""
    return _CAPITAL.sub(r"_\1", name).lower()


@cache
def camel(name: str) -> str:
    """``message_added`` → ``messageAdded``. A name without underscores stays as it is."""
    return _UNDERSCORE.sub(lambda match: match.group(1).upper(), name)
