"""Which scenario proves which public member or event of the official SDK. The page tells what was used in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from declarations.comparison import exports
from declarations.compiler import OFFICIAL, members

CONSTRUCTED = ("Client", "CancellablePromise", "ContentTemplateVariable")
STATIC_METHODS = (
    "Client static create",
    "Client static parsePushNotification",
    "Client static populateInitRegistrations",
)
#: Of Node's emitter, as the browser build has it.
EMITTER = (
    "addListener addListenerWithReplay emit eventNames getMaxListeners listenerCount listeners off on onWithReplay "
    "once onceWithReplay prependListener prependOnceListener removeAllListeners removeListener setMaxListeners"
)


def required(folder: Path) -> list[str]:
    """Every public member of an object, static method, public constructor and event. ``folder``: to work in.

    Not constants (names of events, types of notification) nor types: the parity and declarations tests compare those.
    """
    names = [
        f"{owner}.{name}"
        for owner, found in members(folder).items()
        for name in found
        if owner in CLASSES and not (owner == "CancellablePromise" and name != "cancel")
    ]
    names += STATIC_METHODS
    names += (f"new {name}" for name in CONSTRUCTED)
    names += (f"emitter.{name}" for name in EMITTER.split())
    names += (f"event {one.name}: {event}" for one in exports(OFFICIAL) for event in one.events)
    return sorted(names)


CLASSES = {one.name for one in exports(OFFICIAL) if one.kind == "class"} | {"Paginator"}


def table(names: Sequence[str], touched: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Scenarios by member."""
    found: dict[str, list[str]] = {name: [] for name in names}
    for scenario in sorted(touched):
        for name in touched[scenario]:
            if name in found:
                found[name].append(scenario)
    return found


def write(found: Mapping[str, Sequence[str]], path: Path) -> None:
    """As Markdown, for people."""
    lines = ["| member | scenarios that use it |", "| --- | --- |"]
    lines += [f"| `{name}` | {', '.join(scenarios) or '**none**'} |" for name, scenarios in found.items()]
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
