"""The official SDK, unmodified, in Node: it starts, survives a cut, a warned and an expired token, a refusal."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

import pytest

from pyconvo.testing import Emulator

HERE = Path(__file__).parent
SDK = HERE.parents[1] / "web" / "node_modules" / "@twilio" / "conversations"


async def test_the_official_sdk_lives_on_it(emulator: Emulator) -> None:
    node = shutil.which("node")
    if node is None or not SDK.is_dir():
        pytest.skip("needs Node and web/node_modules: python3 build.py makes both")
    script = str(HERE / "official_life.cjs")
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(node, script, str(SDK), emulator.url, stdout=pipe, stderr=pipe)
    try:
        async with asyncio.timeout(60):
            out, errors = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, errors.decode()
    assert dict(json.loads(line) for line in out.decode().splitlines()) == {
        "initialized": ["alice", "bob"],
        "sent": 0,
        "replayed": ["here", "away 0", "away 1", "away 2", "away 3", "away 4"],
        "expired": ["connected", "disconnected"],
        "renewed": "connected",
        "refused": {"terminal": True, "httpStatusCode": 401, "errorCode": 20101},
    }
