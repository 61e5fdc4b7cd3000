"""Webhooks of the emulator: settings, requests before and after events (really sent over HTTP), and their record."""

from pyconvo.emulator.webhooks.engine import Webhooks

__all__ = ["Webhooks"]
