"""JSON, dates, durations, options, and how news about a conversation are merged. No network, no loop."""

from __future__ import annotations

import json
import logging
import math
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyconvo import ArgumentError, ClientOptions, ConversationsError
from pyconvo.hosts.memory import MemoryHost
from pyconvo.json_values import (
    encode_component,
    in_js_order,
    json_equal,
    parse_attributes,
    parse_date,
    same,
    to_json,
    to_number,
    whole_characters,
)
from pyconvo.services.configuration import Configuration
from pyconvo.services.conversation_fields import ConversationFields, LastMessage
from pyconvo.services.durations import parse_duration

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
NOW = datetime(2026, 1, 31, tzinfo=UTC).timestamp()


class TestJson:
    @given(JSON_VALUES)
    def test_a_value_equals_its_copy(self, value: Any) -> None:
        assert json_equal(value, json.loads(to_json(value)))

    @given(JSON_VALUES, JSON_VALUES)
    def test_equality_is_symmetric_and_agrees_with_the_text(self, a: Any, b: Any) -> None:
        assert json_equal(a, b) == json_equal(b, a)
        if to_json(a) == to_json(b):
            assert json_equal(a, b)

    @pytest.mark.parametrize(
        ("a", "b", "equal"),
        [
            (1, 1.0, True), (1, True, False), (0, False, False), (None, {}, False), ({}, [], False),
            ({"a": None}, {}, False), ([1, 2], [2, 1], False), ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
            (float("nan"), float("nan"), False), ("1", 1, False),
            # Two dates are always equal: so does the official SDK, and what it announces depends on it.
            (datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC), True),
        ],
    )  # fmt: skip
    def test_equality(self, a: Any, b: Any, equal: bool) -> None:
        assert json_equal(a, b) is equal

    def test_identity_of_primitives(self) -> None:
        assert same(None, None)
        assert not same(None, "")
        assert not same(1, "1")

    @pytest.mark.parametrize("value", [{1, 2}, object(), {"deep": [b"bytes"]}, {object(): 1}])
    def test_what_has_no_json_is_refused(self, value: Any) -> None:
        with pytest.raises(ArgumentError):
            to_json(value)

    def test_circles_are_refused(self) -> None:
        circle: list[Any] = []
        circle.append(circle)
        with pytest.raises(ArgumentError):
            to_json(circle)

    def test_numbers_that_json_lacks_become_null(self) -> None:
        assert to_json([float("nan"), float("inf"), 1]) == "[null,null,1]"

    def test_the_order_of_members_is_that_of_javascript(self) -> None:
        names = ["2", "10", "4294967295", "x", "01", "1", "-1", "4294967294", "1.5", "", "0", "\u0661"]
        expected = ["0", "1", "2", "10", "4294967294", "4294967295", "x", "01", "-1", "1.5", "", "\u0661"]
        value = {name: [{"b": 1, "7": 2}] for name in names}
        ordered = in_js_order(value)
        assert list(ordered) == expected
        assert list(ordered["x"][0]) == ["7", "b"]
        assert ordered == value
        assert in_js_order([1, "2", None]) == [1, "2", None]

    @pytest.mark.parametrize(
        ("value", "text", "whole"),
        [
            ("é", '"é"', "é"),
            ("party \ud83c", r'"party \ud83c"', "party \ufffd"),
            ("\ud83c\udf89\udf89", '"🎉\\udf89"', "🎉\ufffd"),
            ("\ud83c\ud83cé", r'"\ud83c\ud83cé"', "\ufffd\ufffdé"),
        ],
    )
    def test_half_of_a_surrogate_pair(self, value: str, text: str, whole: str) -> None:
        """JSON has escapes for it; elsewhere there is none."""
        assert to_json(value) == text
        assert whole_characters(value) == whole

    @pytest.mark.parametrize("raw", [None, "", "{", "NaN", 5, {"an": "object"}])
    def test_broken_attributes_are_empty(self, raw: Any) -> None:
        assert parse_attributes(raw, "message", "IM1") == {}

    @pytest.mark.parametrize(
        ("value", "number"),
        [
            ("8", 8),
            (8, 8),
            ("1.5", 1.5),
            ("x", None),
            (None, None),
            (True, 1),
            ([], None),
            # As JavaScript reads them, which is not as Python does.
            (" -1e2 ", -100),
            ("Infinity", math.inf),
            ("nan", None),
            ("inf", None),
            ("1_0", None),
            ("١", None),
        ],
    )
    def test_numbers(self, value: Any, number: Any) -> None:
        assert to_number(value) == number


