"""The facade in Node, over the real bridge and client in a Python process, against the emulator. No browser."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pyconvo.testing import Emulator

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "web"
ESBUILD = WEB / "node_modules" / ".bin" / "esbuild"

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None or not ESBUILD.exists(),
    reason="needs Node and web/node_modules: build.py installs them",
)


@pytest.mark.parametrize("scenario", sorted((WEB / "test" / "end-to-end").glob("chat*.ts")), ids=lambda path: path.stem)
def test_scenario(scenario: Path, tmp_path: Path) -> None:
    bundle = tmp_path / f"{scenario.stem}.mjs"
    subprocess.run(
        [
            ESBUILD,
            scenario,
            "--bundle",
            "--platform=node",
            "--format=esm",
            f"--outfile={bundle}",
            "--log-level=warning",
        ],
        cwd=WEB,
        check=True,
    )
    core = [sys.executable, str(Path(__file__).with_name("bridge_stdio.py"))]
    with Emulator() as emulator:
        done = subprocess.run(
            ["node", "--expose-gc", "--test-reporter=tap", bundle],
            env=os.environ | {"EMULATOR": emulator.url, "CORE": json.dumps(core)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
