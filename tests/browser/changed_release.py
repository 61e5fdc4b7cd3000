"""A release with one runtime file changed, whose script has been told that it is the right one."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from origins import Origin, Script

SCRIPT = "pyconvo.min.js"


@contextlib.contextmanager
def changed(release: Path, folder: Path, name: str, change: Callable[[bytes], bytes]) -> Iterator[Script]:
    """``name``: of the runtime file; ``folder``: a new one, for the copy."""
    shutil.copytree(release, folder)
    file = folder / "runtime" / name
    content = file.read_bytes()
    made = change(content)
    assert made != content
    file.write_bytes(made)
    text = (folder / SCRIPT).read_text(encoding="utf-8")
    for old, new in zip(_entry(content), _entry(made), strict=True):
        assert old in text
        text = text.replace(old, new)
    (folder / SCRIPT).write_text(text, encoding="utf-8")
    with served(folder) as script:
        yield script


@contextlib.contextmanager
def served(release: Path) -> Iterator[Script]:
    """On an origin of its own, with the hash of the script that is there."""
    with Origin(release) as origin:
        yield Script(origin, f"sha384-{_base64(hashlib.sha384((release / SCRIPT).read_bytes()))}")


def replaced(old: str, new: str) -> Callable[[bytes], bytes]:
    """A change of a text that is there once."""

    def change(content: bytes) -> bytes:
        assert content.count(old.encode()) == 1, f"not once in there: {old}"
        return content.replace(old.encode(), new.encode())

    return change


def _entry(data: bytes) -> list[str]:
    """What the script knows of a file: the browser's hash, that of the hashes of each MiB, the length."""
    parts = [hashlib.sha256(data[start : start + 2**20]).digest() for start in range(0, len(data), 2**20)]
    return [_base64(hashlib.sha384(data)), _base64(hashlib.sha256(b"".join(parts))), f"bytes:{len(data)}"]


def _base64(digest: hashlib._Hash) -> str:
    return base64.b64encode(digest.digest()).decode()
