"""``pyconvo.d.ts`` against the official declarations, by the TypeScript compiler: every export, both ways."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from declarations.comparison import Finding, answers, exports, program
from pipeline.paths import NODE_MODULES, WEB

HERE = Path(__file__).parent
OURS = WEB / "types" / "pyconvo.d.ts"
OFFICIAL = NODE_MODULES / "@twilio" / "conversations" / "builds" / "lib.d.ts"
EMITTER = NODE_MODULES / "@twilio" / "replay-event-emitter" / "builds" / "lib.d.ts"

#: Where we differ, and why. Anything else fails, and so does an entry that is no longer true.
DIFFERENCES = {
    Finding("added", "exports", "runtime"): "how the start of the core goes; the official SDK has nothing to start",
    Finding("added", "ClientOptions", "emulator"): "the short form for a local emulator",
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


def compiled(folder: Path, main: str, ours: Path = OURS, **options: object) -> str:
    """What the compiler has to say about ``main.ts`` in the folder; empty when all is well."""
    (folder / "main.ts").write_text(main, encoding="utf-8")
    shutil.copy(HERE / "compare.ts", folder)
    paths = {"official": OFFICIAL, "official-emitter": EMITTER, "ours": ours, "@twilio/conversations": ours}
    settings = {
        "target": "ES2022",
        "lib": ["ES2022", "DOM", "DOM.Iterable"],
        "module": "ESNext",
        "moduleResolution": "bundler",
        "types": ["node"],
        "typeRoots": [str(NODE_MODULES / "@types")],
        "strict": True,
        "skipLibCheck": True,
        "allowImportingTsExtensions": True,
        "noEmit": True,
        "noErrorTruncation": True,
        "paths": {name: [str(path)] for name, path in paths.items()},
    }
    for name, value in options.items():
        settings[name] = value
    configuration = {"compilerOptions": settings, "files": ["main.ts"]}
    (folder / "tsconfig.json").write_text(json.dumps(configuration), encoding="utf-8")
    command = ["node", NODE_MODULES / "typescript" / "bin" / "tsc", "-p", ".", "--pretty", "false"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""
    return done.stdout


def compared(folder: Path, ours: Path = OURS) -> set[Finding]:
    text, questions = program(exports(OFFICIAL))
    return answers(compiled(folder, text, ours), questions)


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
