"""Reads a browser's user agent string: which browser, which version, which system. Not responsible for asking it."""

from __future__ import annotations

import re
from typing import Any

#: Order matters: most browsers also claim to be Chrome, and all of them Safari.
_BROWSERS = (
    ("Microsoft Edge", r"Edg(?:e|A|iOS)?/([\d.]+)"),
    ("Opera", r"OPR/([\d.]+)"),
    ("Samsung Internet", r"SamsungBrowser/([\d.]+)"),
    ("Chrome Headless", r"HeadlessChrome/([\d.]+)"),
    ("Firefox", r"(?:Firefox|FxiOS)/([\d.]+)"),
    ("Chrome", r"(?:Chrome|CriOS|Chromium)/([\d.]+)"),
    ("Safari", r"Version/([\d.]+).*Safari/"),
)
_SYSTEMS = (
    ("Windows", r"Windows NT ([\d.]+)"),
    ("Android", r"Android ([\d.]+)"),
    ("iOS", r"(?:iPhone|CPU) OS ([\d_]+)"),
    ("OS X", r"Mac OS X ([\d_.]+)"),
    ("Chrome OS", r"CrOS \S+ ([\d.]+)"),
    ("Linux", r"(Linux)"),
)


def browser_metadata(user_agent: str) -> dict[str, Any]:
    """``env, envv, os, osv, osa`` for Twilsock's init; ``"unknown"`` for what the string does not tell."""
    env, env_version = _first(_BROWSERS, user_agent)
    system, system_version = _first(_SYSTEMS, user_agent)
    if system == "Linux":
        system_version = "unknown"
    is_64_bit = re.search(r"x86_64|x64|Win64|WOW64|amd64|arm64|aarch64|Mac OS X", user_agent) is not None
    return {
        "env": env,
        "envv": env_version,
        "os": system,
        "osv": system_version.replace("_", "."),
        "osa": 64 if is_64_bit else 32,
    }


def _first(table: tuple[tuple[str, str], ...], user_agent: str) -> tuple[str, str]:
    for name, pattern in table:
        if (match := re.search(pattern, user_agent)) is not None:
            return name, match[1]
    return "unknown", "unknown"
