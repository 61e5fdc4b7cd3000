"""What the README names is there: files, attributes of the tag, options of the commands."""

from __future__ import annotations

import re
import subprocess
import sys

from pipeline.paths import ROOT

TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_link_leads_somewhere() -> None:
    targets = re.findall(r"\]\(([^)]+)\)", TEXT)
    anchors = {
        "#" + re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in re.findall(r"^#+ (.*)$", TEXT, re.M)
    }
    for target in targets:
        if target.startswith("#"):
            assert target in anchors
        elif not target.startswith("https://"):
            assert (ROOT / target).is_file(), target


def test_every_attribute_of_the_tag() -> None:
    read = (ROOT / "web" / "src" / "boot" / "settings.ts").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(data-[a-z]+)", TEXT, re.M)) == set(
        re.findall(r'getAttribute\("(data-[a-z]+)"\)', read)
    )


def test_every_option_of_the_commands() -> None:
    rows = re.findall(r"^\| `python3 build\.py (\w+)([^`]*)`", TEXT, re.M)
    assert {command for command, _ in rows} == {"serve", "test", "build", "bench", "check"}
    for command, options in rows:
        shown = subprocess.run(
            [sys.executable, "build.py", command, "--help"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        assert {option for option in re.findall(r"--[a-z-]+", options) if option not in shown} == set(), command
