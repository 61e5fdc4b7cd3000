"""The Twilsock door: sockets, logins, tunnelled requests, notifications. Knows nothing of Conversations."""
