"""Runs the web side's own tests (``web/test/*.test.ts``) in Node: bundled by esbuild, no browser, no network."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[2] / "web"
ESBUILD = WEB / "node_modules" / ".bin" / "esbuild"

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None or not ESBUILD.exists(),
    reason="needs Node and web/node_modules: build.py installs them",
)


@pytest.mark.parametrize("source", sorted((WEB / "test").glob("*.test.ts")), ids=lambda path: path.name)
def test_in_node(source: Path, tmp_path: Path) -> None:
    bundle = tmp_path / f"{source.stem}.mjs"
    subprocess.run(
        [ESBUILD, source, "--bundle", "--platform=node", "--format=esm", f"--outfile={bundle}", "--log-level=warning"],
        cwd=WEB,
        check=True,
    )
    done = subprocess.run(
        # What Node before 22 has only on request.
        ["node", "--expose-gc", "--experimental-websocket", "--test-reporter=tap", bundle],
        env={**os.environ, "PYCONVO_TEST_PYTHON": sys.executable},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
