"""Shows the browser's compiler, before it compiles the interpreter, that things are of many kinds.

After some hundred bytecodes V8 compiles CPython's evaluation loop, with guesses: where it has seen calls of one to four
different functions, it builds these in. A wrong guess throws the compiled loop away, and Python runs slowly until it is
compiled again, a quarter of a second or more: three or four times in the first second of a page. Where V8 has seen five
functions, it does not guess. What other engines do about it nobody has looked at.

Which calls these are was looked up by Chromium's ``--js-flags=--trace-deopt``.
"""

from __future__ import annotations

import operator
from collections import deque
from collections.abc import Callable
from functools import partial
from types import MethodType
from typing import Any

#: One of each kind.
_WHOLE: list[Any] = ["a", b"a", (0,), [0], {0: 0}]
_PARTS: list[Any] = ["a", b"a", 0, 0, 0]


class _Kind:
    def method(self) -> None: ...


def variety() -> Callable[[], object]:
    """To be called once, before any bytecode is run; runs hardly any itself, all of it is done in C."""
    tested = [*_WHOLE, 0, 0.0, {0}]
    read = [0, int, operator, super(bool, True), _Kind().method]
    steps: list[Callable[[], Any]] = [
        *(partial(operator.truth, one) for one in tested),
        *(partial(operator.contains, *pair) for pair in zip(_WHOLE, _PARTS, strict=True)),
        *(partial(operator.getitem, one, 0) for one in _WHOLE),
        *(partial(operator.eq, one, one) for one in tested),
        *(partial(hash, one) for one in (0, 0.0, "a", b"a", (0,))),
        *(partial(iter, one) for one in _WHOLE),
        *(partial(next, iter(one)) for one in _WHOLE),
        *(partial(len, one) for one in _WHOLE),
        *(partial(getattr, one, "__doc__") for one in read),
        *(dict, list, tuple, "a".upper, MethodType(len, "")),
    ]
    return partial(deque, map(operator.call, steps), 0)
