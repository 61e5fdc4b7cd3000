"""Twilsock: HTTP requests, notifications and session control in packets over one WebSocket.

Knows nothing of Sync or Conversations, opens no socket itself (a host does) and reads no clock.
"""
