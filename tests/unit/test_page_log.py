"""The core's log on its way to the page."""

from __future__ import annotations

import logging
from typing import Any

from pyconvo.bridge.page_log import PageLog


def test_a_record_becomes_one_operation() -> None:
    sent: list[dict[str, Any]] = []
    handler = PageLog(sent.append)
    handler.handle(logging.LogRecord("pyconvo.sync", logging.INFO, "f", 1, "%s is %d", ("x", 1), None))
    assert sent == [{"op": "log", "level": "info", "name": "pyconvo.sync", "text": "x is 1"}]


def test_an_error_brings_its_way_here() -> None:
    sent: list[dict[str, Any]] = []
    try:
        raise ValueError("why")
    except ValueError as error:
        way = (type(error), error, error.__traceback__)
    PageLog(sent.append).handle(logging.LogRecord("pyconvo", logging.ERROR, "f", 1, "bad", (), way))
    assert sent[0]["level"] == "error"
    assert "Traceback" in sent[0]["text"]
    assert sent[0]["text"].endswith("ValueError: why")


def test_a_record_that_cannot_be_written_stops_nobody(monkeypatch: Any) -> None:
    monkeypatch.setattr(logging, "raiseExceptions", False)
    sent: list[dict[str, Any]] = []
    PageLog(sent.append).handle(logging.LogRecord("pyconvo", logging.ERROR, "f", 1, "%d", ("x",), None))
    assert sent == []
