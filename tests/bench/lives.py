"""What clients leave behind: one page that has many of them, one after the other."""

from __future__ import annotations

from statistics import median

from bench.figures import Subject, Values
from bench.stage import Page, Stage

#: Clients of the page, messages that each hears of, and clients that only warm the page up.
LIVES, LIFE, WARM_UP = 50, 1000, 5
#: Lives at either end after which the page is looked at: the renderer has ten MiB more or fewer from one to the next.
LOOKS = 5
#: Lives between the looks.
GAINED_BY = LIVES - LOOKS - WARM_UP


def leak(stage: Stage, subject: Subject) -> Values:
    room = stage.service.room("sender", "listener")
    early, late = range(WARM_UP + 1, WARM_UP + LOOKS + 1), range(LIVES - LOOKS + 1, LIVES + 1)
    looks: dict[int, tuple[float, float, float]] = {}
    with stage.page(subject) as page:
        for number in range(1, LIVES + 1):
            _live(stage, page, room)
            if number == WARM_UP:
                stage.stay(page, subject)
            if number in early or number in late:
                held, whole = stage.held(page), stage.memory()
                if held is None or whole is None:
                    return {}
                looks[number] = (*held, whole)
    before, after = ([median(part) for part in zip(*(looks[n] for n in ends), strict=True)] for ends in (early, late))
    heap, listeners, whole = (late - early for early, late in zip(before, after, strict=True))
    return {"leak.heap": heap, "leak.listeners": listeners, "leak.memory": whole}


def _live(stage: Stage, page: Page, room: str) -> None:
    """From login to shutdown."""
    token = stage.service.token("listener")
    stage.measure(page, "incoming", token=token, conversation=room, count=LIFE)
    stage.service.subscribed("listener")
    stage.service.flood(room, "sender", LIFE, True)
    stage.measure(page, "incomingResult")
