"""Argument checks: the texts are the official SDK's, observed."""

from __future__ import annotations

from typing import Any

import pytest

from pyconvo import ArgumentError, Client, Conversation, Message, MessageBuilder, Participant, User
from pyconvo.validation import (
    BOOLEAN,
    JSON,
    NON_EMPTY_STRING,
    NON_NEGATIVE_INTEGER,
    NULL,
    OMITTED,
    OPTIONAL_JSON,
    PURE_OBJECT,
    STRING,
    UNDEFINED,
    check,
    check_arguments,
    checked,
    describe,
    literal,
    schema,
)

OPTIONS = schema("conversation options", {"friendlyName": [STRING, OMITTED], "isPrivate": [BOOLEAN, OMITTED]})


def refusal(rules: Any, value: Any, number: int = 1) -> str:
    with pytest.raises(ArgumentError) as caught:
        check(number, rules, value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("rules", "value", "text"),
    [
        (NON_EMPTY_STRING, "", 'Argument 1 is expected to be a non-empty string, but got ""'),
        (
            [literal("fcm"), literal("apn")],
            "x",
            'Argument 1 is expected to be "fcm" or "apn", but got "x"',
        ),
        (
            [STRING, OMITTED, NULL],
            5,
            "Argument 1 is expected to be of type string, of type undefined or null; but got 5",
        ),
        (
            OPTIONS,
            {"friendlyName": 5},
            'Argument 1 is expected to be valid conversation options (key "friendlyName" should be of type string '
            'or of type undefined), but got malformed conversation options (key "friendlyName" is 5)',
        ),
        (
            [OMITTED, OPTIONS],
            5,
            "Argument 1 is expected to be of type undefined or valid conversation options (should be a pure object), "
            "but got 5",
        ),
        (
            [PURE_OBJECT, OMITTED],
            None,
            "Argument 1 is expected to be a pure object (non-null and non-array) or of type undefined, but got null",
        ),
        (
            [OMITTED, literal("backwards"), literal("forward")],
            "x",
            'Argument 1 is expected to be of type undefined, "backwards" or "forward"; but got "x"',
        ),
        ([NULL, NON_NEGATIVE_INTEGER], 1.5, "Argument 1 is expected to be null or a non-negative integer, but got 1.5"),
        (NON_NEGATIVE_INTEGER, [], "Argument 1 is expected to be a non-negative integer, but got instance of Array"),
        (NON_NEGATIVE_INTEGER, True, "Argument 1 is expected to be a non-negative integer, but got true"),
        (NON_NEGATIVE_INTEGER, -1, "Argument 1 is expected to be a non-negative integer, but got -1"),
        (JSON, UNDEFINED, "Argument 1 is expected to be a JSON type, but got undefined"),
        (OPTIONAL_JSON, print, "Argument 1 is expected to be an optional JSON type, but got function"),
        (JSON, {1}, "Argument 1 is expected to be a JSON type, but got instance of set"),
        (STRING, {}, "Argument 1 is expected to be of type string, but got object"),
        (STRING, b"x", "Argument 1 is expected to be of type string, but got instance of bytes"),
    ],
)
def test_texts(rules: Any, value: Any, text: str) -> None:
    assert refusal(rules, value) == text


def test_arguments_are_counted_from_one() -> None:
    assert refusal(STRING, 5, 3).startswith("Argument 3 is expected")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (float("nan"), "NaN"), (float("inf"), "Infinity"), (float("-inf"), "-Infinity"), (2.0, "2"), (0.5, "0.5"),
        (False, "false"), ('say "hi"', '"say "hi""'), ((), "instance of Array"), (dict, "function"),
        (object(), "instance of object"),
    ],
)  # fmt: skip
def test_names_of_values(value: Any, text: str) -> None:
    assert describe(value) == text


@pytest.mark.parametrize("value", [None, "", 0, -1.5, True, [], {}, [{"a": None}], ()])
def test_json_accepts_every_json_value(value: Any) -> None:
    check(1, JSON, value)


