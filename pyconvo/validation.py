"""Argument checks: what each parameter accepts, and the words in which a wrong argument is refused.

The texts are the official SDK's, so they speak JavaScript's names of types. An argument that was not given is
``undefined``; ``None`` is ``null`` where the parameter has a meaning for null, else it counts as not given.
Arguments are counted from 1. Not responsible for what arguments mean.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from typing import Any, Final, ParamSpec, TypeVar

from pyconvo.errors import ArgumentError

P = ParamSpec("P")
R = TypeVar("R")


class Undefined:
    """The type of :data:`UNDEFINED`."""

    def __repr__(self) -> str:
        return "UNDEFINED"

    def __bool__(self) -> bool:
        return False


#: An argument that was not given, where that is something else than ``None``.
UNDEFINED: Final[Any] = Undefined()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a value was refused: what was expected, and how the value is to be called if not by its type."""

    expected: str
    received: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that a parameter accepts. ``examine`` gives ``None`` for a good value."""

    expected: str
    examine: Callable[[Any], Verdict | None]


def rule(expected: str, accepts: Callable[[Any], bool]) -> Rule:
    """Accepts what ``accepts`` says is good."""
    refused = Verdict(expected)
    return Rule(expected, lambda value: None if accepts(value) else refused)


def _is_json(value: Any) -> bool:
    return value is None or isinstance(value, (str, int, float, list, tuple, dict))


def _is_pure_object(value: Any) -> bool:
    return isinstance(value, Mapping) or (is_dataclass(value) and not isinstance(value, type))


STRING = rule("of type string", lambda value: isinstance(value, str))
BOOLEAN = rule("of type boolean", lambda value: isinstance(value, bool))
FUNCTION = rule("of type function", callable)
OMITTED = rule("of type undefined", lambda value: value is UNDEFINED)
NULL = rule("null", lambda value: value is None)
NON_EMPTY_STRING = rule("a non-empty string", lambda value: isinstance(value, str) and bool(value))
NON_NEGATIVE_INTEGER = rule(
    "a non-negative integer", lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= 0
)
PURE_OBJECT = rule("a pure object (non-null and non-array)", _is_pure_object)
JSON = rule("a JSON type", _is_json)
OPTIONAL_JSON = rule("an optional JSON type", lambda value: value is UNDEFINED or _is_json(value))


def literal(value: str) -> Rule:
    """Exactly this text."""
    return rule(f'"{value}"', lambda given: isinstance(given, str) and given == value)


def instance_of(kind: type) -> Rule:
    return rule(f"an instance of {kind.__name__}", lambda value: isinstance(value, kind))


def never(expected: str) -> Rule:
    """Something the official SDK accepts and Python has no counterpart for; named in the text only."""
    return rule(expected, lambda value: False)


def schema(name: str, keys: Mapping[str, Rule | Sequence[Rule]]) -> Rule:
    """A mapping whose listed keys are good. Other keys are not looked at."""

    def examine(value: Any) -> Verdict | None:
        if not isinstance(value, Mapping):
            return Verdict(f"valid {name} (should be a pure object)")
        for key, rules in keys.items():
            member = _lenient(rules, value.get(key, UNDEFINED))
            verdict = _examine(rules, member)
            if verdict is not None:
                received = verdict.received or describe(member)
                return Verdict(
                    f'valid {name} (key "{key}" should be {verdict.expected})',
                    f'malformed {name} (key "{key}" is {received})',
                )
        return None

    return Rule(f"valid {name} (should be a pure object)", examine)


def array_of(name: str, item: Rule | Sequence[Rule], *, non_empty: bool = False) -> Rule:
    """A list or tuple of good items."""
    kind = "non-empty array" if non_empty else "array"
    expected = f"{'a' if non_empty else 'an'} {kind} of {name}"

    def examine(value: Any) -> Verdict | None:
        if not isinstance(value, (list, tuple)) or (non_empty and not value):
            return Verdict(expected)
        for index, member in enumerate(value):
            verdict = _examine(item, member)
            if verdict is not None:
                received = verdict.received or describe(member)
                return Verdict(
                    f"a valid {kind} of {name} (index {index} should be {verdict.expected})",
                    f"malformed array of {name} (index {index} is {received})",
                )
        return None

    return Rule(expected, examine)


def describe(value: Any) -> str:
    """How a refused value is called."""
    if value is UNDEFINED:
        return "undefined"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        special = {float("inf"): "Infinity", float("-inf"): "-Infinity"}.get(value)
        return special or ("NaN" if value != value else str(int(value)) if value.is_integer() else repr(value))
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, dict):
        return "object"
    if isinstance(value, (list, tuple)):
        return "instance of Array"
    if inspect.isroutine(value) or inspect.isclass(value):
        return "function"
    return f"instance of {type(value).__name__}"


def _alternatives(rules: Rule | Sequence[Rule]) -> Sequence[Rule]:
    return (rules,) if isinstance(rules, Rule) else rules


def _examine(rules: Rule | Sequence[Rule], value: Any) -> Verdict | None:
    """``None`` when one of the alternatives accepts the value."""
    verdicts: list[Verdict] = []
    for rule in _alternatives(rules):
        verdict = rule.examine(value)
        if verdict is None:
            return None
        verdicts.append(verdict)
    texts = [verdict.expected for verdict in verdicts]
    expected = texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} or {texts[-1]}"
    return Verdict(expected, next((verdict.received for verdict in verdicts if verdict.received), None))


def _lenient(rules: Rule | Sequence[Rule], value: Any) -> Any:
    """``None`` counts as not given where only that is acceptable."""
    if value is None and _examine(rules, None) is not None and _examine(rules, UNDEFINED) is None:
        return UNDEFINED
    return value


def check(number: int, rules: Rule | Sequence[Rule], value: Any) -> None:
    """Raise :class:`ArgumentError` when ``value`` is not good for parameter ``number``."""
    verdict = _examine(rules, value)
    if verdict is None:
        return
    pause = ";" if len(_alternatives(rules)) > 2 else ","
    received = verdict.received or describe(value)
    raise ArgumentError(f"Argument {number} is expected to be {verdict.expected}{pause} but got {received}")


def check_arguments(rules: Sequence[Rule | Sequence[Rule]], arguments: Sequence[Any]) -> list[Any]:
    """Check a whole call; returns one value for every rule, :data:`UNDEFINED` where nothing was given."""
    if len(arguments) > len(rules):
        raise ArgumentError(f"Expected at most {len(rules)} argument(s), but got {len(arguments)}")
    values: list[Any] = []
    for position, rule in enumerate(rules):
        value = _lenient(rule, arguments[position] if position < len(arguments) else UNDEFINED)
        check(position + 1, rule, value)
        values.append(value)
    return values


def checked(*rules: Rule | Sequence[Rule]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorate a method: check its arguments (after ``self``) before it runs.

    The method's own defaults apply to what is undefined. On a coroutine function the error is raised when it is
    awaited. The rules can be read from the method as ``rules``.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        parameters = list(inspect.signature(function).parameters.values())[1:]
        names = [parameter.name for parameter in parameters]

        def bind(arguments: tuple[Any, ...], keywords: Mapping[str, Any]) -> dict[str, Any]:
            given = list(arguments)
            if keywords:
                if unknown := [name for name in keywords if name not in names]:
                    raise ArgumentError(f"There is no argument named {unknown[0]!r}")
                if twice := [name for name in names[: len(given)] if name in keywords]:
                    raise ArgumentError(f"The argument {twice[0]!r} is given twice")
                given += [keywords.get(name, UNDEFINED) for name in names[len(given) :]]
            values = check_arguments(rules, given)
            return {
                name: value
                for name, value, parameter in zip(names, values, parameters, strict=True)
                if value is not UNDEFINED or parameter.default is inspect.Parameter.empty
            }

        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def run_later(self: Any, *arguments: Any, **keywords: Any) -> Any:
                awaitable: Awaitable[Any] = function(self, **bind(arguments, keywords))
                return await awaitable

            wrapper: Any = run_later
        else:

            @functools.wraps(function)
            def run(self: Any, *arguments: Any, **keywords: Any) -> Any:
                return function(self, **bind(arguments, keywords))

            wrapper = run
        wrapper.rules = rules
        return wrapper  # type: ignore[no-any-return]

    return decorate