class TestDates:
    def test_text_and_milliseconds(self) -> None:
        expected = datetime(2026, 3, 1, 10, tzinfo=UTC)
        assert parse_date("2026-03-01T10:00:00.000Z") == expected
        assert parse_date("2026-03-01T12:00:00+02:00") == expected
        assert parse_date("2026-03-01T10:00:00") == expected
        assert parse_date(expected.timestamp() * 1000) == expected

    @pytest.mark.parametrize("value", [None, "", "yesterday", [], True, 1e30])
    def test_anything_else_is_none(self, value: Any) -> None:
        assert parse_date(value) is None


class TestDurations:
    @pytest.mark.parametrize(
        ("text", "seconds"),
        [
            ("PT1S", 1), ("PT5S", 5), ("PT0.5S", 0.5), ("PT0,5S", 0.5), ("PT1M30S", 90), ("PT2H", 7200),
            ("P1D", 86_400), ("P1DT12H", 129_600), ("P2W", 1_209_600), ("PT0S", 0),
            # From 31 January: one month on is 31 days, and "31 February" runs on into March.
            ("P1M", 31 * 86_400), ("P1Y", 365 * 86_400),
        ],
    )  # fmt: skip
    def test_seconds(self, text: str, seconds: float) -> None:
        assert parse_duration(text, NOW) == pytest.approx(seconds)

    @pytest.mark.parametrize("text", ["", "P", "PT", "1S", "PT1", "P1S", "PT1D", "P1W1D", "-PT1S", "pt1s"])
    def test_no_durations(self, text: str) -> None:
        with pytest.raises(ValueError, match="not a duration"):
            parse_duration(text, NOW)


class TestOptions:
    def test_official_names_and_ours(self) -> None:
        read = ClientOptions.read({"logLevel": "debug", "http_cache_interval_override": "PT1S", "unknown": 1})
        assert (read.log_level, read.http_cache_interval_override) == ("debug", "PT1S")

    def test_where_descriptions_are_kept(self) -> None:
        class Shelf(dict[str, str]):
            """Empty, and so false."""

        page, own = Shelf(), Shelf()
        host = MemoryHost(storage=page)  # type: ignore[arg-type]
        off = {"enableSessionStorage": False}
        for told, expected in (
            (None, page),
            ({"sync": {}}, page),
            ({"Sync": off}, None),
            ({"sessionStorage": own}, own),
            (ClientOptions(session_storage=own), own),  # type: ignore[arg-type]
            ({"session_storage": own, "sync": off}, None),
            (ClientOptions(sync=off), None),
        ):
            assert ClientOptions.read(told).storage(host) is expected
        assert ClientOptions().storage(MemoryHost()) is None

    def test_what_is_given_is_copied(self) -> None:
        metadata = {"app": "test"}
        read = ClientOptions.read({"clientMetadata": metadata})
        metadata["app"] = "changed"
        assert read.metadata == {"type": "conversations", "app": "test", "sdk": "JS", "sdkv": "3.0.1"}

    @pytest.mark.parametrize(
        ("options", "url"),
        [
            ({}, "wss://tsock.us1.twilio.com/v3/wsconnect"),
            ({"region": "ie1"}, "wss://tsock.ie1.twilio.com/v3/wsconnect"),
            ({"emulator": "http://127.0.0.1:8080/"}, "ws://127.0.0.1:8080/v3/wsconnect"),
            ({"emulator": "https://host"}, "wss://host/v3/wsconnect"),
            ({"emulator": "http://x", "Twilsock": {"uri": "ws://y/"}}, "ws://y/"),
            ({"Twilsock": {"uri": "ws://y/"}, "twilsock": {"uri": "ws://z/"}}, "ws://z/"),
            ({"twilsock": {"uri": "ws://z/"}, "Twilsock": {"uri": "ws://y/"}}, "ws://z/"),
        ],
    )
    def test_socket(self, options: dict[str, Any], url: str) -> None:
        assert ClientOptions.read(options).socket_url == url

    @pytest.mark.parametrize(
        ("options", "url"),
        [
            ({}, "https://aim.us1.twilio.com"),
            ({"region": "ie1"}, "https://aim.ie1.twilio.com"),
            ({"typingUri": "https://t", "apiUri": "https://a"}, "https://a"),
            ({"apiUri": "https://a", "Chat": {"typingUri": "https://t"}}, "https://t"),
            ({"region": "ie1", "IPMessaging": {}}, "https://aim.ie1.twilio.com"),
        ],
    )
    def test_base(self, options: dict[str, Any], url: str) -> None:
        assert ClientOptions.read(options).base_url == url

    def test_a_dataclass_does_as_well(self) -> None:
        assert ClientOptions.read(ClientOptions(emulator="http://x")).socket_url == "ws://x/v3/wsconnect"

    def test_log_level(self) -> None:
        logger = logging.getLogger("pyconvo")
        before = logger.level
        try:
            ClientOptions.read({}).apply_log_level()
            assert logger.level == before
            ClientOptions.read({"logLevel": "silent"}).apply_log_level()
            assert not logger.isEnabledFor(logging.CRITICAL)
            ClientOptions.read({"logLevel": "trace"}).apply_log_level()
            assert logger.isEnabledFor(logging.DEBUG)
        finally:
            logger.setLevel(before)


