"""Answers to the few lines of Python that Pyodide evaluates while it continues from a snapshot.

They are always the same. Without this a page would, for them alone, have its engine compile Python's parser and
compiler: a tenth of a later visit's start. Not responsible for any other code: that is evaluated.
"""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Callable
from typing import Any

#: By text, as in Pyodide's ``finalizeBootstrap``; one that it changes is evaluated again.
KNOWN: dict[str, Callable[[], Any]] = {
    "{}": dict,
    "import importlib; importlib": lambda: importlib,
    "import __main__; __main__.__dict__": lambda: sys.modules["__main__"].__dict__,
    "import builtins; builtins.__dict__": lambda: sys.modules["builtins"].__dict__,
}


#: Where Pyodide looks for its own evaluation each time.
PLACE = "_pyodide._base"


def stand_in() -> None:
    """Answer these texts from now on. For the build, under Pyodide."""
    module: Any = importlib.import_module(PLACE)
    module.eval_code = answering(module.eval_code)


def step_back() -> None:
    """Let Pyodide evaluate all texts again, if it does not."""
    module: Any = sys.modules.get(PLACE)
    if module is not None:
        module.eval_code = getattr(module.eval_code, "__wrapped__", module.eval_code)


def answering(evaluate: Callable[..., Any]) -> Callable[..., Any]:
    """Like ``evaluate``, for any text but these."""

    @functools.wraps(evaluate)
    def answer(source: str, *others: Any, **named: Any) -> Any:
        known = KNOWN.get(source)
        return evaluate(source, *others, **named) if known is None else known()

    return answer
