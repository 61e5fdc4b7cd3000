"""What is run so that V8 keeps compiled code: in small steps, to its end, whatever this Python lacks."""

from __future__ import annotations

import importlib.util
import logging
import sqlite3

import pytest
from test_rehearsal import Asked, Clock

from pyconvo.bridge import exercise as module
from pyconvo.bridge.exercise import EXERCISES, PAUSE, STEP, exercise

#: Only there in newer Pythons, or in some builds.
LACKING = {
    "_hashes": {"_blake2", "_sha2", "_sha3"},
    "_zstd": {"_zstd"},
    "_codecs": {"_codecs_cn", "_codecs_jp", "_codecs_kr", "_codecs_tw"},
}


def run_to_its_end(host: Asked, done: list[int]) -> None:
    for _, step in host.steps:  # grows meanwhile
        assert not done
        step()


def test_it_goes_on_in_small_steps_and_says_when_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    monkeypatch.setattr(
        module, "EXERCISES", ((lambda: lambda: ran.append("a"), 20), (lambda: lambda: ran.append("b"), 10))
    )
    host, done = Asked(), list[int]()
    exercise(host, lambda: done.append(len(ran)), Clock())
    assert ran == []
    run_to_its_end(host, done)
    assert ran == ["a"] * 20 + ["b"] * 10
    assert done == [30]
    assert {delay for delay, _ in host.steps} == {PAUSE}
    assert len(host.steps) >= 30 * 0.001 / STEP


def test_what_this_python_lacks_is_left_out(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def absent() -> module.Run:
        raise ImportError("not built")

    def failing() -> module.Run:
        return lambda: 1 / 0

    ran: list[int] = []
    monkeypatch.setattr(module, "EXERCISES", ((absent, 1), (failing, 5), (lambda: lambda: ran.append(1), 2)))
    host, done = Asked(), list[int]()
    with caplog.at_level(logging.DEBUG):
        exercise(host, lambda: done.append(1), Clock())
        run_to_its_end(host, done)
    assert (ran, done) == ([1, 1], [1])
    assert [record.levelname for record in caplog.records] == ["DEBUG", "DEBUG"]


@pytest.mark.parametrize("prepare", [prepare for prepare, _ in EXERCISES], ids=lambda prepare: prepare.__name__)
def test_each_can_be_run_again_and_again(prepare: module.Run) -> None:
    needed = LACKING.get(prepare.__name__, set())
    if all(importlib.util.find_spec(name) for name in needed):
        run = prepare()
        for _ in range(2):
            run()
    else:
        with pytest.raises(ImportError):
            prepare()


def test_what_it_does_is_right() -> None:
    """Not that anybody looks; but what fails is soon over, and compiles nothing."""
    assert module._numbers()()[2] is True
    assert module._bz2()().startswith(b"BZh1")
    assert module._lzma()() == bytes(range(256)) * 6
    *_, plain = module._binary()()
    assert plain.startswith(b"hello world")


def test_the_table_is_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[sqlite3.Connection] = []
    connect = sqlite3.connect

    def remember(*args: str) -> sqlite3.Connection:
        opened.append(connect(*args))
        return opened[-1]

    monkeypatch.setattr("_sqlite3.connect", remember)
    run = module._tables()
    for _ in range(30):
        _, rows = run()
    assert len(rows) == 20
    assert opened[0].execute("select count(*) from t").fetchone() == (30,)
