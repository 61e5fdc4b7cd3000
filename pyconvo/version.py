"""Versions: ours, and the one of the official SDK whose public behaviour we follow."""

__version__ = "0.1.0"

#: ``Client.version`` of the official JavaScript SDK that this release behaves like.
OFFICIAL_SDK_VERSION = "3.0.1"