class TestConfiguration:
    SERVED: ClassVar[dict[str, Any]] = {
        "identity": "alice",
        "options": {"http_cache_interval": "PT1S", "user_infos_to_subscribe": 3, "reachability_enabled": True},
        "sync_objects": {"my_conversations": "alice.channels", "my_user_info": "US1.info"},
        "links": {"conversations": "https://c"},
    }

    def test_served(self) -> None:
        read = Configuration.read(self.SERVED, ClientOptions(), NOW)
        assert (read.identity, read.my_conversations, read.users_to_subscribe) == ("alice", "alice.channels", 3)
        assert (read.http_cache_interval, read.reachability_enabled, read.retry_when_throttled) == (1, True, True)

    def test_overridden(self) -> None:
        options = ClientOptions.read(
            {
                "httpCacheIntervalOverride": "PT9S",
                "Chat": {"userInfosToSubscribeOverride": 5, "backoffConfigOverride": {"maxAttemptsCount": 1}},
            }
        )
        read = Configuration.read(self.SERVED, options, NOW)
        # The nested set replaces the outer one.
        assert (read.http_cache_interval, read.users_to_subscribe) == (1, 5)
        assert (read.backoff.max_attempts, read.backoff.min) == (1, 1000)

    def test_defaults(self) -> None:
        read = Configuration.read({**self.SERVED, "options": {"http_cache_interval": "soon"}}, ClientOptions(), NOW)
        assert (read.http_cache_interval, read.users_to_subscribe, read.reachability_enabled) == (5, 100, False)

    def test_nothing_said_is_not_the_same_as_zero_or_empty(self) -> None:
        """As with JavaScript's ``??``. What is no duration is logged, and five seconds."""
        options = ClientOptions.read({"userInfosToSubscribeOverride": 0, "httpCacheIntervalOverride": ""})
        read = Configuration.read(self.SERVED, options, NOW)
        assert (read.users_to_subscribe, read.http_cache_interval) == (0, 5)
        served = {**self.SERVED, "options": {"user_infos_to_subscribe": 0, "http_cache_interval": None}}
        read = Configuration.read(served, ClientOptions(), NOW)
        assert (read.users_to_subscribe, read.http_cache_interval) == (0, 5)

    @pytest.mark.parametrize("missing", ["options", "links", "sync_objects"])
    def test_parts_that_must_be_there(self, missing: str) -> None:
        with pytest.raises(ConversationsError, match=missing):
            Configuration.read(
                {key: value for key, value in self.SERVED.items() if key != missing}, ClientOptions(), NOW
            )
        with pytest.raises(ConversationsError):
            Configuration.read(None, ClientOptions(), NOW)


