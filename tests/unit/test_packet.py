"""The packet codec: the examples of the protocol, everything that can be written, everything that is broken."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyconvo.twilsock.packet import Packet, PacketError, acknowledgement, decode, dumps, encode, split

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
HEADERS = st.dictionaries(TEXT.filter(lambda name: name not in ("payload_size", "payload_type")), JSON, max_size=5)


class TestExamples:
    def test_no_payload(self) -> None:
        header = {"id": "TM00000000-0000-4000-8000-000000000001", "method": "close"}
        assert encode(header) == (
            b'TWILSOCK V3.0 81\r\n{"id":"TM00000000-0000-4000-8000-000000000001","method":"close","payload_size":0}\r\n'
        )
        assert len(encode(header)) == 18 + 81 + 2

    def test_sizes_count_bytes(self) -> None:
        written = encode({"method": "message"}, {"body": "é"})
        assert written.endswith('\r\n{"body":"é"}'.encode())
        assert decode(written).header["payload_size"] == 13

    def test_payload_size_is_the_last_member(self) -> None:
        written = encode({"payload_size": 7, "method": "x"})
        assert written.endswith(b'{"method":"x","payload_size":0}\r\n')

    def test_accessors(self) -> None:
        packet = Packet({"id": "TM1", "method": "ping"})
        assert (packet.id, packet.method) == ("TM1", "ping")
        assert (Packet({}).id, Packet({}).method) == ("", "")


class TestRoundTrip:
    @given(HEADERS, JSON)
    def test_json(self, header: dict[str, Any], payload: Any) -> None:
        read = decode(encode(header, [payload]))
        assert read.payload == [payload]
        assert {name: value for name, value in read.header.items() if name != "payload_size"} == header

    @given(TEXT)
    def test_text(self, text: str) -> None:
        read = decode(encode({"payload_type": "text/plain"}, text))
        assert read.payload == (text or None)
        assert read.has_payload == bool(text)

    @given(HEADERS, JSON, st.binary(max_size=20))
    def test_what_follows_the_payload_is_ignored(self, header: dict[str, Any], payload: Any, more: bytes) -> None:
        assert decode(encode(header, [payload]) + more).payload == [payload]

    def test_the_live_services_trailer(self) -> None:
        assert decode(encode({}, {"a": 1}, trailer=b"\r\n")).payload == {"a": 1}
        assert encode({}, trailer=b"\r\n") == encode({})

    @given(JSON)
    def test_json_is_written_as_javascript_does(self, value: Any) -> None:
        text = dumps(value).decode()
        assert json.loads(text) == value
        assert "\\u00e9" not in text

    @pytest.mark.parametrize(
        ("value", "written"),
        [
            ("\ud83c", r'"\ud83c"'),
            ("\udf89é", '"\\udf89é"'),
            ("\ud83c\udf89", '"🎉"'),
            ({"\ud83c": ["🎉\ud83c", "\udf89\ud83c"]}, '{"\\ud83c":["🎉\\ud83c","\\udf89\\ud83c"]}'),
        ],
    )
    def test_half_of_a_surrogate_pair_is_escaped(self, value: Any, written: str) -> None:
        """An emoji that a program has cut; two halves that follow each other are one."""
        assert dumps(value) == written.encode()
        assert decode(encode({"half": value}, [value])).payload == [json.loads(written)]


class TestMalformed:
    @given(st.binary(max_size=200))
    def test_noise_is_never_anything_but_a_packet_or_an_error(self, data: bytes) -> None:
        with contextlib.suppress(PacketError):
            decode(data)

    @given(HEADERS, JSON, st.data())
    def test_a_packet_cut_anywhere_is_an_error(self, header: dict[str, Any], payload: Any, data: st.DataObject) -> None:
        written = encode(header, [payload])
        cut = data.draw(st.integers(0, len(written) - 1))
        with pytest.raises(PacketError):
            decode(written[:cut])

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"TWILSOCK V3.0 2\n{}",
            b"TWILSOCK V2.0 2\r\n{}\r\n",
            b"twilsock V3.0 2\r\n{}\r\n",
            b"TWILSOCK V3.0 -2\r\n{}\r\n",
            b"TWILSOCK V3.0 x\r\n{}\r\n",
            b"TWILSOCK  V3.0 2\r\n{}\r\n",
            b"TWILSOCK V3.0 2 2\r\n{}\r\n",
            b"TWILSOCK V3.0 9\r\n{}\r\n",
            b"TWILSOCK V3.0 2\r\n[]\r\n",
            b"TWILSOCK V3.0 2\r\n{x\r\n",
            b'TWILSOCK V3.0 20\r\n{"payload_size":"12"\r\n',
            b'TWILSOCK V3.0 19\r\n{"payload_size":-1}\r\n',
            b'TWILSOCK V3.0 21\r\n{"payload_size":true}\r\n1',
            b'TWILSOCK V3.0 18\r\n{"payload_size":2}\r\n{',
            b'TWILSOCK V3.0 18\r\n{"payload_size":2}\r\n{{',
            b'TWILSOCK V3.0 18\r\n{"payload_size":2}\r\n\xff\xff',
            b'TWILSOCK V3.0 46\r\n{"payload_type":"text/plain","payload_size":2}\r\n\xff\xff',
            b"TWILSOCK V3.0 99999999999999999999999999\r\n{}",
            b"A" * 100_000,
        ],
    )
    def test_broken(self, data: bytes) -> None:
        with pytest.raises(PacketError):
            decode(data)

    def test_errors_do_not_repeat_the_content(self) -> None:
        with pytest.raises(PacketError) as caught:
            decode(b"TWILSOCK V3.0 17\r\n{'token':'secret'\r\n")
        assert "secret" not in str(caught.value)

    @pytest.mark.parametrize("value", [float("nan"), float("inf"), object()])
    def test_what_cannot_be_written(self, value: Any) -> None:
        with pytest.raises(PacketError):
            encode({}, value)
        with pytest.raises(PacketError):
            encode({"value": value})

    def test_text_that_is_no_json_has_no_escapes(self) -> None:
        with pytest.raises(PacketError):
            encode({}, "\ud800")


class TestQuickWays:
    """What is frequent has a way of its own, which must say the same as the usual one."""

    @given(st.text())
    def test_acknowledgement(self, id: str) -> None:
        status = {"code": 200, "status": "OK"}
        expected = {"id": id, "method": "reply", "payload_type": "application/json", "status": status}
        assert decode(acknowledgement(id)) == Packet({**expected, "payload_size": 0})

    @given(HEADERS, JSON, st.sampled_from(["application/json", "application/json; charset=utf-8", "text/plain", None]))
    def test_reading(self, header: dict[str, Any], payload: Any, payload_type: str | None) -> None:
        # In ASCII, as the live service writes most packets; and as text with all characters.
        for ascii_only in (True, False):
            body = json.dumps(payload, ensure_ascii=ascii_only).encode("utf-8", "replace")
            full = header if payload_type is None else {**header, "payload_type": payload_type}
            data = encode(full, body, trailer=b"\r\n")
            read = decode(data)
            assert (read.header, read.has_payload) == (split(data)[0], True)
            assert read.payload == (body.decode() if payload_type == "text/plain" else json.loads(body))

    @given(st.binary(max_size=6), st.integers(0, 200), st.integers(0, 200))
    def test_a_packet_that_was_changed_is_read_as_the_usual_way_reads_it(
        self, put: bytes, start: int, cut: int
    ) -> None:
        data = encode({"id": "TM1", "method": "notification", "payload_type": "application/json"}, {"a": [1, "b"]})
        changed = data[:start] + put + data[start + cut :]
        try:
            header, body = split(changed)
        except PacketError:
            with pytest.raises(PacketError):
                decode(changed)
            return
        with contextlib.suppress(PacketError):
            read = decode(changed)
            assert (read.header, read.has_payload) == (header, bool(body))
