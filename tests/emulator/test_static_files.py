"""Static files travel compressed where the client takes it, and are kept for ever where the address says their hash."""

from __future__ import annotations

import base64
import gzip
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from pyconvo.testing import Emulator

CONTENT = b"const answer = 42;\n" * 50


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.mjs").write_bytes(CONTENT)
    (tmp_path / "a.mjs.gz").write_bytes(gzip.compress(CONTENT))
    (tmp_path / "a.mjs.br").write_bytes(b"as if by brotli")
    return tmp_path


@pytest.fixture
def site(folder: Path) -> Iterator[str]:
    with Emulator(mounts=(("/dist", str(folder)),)) as running:
        yield f"{running.url}/dist"


def get(url: str, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.get(url, headers=named, trust_env=False)


def travelled(url: str, accepted: str) -> tuple[bytes, httpx.Headers]:
    """The bytes before they are unpacked."""
    with httpx.stream("GET", url, headers={"accept-encoding": accepted}, trust_env=False) as answer:
        return b"".join(answer.iter_raw()), answer.headers


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("identity", None),
        ("br; q=0.0", None),
        ("", None),
    ],
)
def test_the_best_encoding_that_the_client_takes(site: str, folder: Path, accepted: str, encoding: str | None) -> None:
    content, headers = travelled(f"{site}/a.mjs", accepted)
    ending = {"br": ".br", "gzip": ".gz", None: ""}[encoding]
    assert content == (folder / f"a.mjs{ending}").read_bytes()
    assert headers.get("content-encoding") == encoding
    assert headers["content-type"] == "text/javascript; charset=utf-8"
    assert "accept-encoding" in headers["vary"]


def test_every_encoding_is_revalidated_as_itself(site: str) -> None:
    tags = {kind: get(f"{site}/a.mjs", accept_encoding=kind).headers["etag"] for kind in ("br", "gzip", "identity")}
    assert len(set(tags.values())) == 3
    for kind, tag in tags.items():
        assert get(f"{site}/a.mjs", accept_encoding=kind, if_none_match=tag).status_code == 304
    assert get(f"{site}/a.mjs", accept_encoding="br", if_none_match=tags["gzip"]).status_code == 200


def test_a_compressed_file_that_is_older_is_of_another_one(site: str, folder: Path) -> None:
    before = (folder / "a.mjs").stat().st_mtime - 10
    for ending in (".br", ".gz"):
        os.utime(folder / f"a.mjs{ending}", (before, before))
    assert "content-encoding" not in get(f"{site}/a.mjs", accept_encoding="br, gzip").headers


def test_only_an_address_with_the_right_hash_is_for_ever(site: str, folder: Path) -> None:
    def policy(query: str) -> str:
        return get(f"{site}/a.mjs{query}", accept_encoding="br").headers["cache-control"]

    tag = base64.urlsafe_b64encode(hashlib.sha384(CONTENT).digest()).decode()[:16]
    assert policy(f"?{tag}") == "public, max-age=31536000, immutable"
    for other in ("", "?", "?v=1", f"?{tag[::-1]}", f"?{tag[:8]}", f"?{tag}x"):
        assert policy(other) == "no-cache"
    (folder / "a.mjs").write_bytes(CONTENT + b"//")
    assert policy(f"?{tag}") == "no-cache"
