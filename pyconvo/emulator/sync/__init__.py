"""Sync: documents, lists and maps with revisions and an event log, in SQLite. Knows no HTTP and no sockets."""
