"""``pyconvo.d.ts`` against the official declarations, by the TypeScript compiler: every export, both ways."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from declarations.comparison import Finding, exports
from declarations.compiler import HERE, OFFICIAL, OURS, compared, compiled

#: Where we differ, and why. Anything else fails, and so does an entry that is no longer true.
DIFFERENCES = {
    Finding("added", "exports", "runtime"): "how the start of the core goes; the official SDK has nothing to start",
    Finding("added", "ClientOptions", "emulator"): "the short form for a local emulator",
    Finding("added", "MessageBuilder", "onUploadProgress"): "how far uploads are, as the mobile SDKs tell it",
    Finding("added", "UnsentMessage", "onUploadProgress"): "the same",
    **{
        Finding(
            "missing", "ClientOptions", name
        ): "objects that carry a connection cannot cross to the core, which has "
        "its own: they are refused with an error, here already by the compiler"
        for name in ("transport", "twilsockClient", "syncClient", "notificationsClient")
    },
    Finding("differs", "SendMediaOptions", "media"): "any bytes, where the official SDK wants Node's Buffer: "
    "a Buffer is one of them",
    Finding("missing", "User", "entityName"): "a setter for the SDK's own use",
    Finding("differs", "User", "identity"): "the setter is for the SDK's own use",
}


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> set[Finding]:
    return compared(tmp_path_factory.mktemp("comparison"))


def test_nothing_differs_but_what_is_listed(findings: set[Finding]) -> None:
    found = {one for one in findings if one.what != "member"}
    unexplained = sorted(found - DIFFERENCES.keys())
    assert not unexplained, "pyconvo.d.ts and the official declarations: " + "; ".join(map(str, unexplained))
    idle = sorted(DIFFERENCES.keys() - found)
    assert not idle, "no longer true: " + "; ".join(map(str, idle))


COUNT = "getMessagesCount(): Promise"
EVENTS = "  typingStarted: (participant: {}) => void;\n  updated: (data: Participant"
#: A declaration, a wrong one in its place, and the finding.
SPOILT = [
    (f"{COUNT}<number>", f"{COUNT}<string>", "differs", "Conversation", "getMessagesCount"),
    ("typing(): Promise<void>", "typing(): void", "differs", "Conversation", "typing"),
    ("pageSize?: number, anchor?", "pageSize: number, anchor?", "differs", "Conversation", "getMessages"),
    ("get subject(): string | null;", "", "missing", "Message", "subject"),
    ("get roleSid(): string;", "roleSid: string;", "differs", "Participant", "roleSid"),
    ("export type DeliveryAmount = ", 'export type DeliveryAmount = "few" | ', "differs", "DeliveryAmount", "types"),
    ("identity: string): Promise<User>", "identity: number): Promise<User>", "differs", "Client", "getUser"),
    (EVENTS.format("Participant"), EVENTS.format("User"), "differs", "events Participant", "typingStarted"),
    ("static create(token: string", "static create(token: Date", "differs", "static Client", "create"),
    ("constructor(name: string, value", "constructor(value", "differs", "new ContentTemplateVariable", "types"),
    ("subject?: string;\n}", "subject: string;\n}", "differs", "SendEmailOptions", "subject"),
]


def test_the_comparison_sees_each_mistake(tmp_path: Path, findings: set[Finding]) -> None:
    """A comparison that finds nothing proves nothing: a declaration file with a mistake of each kind."""
    text = OURS.read_text(encoding="utf-8")
    for good, bad, *_ in SPOILT:
        assert text.count(good) >= 1, good
        text = text.replace(good, bad, 1)
    spoilt = tmp_path / "pyconvo.d.ts"
    spoilt.write_text(text, encoding="utf-8")
    assert compared(tmp_path, spoilt) - findings >= {Finding(kind, where, name) for _, _, kind, where, name in SPOILT}


@pytest.mark.parametrize("declarations", [OFFICIAL, OURS], ids=["official", "ours"])
def test_a_program_that_uses_every_member_compiles(tmp_path: Path, declarations: Path) -> None:
    main = (HERE / "every-member.ts").read_text(encoding="utf-8")
    assert compiled(tmp_path, main, paths={"@twilio/conversations": [str(declarations)]}) == ""


def test_that_program_uses_every_member(findings: set[Finding]) -> None:
    text = (HERE / "every-member.ts").read_text(encoding="utf-8")
    left = sorted(one.name for one in exports(OFFICIAL) if not re.search(rf"\b{one.name}\b", text))
    for one in sorted(findings):
        if (
            one.what != "member"
            or replace(one, what="missing") in DIFFERENCES
            or one.where.endswith("CancellablePromise")
        ):
            continue  # The last: what every promise has.
        static, _, name = one.where.rpartition(" ")
        holder = name if static else name[0].lower() + name[1:]
        if not re.search(rf"\b{holder}[!?]?\.{one.name}\b", text):
            left.append(f"{one.where}: {one.name}")
    assert not left, f"every-member.ts does not use {left}"


def test_needs_no_other_declarations(tmp_path: Path) -> None:
    """Neither Node's nor anybody's: a page author may have none installed."""
    main = 'import { Client } from "ours";\nexport const client = new Client("token");\n'
    assert compiled(tmp_path, main, types=[], skipLibCheck=False) == ""
