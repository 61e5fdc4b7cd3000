"""What the official SDK's declarations export, and the program that compares ours with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

DECLARED = re.compile(r"^(?:declare )?(?P<kind>class|interface|type) (?P<name>[\w$]+)(?P<generic><\w+>)?", re.M)
EMITTER = re.compile(r"extends ReplayEventEmitter<(?P<events>\w+)>")
EXPORTED = re.compile(r"^export \{(?P<names>[^}]+)\};$", re.M)

#: Aliases that refer to themselves: seen from elsewhere, by their name.
JSON = ("JSONObject", "JSONArray")
#: Classes whose constructor users call.
CONSTRUCTED = ("Client", "ContentTemplateVariable")


@dataclass(frozen=True)
class Export:
    name: str
    kind: str
    generic: bool
    #: Whether its values are objects, so that other types refer to it by its name.
    named: bool
    #: Of an emitter: what it emits.
    events: tuple[str, ...]


def exports(declarations: Path) -> list[Export]:
    """In the order of the file's last line."""
    text = declarations.read_text(encoding="utf-8")
    declared = {match["name"]: match for match in DECLARED.finditer(text)}
    (names,) = EXPORTED.findall(text)
    found = []
    for entry in names.split(","):
        local, _, public = entry.strip().partition(" as ")
        match = declared.get(local)
        kind = match["kind"] if match else "class"
        generic = bool(match["generic"]) if match else True
        after = text[match.end() :].lstrip(" =") if match else ""
        name = public or local
        named = not generic and (kind != "type" or after.startswith("{") or name in JSON)
        base = EMITTER.match(after)
        found.append(Export(name, kind, generic, named, _keys(declared[base["events"]], text) if base else ()))
    return found


def _keys(alias: re.Match[str], text: str) -> tuple[str, ...]:
    body = text[alias.end() : text.index("\n};", alias.end())]
    return tuple(re.findall(r"^    (\w+)\??:", body, re.M))


@dataclass(frozen=True, order=True)
class Finding:
    """``missing`` (official alone), ``added`` (ours alone), ``differs``, or ``member``: simply there officially."""

    what: str
    where: str
    name: str

    def __str__(self) -> str:
        return f"{self.where}: {self.name} {self.what}"


def program(every: list[Export]) -> tuple[str, dict[int, tuple[str, str]]]:
    """The program, and its questions by line (from 1): (kind of finding, where).

    Every question is an assignment that cannot be right, so that the compiler's complaint has the answer in full.
    """
    lines = [
        'import type * as O from "official";',
        'import type { ReplayEventEmitter as OEmitter } from "official-emitter";',
        'import type * as U from "ours";',
        'import type { Differing, DifferingWhole, Lacks, Members } from "./compare.ts";',
        "type UEvents<T> = T extends U.ReplayEventEmitter<infer E> ? E : never;",
        "type Emitting = keyof OEmitter<{}>;",
        "type Inherited = keyof typeof OEmitter;",
    ]
    for side in "OU":
        table = " ".join(f"{one.name}: {side}.{one.name};" for one in every if one.named)
        lines.append(f"interface {side}T {{ {table} }}")
    questions: dict[int, tuple[str, str]] = {}

    def ask(kind: str, where: str, type: str) -> None:
        """The answer: a union of names, empty when all is well."""
        # A new union, so that the compiler spells out what it would else call by its alias.
        spelled = f"{type} extends infer Found ? Found extends string ? `${{Found}}!` : never : never"
        lines.append(f"export const r{len(lines)}: {spelled} = 0;")
        questions[len(lines)] = kind, where

    def compare(where: str, official: str, ours: str) -> None:
        ask("missing", where, f"Lacks<{official}, {ours}>")
        ask("added", where, f"Lacks<{ours}, {official}>")
        ask("differs", where, f"Differing<{official}, {ours}>")

    ask("missing", "exports", "Lacks<typeof O, typeof U>")
    ask("added", "exports", "Lacks<typeof U, typeof O>")
    ask("missing", "emitter", "Lacks<OEmitter<{}>, U.ReplayEventEmitter<{}>>")
    ask("added", "emitter", "Lacks<U.ReplayEventEmitter<{}>, OEmitter<{}>>")
    for one in every:
        argument = "<Date>" if one.generic else ""
        official, ours = f"O.{one.name}{argument}", f"U.{one.name}{argument}"
        if one.kind == "type" and (not one.named or one.name in JSON):
            ask("differs", one.name, f"DifferingWhole<{official}, {ours}, OT, UT>")
            continue
        hidden = "Emitting" if one.events else "never"
        if one.kind != "type" or one.named:
            ask("member", one.name, f"keyof Members<{official}, OT, {hidden}>")
        compare(one.name, f"Members<{official}, OT, {hidden}>", f"Members<{ours}, UT, {hidden}>")
        if one.kind == "class":
            hidden = "Inherited" if one.events else "never"
            sides = [f"Members<typeof {side}.{one.name}, {side}T, {hidden}>" for side in "OU"]
            ask("member", f"static {one.name}", f"keyof {sides[0]}")
            compare(f"static {one.name}", *sides)
        if one.events:
            for side in "OU":
                listeners = (f"{event}: Parameters<typeof {side}{one.name}.on<'{event}'>>[1];" for event in one.events)
                lines.append(f"declare const {side}{one.name}: {side}.{one.name};")
                lines.append(f"interface {side}{one.name}Events {{ {' '.join(listeners)} }}")
            ask(
                "differs",
                f"events {one.name}",
                f"Differing<Members<O{one.name}Events, OT>, Members<U{one.name}Events, UT>>",
            )
            ask("missing", f"events {one.name}", f"Lacks<O{one.name}Events, UEvents<{ours}>>")
            ask("added", f"events {one.name}", f"Lacks<UEvents<{ours}>, O{one.name}Events>")
        if one.name in CONSTRUCTED:
            sides = [f"ConstructorParameters<typeof {side}.{one.name}>" for side in "OU"]
            ask("differs", f"new {one.name}", f"DifferingWhole<{', '.join(sides)}, OT, UT>")
    return "\n".join(lines) + "\n", questions


ANSWER = re.compile(
    r"^[^(]*main\.ts\((?P<line>\d+),\d+\): error TS2322: Type '0' is not assignable to type '(?P<answer>.*)'\.$"
)


def answers(output: str, questions: dict[int, tuple[str, str]]) -> set[Finding]:
    """What the compiler said. Raises :class:`ValueError` for anything else than an answer to each question."""
    found: set[Finding] = set()
    asked = dict(questions)
    for line in output.splitlines():
        match = ANSWER.match(line)
        if match is None or int(match["line"]) not in asked:
            raise ValueError(f"not an answer: {line}\n{output}")
        kind, where = asked.pop(int(match["line"]))
        names = re.findall(r'"([^"]+)!"', match["answer"])
        if not names and match["answer"] != "never":
            raise ValueError(f"not an answer: {line}")
        found |= {Finding(kind, where, name) for name in names}
    if asked:
        raise ValueError(f"no answer to {sorted(asked.values())}: {output}")
    return found