class TestConversationFields:
    @pytest.fixture
    def fields(self) -> ConversationFields:
        return ConversationFields("CH1", {})

    def test_what_comes_again_after_something_else_is_news_again(self, fields: ConversationFields) -> None:
        names = ["one", "one", None, "one", "two", "one"]
        assert [fields.merge({"friendlyName": name}) for name in names] == [
            ("friendly_name",), (), *[("friendly_name",)] * 4
        ]  # fmt: skip
        fields.status = "joined"
        assert fields.merge({"status": "notParticipating"}) == ("status",)
        fields.status = "joined"
        assert fields.merge({"status": "notParticipating"}) == ("status",)

    def test_reasons_come_in_the_order_of_the_keys(self, fields: ConversationFields) -> None:
        news = {"uniqueName": "u", "messages": "ignored", "friendlyName": "f", "createdBy": "alice", "sid": "CH1"}
        assert fields.merge(news) == ("unique_name", "friendly_name", "created_by")
        assert fields.merge(news) == ()

    def test_absent_keys_change_nothing(self, fields: ConversationFields) -> None:
        fields.merge({"friendlyName": "f"})
        assert fields.merge({}) == ()
        assert fields.friendly_name == "f"

    @pytest.mark.parametrize("status", [None, "", "unknown", "notParticipating"])
    def test_a_status_that_says_nothing_new(self, fields: ConversationFields, status: Any) -> None:
        assert fields.merge({"status": status}) == ()

    def test_attributes_as_text_or_value(self, fields: ConversationFields) -> None:
        assert fields.merge({"attributes": '{"a":1}'}) == ("attributes",)
        assert fields.merge({"attributes": {"a": 1.0}}) == ()
        assert fields.merge({"attributes": "{broken"}) == ("attributes",)
        assert fields.attributes == {}

    def test_no_notification_level_differs_from_the_default_one(self, fields: ConversationFields) -> None:
        assert fields.merge({"notificationLevel": "default"}) == ()
        assert fields.merge({"notificationLevel": None}) == ("notification_level",)

    def test_last_message(self, fields: ConversationFields) -> None:
        date = "2026-03-02T09:00:00.000Z"
        assert fields.merge({"lastMessage": {"index": 7, "timestamp": date}}) == ("last_message",)
        assert fields.last_message == LastMessage(7, parse_date(date))
        assert fields.merge({"lastMessage": {"index": 7, "timestamp": date}}) == ()
        assert fields.merge({"lastMessage": {"index": 8}}) == ("last_message",)
        assert fields.last_message == LastMessage(8, parse_date(date))
        assert fields.merge({"lastMessage": None}) == ("last_message",)
        assert fields.merge({"lastMessage": None}) == ()

    def test_only_the_name_of_a_state_counts(self, fields: ConversationFields) -> None:
        first, second = "2026-03-01T10:00:00.000Z", "2026-03-02T10:00:00.000Z"
        assert fields.merge({"state": {"current": "active", "dateUpdated": first}}) == ("state",)
        assert fields.merge({"state": {"current": "active", "dateUpdated": second}}) == ()
        assert fields.state is not None
        assert fields.state.date_updated == parse_date(first)
        assert fields.merge({"state": {"current": "closed", "dateUpdated": second}}) == ("state",)
        assert fields.merge({"state": None}) == ("state",)

    def test_dates(self, fields: ConversationFields) -> None:
        assert fields.merge({"dateCreated": "2026-03-01T10:00:00.000Z"}) == ("date_created",)
        assert fields.merge({"dateCreated": "2026-03-01T10:00:00Z"}) == ()

    def test_a_new_one_from_its_descriptor(self) -> None:
        fields = ConversationFields("CH1", {"uniqueName": "", "friendlyName": "", "lastConsumedMessageIndex": "3"})
        assert (fields.unique_name, fields.friendly_name, fields.last_read_message_index) == (None, None, None)
        assert (fields.status, fields.attributes, fields.created_by) == ("notParticipating", {}, None)


@pytest.mark.parametrize(
    ("text", "encoded"),
    [
        ("CH0123.channel", "CH0123.channel"),
        ("it's-me_(~*!)", "it's-me_(~*!)"),
        ("a b/c?d&é", "a%20b%2Fc%3Fd%26%C3%A9"),
        ("plain\n", "plain%0A"),
        ("", ""),
    ],
)
def test_names_in_addresses_are_encoded_as_by_javascript(text: str, encoded: str) -> None:
    assert encode_component(text) == encoded