class TestCalls:
    def test_too_many(self) -> None:
        with pytest.raises(ArgumentError, match=r"^Expected at most 2 argument\(s\), but got 3$"):
            check_arguments([STRING, OPTIONAL_JSON], ["a", 1, 2])

    def test_the_first_wrong_one_is_named(self) -> None:
        with pytest.raises(ArgumentError, match=r"^Argument 1 "):
            check_arguments([STRING, STRING], [1, 2])

    def test_what_is_missing_is_undefined(self) -> None:
        assert check_arguments([STRING, OPTIONAL_JSON], ["a"]) == ["a", UNDEFINED]

    def test_none_is_null_where_null_is_accepted_else_undefined(self) -> None:
        assert check_arguments([OPTIONAL_JSON], [None]) == [None]
        assert check_arguments([[OMITTED, NON_NEGATIVE_INTEGER]], [None]) == [UNDEFINED]
        with pytest.raises(ArgumentError, match="but got null"):
            check_arguments([STRING], [None])


class Sample:
    @checked(STRING, [OMITTED, NON_NEGATIVE_INTEGER])
    def plain(self, name: str, number: int = 7) -> tuple[str, int]:
        return name, number

    @checked(STRING)
    async def later(self, name: str) -> str:
        return name


class TestDecorator:
    def test_defaults_and_keywords(self) -> None:
        assert Sample().plain("a") == ("a", 7)
        assert Sample().plain("a", None) == ("a", 7)  # type: ignore[arg-type]
        assert Sample().plain(number=3, name="a") == ("a", 3)

    @pytest.mark.parametrize(
        ("arguments", "keywords", "text"),
        [
            ((), {}, "Argument 1 is expected to be of type string, but got undefined"),
            (("a", -1), {}, "Argument 2 is expected to be of type undefined or a non-negative integer, but got -1"),
            (("a", 1, 2), {}, "Expected at most 2 argument(s), but got 3"),
            (("a",), {"nam": 1}, "There is no argument named 'nam'"),
            (("a",), {"name": "b"}, "The argument 'name' is given twice"),
        ],
    )
    def test_wrong_calls(self, arguments: tuple[Any, ...], keywords: dict[str, Any], text: str) -> None:
        with pytest.raises(ArgumentError) as caught:
            Sample().plain(*arguments, **keywords)
        assert str(caught.value) == text

    async def test_asynchronous_methods_raise_when_awaited(self) -> None:
        pending = Sample().later(5)  # type: ignore[arg-type]
        with pytest.raises(ArgumentError, match="but got 5"):
            await pending


def bare(kind: type) -> Any:
    """An object without its state: checks come before anything else."""
    return object.__new__(kind)


