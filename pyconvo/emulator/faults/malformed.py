"""Packets that are none, or not what the protocol allows. What each way is called stands in ``rule.MALFORMED``.

Not responsible for when one is sent.
"""

from __future__ import annotations

from pyconvo.twilsock.packet import dumps, split


def malform(how: str, packet: bytes) -> bytes | str:
    """``packet`` broken as ``how`` says; a text where a text frame is to be sent."""
    header, body = split(packet)
    head = dumps(header)
    end = len(packet) - len(body)
    match how:
        case "bad_magic":
            return b"TWILROCK" + packet[8:]
        case "bad_version":
            return packet.replace(b"V3.0", b"V9.9", 1)
        case "bad_header":
            broken = b"{" + head[:-1]
            return b"TWILSOCK V3.0 %d\r\n%s\r\n%s" % (len(broken), broken, body)
        case "truncated":
            return packet[: 20 + len(head) // 2]
        case "truncated_payload":
            return packet[: end + len(body) // 2] if body else packet[:-3]
        case "wrong_length":
            return b"TWILSOCK V3.0 %d\r\n%s\r\n%s" % (len(head) - 7, head, body)
        case "bad_payload":
            broken = b'{"not": JSON'
            written = dumps(header | {"payload_type": "application/json", "payload_size": len(broken)})
            return b"TWILSOCK V3.0 %d\r\n%s\r\n%s\r\n" % (len(written), written, broken)
        case "text_frame":
            return packet.decode("utf-8", "replace")
        case "empty":
            return b""
        case "unknown_method":
            written = dumps(header | {"method": "surprise"})
            return b"TWILSOCK V3.0 %d\r\n%s\r\n%s" % (len(written), written, body)
        case "no_status":
            written = dumps({name: value for name, value in header.items() if name != "status"})
            return b"TWILSOCK V3.0 %d\r\n%s\r\n%s" % (len(written), written, body)
        case _:
            raise ValueError(how)
