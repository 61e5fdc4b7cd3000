"""What belongs to the account and not to one chat service: its configuration, and addresses that open conversations.

Kept in the database of the emulator's default chat service. Knows no HTTP.
"""

from pyconvo.emulator.account.account import Account

__all__ = ["Account"]
