"""Runs much of the interpreter once, so that V8 keeps what it has compiled for the visits after this one.

V8 compiles well what runs often: two thirds of a second of CPU for each start. It can keep that with a file of wasm,
and a later visit begins with it. It does so two seconds after it has compiled something, unless it has compiled more
meanwhile: then it looks again not after the rest of the time, but after a thousand times as much
(``TriggerCachingAfterTimeout`` hands milliseconds to what takes seconds). So in a page that works it happens at a
megabyte of code alone. A client's start makes a third of that, one with many conversations and messages two thirds.
The rest comes from here: large functions that are soon run often enough, all of them in the interpreter itself.

Not responsible for when, or whether (``web/src/boot/runtime.ts``).
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

from pyconvo.hosts.base import Host

logger = logging.getLogger("pyconvo.bridge")

#: Seconds at a time, and between two times: the page's calls and the service's packets wait hardly longer.
STEP, PAUSE = 0.003, 0.01

Run = Callable[[], Any]


def exercise(host: Host, done: Callable[[], Any], clock: Callable[[], float] = time.monotonic) -> None:
    """Begins; ends by itself, after a second or two, and calls ``done``."""
    work = _work()

    def step() -> None:
        end = clock() + STEP
        for _ in work:
            if clock() >= end:
                host.call_later(PAUSE, step)
                return
        done()

    host.call_later(PAUSE, step)


def _work() -> Iterator[None]:
    for prepare, times in EXERCISES:
        try:
            run = prepare()
            for _ in range(times):
                run()
                yield
        except Exception as error:
            # A Python that was built without it.
            logger.debug("%s cannot be run: %s", prepare.__name__, error)


def _xml() -> Run:
    pyexpat, codecs = import_module("pyexpat"), import_module("_codecs")
    text = '<a b="c">' + '<d e="f">g&amp;h</d>' * 20 + "</a>"
    wide = codecs.utf_16_encode(f'<?xml version="1.0" encoding="utf-16"?>{text}')[0]
    return lambda: [pyexpat.ParserCreate().Parse(one, True) for one in (text, wide)]


def _hashes() -> Run:
    blake, sha2, sha3 = import_module("_blake2"), import_module("_sha2"), import_module("_sha3")
    kinds = blake.blake2b, blake.blake2s, sha2.sha256, sha2.sha512, sha3.sha3_256
    data = bytes(8192)
    return lambda: [kind(data).digest() for kind in kinds]


def _patterns() -> Run:
    pattern = re.compile(r"(\w+)\s*[,;]?\s*(?:[a-c]|d)*?x")
    texts = ["hello wor ld, ab abcd x" * 2 + last for last in WIDTHS]
    return lambda: [pattern.findall(text) for text in texts]


def _texts() -> Run:
    codecs = import_module("_codecs")
    pairs = (codecs.utf_16_encode, codecs.utf_16_decode), (codecs.utf_32_encode, codecs.utf_32_decode)
    texts = ["The quick brown fox; jumps over, the lazy dog.\nAnd runs\taway " * 6 + last for last in WIDTHS]
    calls: list[Callable[[str], Any]] = [
        lambda text: (text.find("dogs"), text.count("the"), text.rfind("zz"), text.startswith("The"), text == text[1:]),
        lambda text: (text.replace("the", "a"), text.replace("o", "uu"), text.translate({97: "b", 98: None})),
        lambda text: (text.split(), text.rsplit(None, 2), text.split(", "), text.rsplit(", "), text.splitlines()),
        lambda text: (text.partition("lazy"), text.rpartition("q"), text.strip(), text.center(500), text.expandtabs()),
        lambda text: (text.title(), text.swapcase(), text.casefold(), text.upper(), text.lower(), text.isalnum()),
        lambda text: (text.encode().decode(), [decode(encode(text)[0]) for encode, decode in pairs]),
        lambda text: (ascii(text), repr(text), sorted(text), "-".join(text[:50]), text.encode("ascii", "replace")),
    ]
    return lambda: [call(text) for text in texts for call in calls]


def _numbers() -> Run:
    math = import_module("math")
    large, larger = 3**1500, 7**600
    return lambda: (
        [float(repr(float("1.2345678901234567e100"))) for _ in range(20)],
        [f"{1.5:>10.3f}{12:,}{3:x}" + "%s %d %r %5.2f" % ("a", 1, "b", 2.5) for _ in range(10)],  # noqa: UP031
        (large * larger) // larger == int(str(large)) == int(hex(large), 16),
        pow(3, 12345678901234567890, 98765432109876543211),
        (math.gcd(large, larger), math.isqrt(large), math.comb(200, 80), math.factorial(120), math.fsum([0.1] * 50)),
        (math.lgamma(5.5), math.erf(0.5), math.dist([1, 2], [3, 4]), complex(1, 2) ** 3, 1e300 % 3.3),
    )


def _characters() -> Run:
    unicodedata = import_module("unicodedata")
    text = "\u00e9\u0130a\u0301" * 20
    return lambda: unicodedata.normalize("NFC", unicodedata.normalize("NFKD", text))


def _codecs() -> Run:
    text = "\u65e5\u672c\u8a9e abc \u4e2d\u6587" * 20
    names = {
        "_codecs_cn": ("gb2312", "gbk", "gb18030", "hz"),
        "_codecs_jp": ("shift_jis", "cp932", "euc_jp", "euc_jisx0213", "shift_jisx0213", "euc_jis_2004"),
        "_codecs_kr": ("euc_kr", "cp949", "johab"),
        "_codecs_tw": ("big5", "cp950"),
    }
    codecs = [import_module(module).getcodec(name) for module, several in names.items() for name in several]
    return lambda: [codec.decode(codec.encode(text, "replace")[0], "replace") for codec in codecs]


def _binary() -> Run:
    binascii, zlib = import_module("binascii"), import_module("zlib")
    data, text = bytes(range(256)) * 4, b"hello world, this is text. " * 200
    return lambda: (
        binascii.a2b_base64(binascii.b2a_base64(data)),
        binascii.a2b_hex(binascii.b2a_hex(data)),
        binascii.a2b_qp(binascii.b2a_qp(data)),
        zlib.decompress(zlib.compress(text, 1)),
    )


def _tables() -> Run:
    db = import_module("_sqlite3").connect(":memory:")
    db.execute("create table t (a integer primary key, b text, c real)")
    insert = "insert into t (b, c) values (?, ?)"
    select = "select a, c * 2, upper(b), printf('%d %s %f', a, b, c) from t where a > 3 and b like 'x%' order by c desc"
    return lambda: (db.execute(insert, ("x" * 20, 1.5)), db.execute(f"{select} limit 20").fetchall())


# Memory that is taken once stays with the page: each of these is told to do with little.


def _lzma() -> Run:
    lzma = import_module("_lzma")
    data = bytes(range(256)) * 6
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 4096}]

    def run() -> object:
        packer = lzma.LZMACompressor(lzma.FORMAT_RAW, filters=filters)
        unpacker = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters)
        return unpacker.decompress(packer.compress(data) + packer.flush())

    return run


def _zstd() -> Run:
    zstd = import_module("_zstd")
    data = bytes(range(256)) * 10
    window_log, hash_log, chain_log = 101, 102, 103
    options = {window_log: 10, hash_log: 6, chain_log: 6}
    whole = 2
    return lambda: zstd.ZstdDecompressor().decompress(zstd.ZstdCompressor(options=options).compress(data, whole))


def _bz2() -> Run:
    bz2 = import_module("_bz2")
    data = bytes(range(256)) * 10

    def run() -> object:
        packer = bz2.BZ2Compressor(1)
        return packer.compress(data) + packer.flush()

    return run


#: A last character for each of the widths that texts have: much of the interpreter is there three times.
WIDTHS = ("", "\u0100", "\U00010000")

#: Each takes a millisecond or so; with how often it is run, for V8 counts instructions.
EXERCISES: tuple[tuple[Callable[[], Run], int], ...] = (
    (_xml, 240),
    (_zstd, 120),
    (_hashes, 60),
    (_lzma, 40),
    (_texts, 100),
    (_patterns, 120),
    (_bz2, 12),
    (_numbers, 200),
    (_binary, 120),
    (_codecs, 120),
    (_tables, 80),
    (_characters, 240),
)
