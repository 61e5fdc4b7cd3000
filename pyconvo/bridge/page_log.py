"""Takes the core's log to the page, whose console it belongs to. Not responsible for levels (``log_levels``)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from pyconvo.log_levels import name_of


class PageLog(logging.Handler):
    """``put`` sends the page one operation, see :mod:`pyconvo.bridge`."""

    def __init__(self, put: Callable[[dict[str, Any]], None]) -> None:
        super().__init__()
        self._put = put

    def emit(self, record: logging.LogRecord) -> None:
        """Never raises: what cannot be told is not told."""
        try:
            text = self.format(record)
        except Exception:
            self.handleError(record)
            return
        self._put({"op": "log", "level": name_of(record.levelno), "name": record.name, "text": text})
