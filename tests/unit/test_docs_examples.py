"""What ``docs/testing.md`` and the README show runs as written, in a project of its own that has the built wheel.

The interpreter's other packages (pytest, the emulator's needs) are those of the build: nothing is downloaded.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from pipeline import wheel
from pipeline.exclusive import exclusive
from pipeline.paths import ROOT

NAMED = re.compile(r"^```python\n# (\w+\.py)\n(.*?)^```$", re.M | re.S)
BLOCK = re.compile(r"^```python\n(import .*?)^```$", re.M | re.S)
WHERE = "import pyconvo\n\n\ndef pytest_report_header():\n    return pyconvo.__file__\n"


def test_the_examples_run_as_written(tmp_path: Path) -> None:
    files = dict(NAMED.findall((ROOT / "docs" / "testing.md").read_text(encoding="utf-8")))
    assert files.keys() == {"concierge.py", "test_concierge.py"}
    files["tea.py"], files["test_readme.py"] = BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    project, installed = tmp_path / "project", tmp_path / "installed"
    project.mkdir()
    for name, text in files.items():
        (project / name).write_text(text, encoding="utf-8")
    (project / "conftest.py").write_text(WHERE, encoding="utf-8")
    with exclusive():
        built = wheel.ensure()
    run("pip", "install", "--no-deps", "--no-index", "--quiet", "--target", str(installed), str(built), at=tmp_path)
    told = run("pytest", "-v", at=project, path=installed)
    assert str(installed) in told
    assert "4 passed" in told
    assert run("tea", at=project, path=installed) == "0 alice hello\n"


def run(*module: str, at: Path, path: Path | None = None) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    if path is not None:
        environment["PYTHONPATH"] = str(path)
    done = subprocess.run(
        [sys.executable, "-m", *module],
        cwd=at,
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