@pytest.mark.parametrize(
    ("kind", "method", "arguments", "text"),
    [
        (Client, "update_token", ("",), 'Argument 1 is expected to be a non-empty string, but got ""'),
        (Client, "get_conversation_by_sid", (5,), "Argument 1 is expected to be a non-empty string, but got 5"),
        (Client, "peek_conversation_by_sid", (None,), "Argument 1 is expected to be a non-empty string, but got null"),
        (
            Client, "get_conversation_by_unique_name", (),
            "Argument 1 is expected to be a non-empty string, but got undefined",
        ),
        (Client, "get_user", ({},), "Argument 1 is expected to be a non-empty string, but got object"),
        (Client, "get_user", ("a", "b"), "Expected at most 1 argument(s), but got 2"),
        (
            Client, "create_conversation", (5,),
            "Argument 1 is expected to be of type undefined or valid conversation options "
            "(should be a pure object), but got 5",
        ),
        (
            Client, "create_conversation", ({"unique_name": 5},),
            "Argument 1 is expected to be of type undefined or valid conversation options "
            '(key "uniqueName" should be of type string or of type undefined), '
            'but got malformed conversation options (key "uniqueName" is 5)',
        ),
        (Conversation, "add", ("",), 'Argument 1 is expected to be a non-empty string, but got ""'),
        (
            Conversation, "advance_last_read_message_index", (-1,),
            "Argument 1 is expected to be a non-negative integer, but got -1",
        ),
        (
            Conversation, "get_messages", (1, 2, "x"),
            'Argument 3 is expected to be of type undefined, "backwards" or "forward"; but got "x"',
        ),
        (
            Conversation, "get_messages", (-1,),
            "Argument 1 is expected to be of type undefined or a non-negative integer, but got -1",
        ),
        (
            Conversation, "remove_participant", (5,),
            "Argument 1 is expected to be a non-empty string or an instance of Participant, but got 5",
        ),
        (
            Conversation, "send_message", (5,),
            "Argument 1 is expected to be of type string, an instance of FormData, null or valid media options "
            "(should be a pure object); but got 5",
        ),
        (
            Conversation, "send_message", ("a", None, 5),
            "Argument 3 is expected to be of type undefined, null or valid email attributes "
            "(should be a pure object); but got 5",
        ),
        (
            Conversation, "send_message", ("a", None, {"subject": ""}),
            'Argument 3 is expected to be of type undefined, null or valid email attributes (key "subject" should be '
            'a non-empty string or of type undefined); but got malformed email attributes (key "subject" is "")',
        ),
        (
            Conversation, "set_user_notification_level", ("x",),
            'Argument 1 is expected to be "default" or "muted", but got "x"',
        ),
        (Conversation, "update_attributes", (), "Argument 1 is expected to be a JSON type, but got undefined"),
        (Conversation, "update_friendly_name", (None,), "Argument 1 is expected to be of type string, but got null"),
        (
            Conversation, "update_unique_name", (5,),
            "Argument 1 is expected to be of type string or null, but got 5",
        ),
        (
            Conversation, "update_last_read_message_index", (1.5,),
            "Argument 1 is expected to be null or a non-negative integer, but got 1.5",
        ),
        (
            Conversation, "get_participant_by_identity", ("",),
            'Argument 1 is expected to be a non-empty string, but got ""',
        ),
        (Message, "update_body", (None,), "Argument 1 is expected to be of type string, but got null"),
        (Message, "update_attributes", (print,), "Argument 1 is expected to be a JSON type, but got function"),
        (Participant, "update_attributes", (), "Argument 1 is expected to be a JSON type, but got undefined"),
        (User, "update_attributes", (object,), "Argument 1 is expected to be a JSON type, but got function"),
        (User, "update_friendly_name", (5,), "Argument 1 is expected to be of type string, but got 5"),
    ],
)  # fmt: skip
async def test_every_checked_method(kind: type, method: str, arguments: tuple[Any, ...], text: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        await getattr(bare(kind), method)(*arguments)
    assert str(caught.value) == text


@pytest.mark.parametrize(
    ("method", "arguments", "text"),
    [
        ("set_body", (5,), "Argument 1 is expected to be of type string, but got 5"),
        ("set_subject", (None,), "Argument 1 is expected to be of type string, but got null"),
        ("set_attributes", (), "Argument 1 is expected to be a JSON type, but got undefined"),
    ],
)
def test_the_builder_refuses_at_once(method: str, arguments: tuple[Any, ...], text: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        getattr(bare(MessageBuilder), method)(*arguments)
    assert str(caught.value) == text


class TestConstructor:
    @pytest.mark.parametrize(
        ("token", "options", "text"),
        [
            ("", None, 'Argument 1 is expected to be a non-empty string, but got ""'),
            (5, None, "Argument 1 is expected to be a non-empty string, but got 5"),
            (
                "token", [],
                "Argument 2 is expected to be a pure object (non-null and non-array) or of type undefined, "
                "but got instance of Array",
            ),
        ],
    )  # fmt: skip
    async def test_throws(self, token: Any, options: Any, text: str) -> None:
        with pytest.raises(ArgumentError) as caught:
            Client(token, options)
        assert str(caught.value) == text

    async def test_create(self) -> None:
        with pytest.raises(ArgumentError, match=r"^Argument 1 is expected to be of type string, but got 5$"):
            await Client.create(5)  # type: ignore[arg-type]
        with pytest.raises(ArgumentError, match=r"^Argument 2 is expected to be of type undefined or a pure object"):
            await Client.create("token", "options")  # type: ignore[arg-type]
