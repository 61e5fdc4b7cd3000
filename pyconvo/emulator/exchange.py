"""The whole state as one JSON document, and back: every table there is, the clock, the sequence of identifiers.

Not kept: connections, faults, and the records of packets, webhooks and pushes. Not responsible for taking effect
(``Service.take_over``).
"""

from __future__ import annotations

import base64
import binascii
import re
import sqlite3
from typing import Any

from pyconvo.emulator.errors import TwilioError
from pyconvo.emulator.migrations import VERSION, migrate
from pyconvo.version import __version__

FORMAT = "pyconvo-emulator-state"
_STATEMENT = re.compile(r"CREATE (TABLE|INDEX|UNIQUE INDEX) ")


def write(db: sqlite3.Connection) -> dict[str, Any]:
    """The document, but for what is not in the database."""
    made = db.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type DESC, name")
    tables: dict[str, Any] = {}
    indexes: list[str] = []
    for kind, name, sql in made.fetchall():
        if kind == "index":
            indexes.append(sql)
        elif not name.startswith("sqlite_"):
            rows = db.execute(f'SELECT * FROM "{name}"')
            columns = [column[0] for column in rows.description]
            tables[name] = {"sql": sql, "columns": columns, "rows": [[_out(one) for one in row] for row in rows]}
    return {"format": FORMAT, "version": __version__, "schema": VERSION, "tables": tables, "indexes": indexes}


def read(document: Any) -> sqlite3.Connection:
    """A database in memory that holds what the document says, migrated. Raises :class:`TwilioError` (400)."""
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise _wrong(f"this is no state of the emulator: its format is not {FORMAT!r}")
    schema = document.get("schema")
    if not isinstance(schema, int) or not 1 <= schema <= VERSION:
        raise _wrong(f"the state is of schema {schema!r}, this emulator reads 1 to {VERSION}: use a newer one")
    db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    try:
        db.execute("BEGIN")
        for name, table in document["tables"].items():
            _statement(db, table["sql"])
            marks = ", ".join("?" * len(table["columns"]))
            names = ", ".join(_quoted(column) for column in table["columns"])
            rows = [[_in(one) for one in row] for row in table["rows"]]
            db.executemany(f"INSERT INTO {_quoted(name)} ({names}) VALUES ({marks})", rows)
        for sql in document["indexes"]:
            _statement(db, sql)
        if schema < VERSION:
            migrate(db, schema)
        db.execute(f"PRAGMA user_version = {VERSION}")
        db.execute("COMMIT")
    except (KeyError, TypeError, AttributeError, ValueError, sqlite3.Error) as error:
        db.close()
        raise _wrong(f"the state cannot be read: {error!r}") from error
    return db


def compare(db: sqlite3.Connection, present: sqlite3.Connection) -> None:
    """Raises :class:`TwilioError` (400) when a table of ``db`` has other columns than that of ``present``."""
    for name, columns in _columns(db).items():
        expected = _columns(present).get(name, columns)
        if columns != expected:
            raise _wrong(f"the state cannot be read: table {name} must have the columns {', '.join(sorted(expected))}")


def _columns(db: sqlite3.Connection) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    of_tables = "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
    for table, column in db.execute(of_tables):
        found.setdefault(table, set()).add(column)
    return found


def _statement(db: sqlite3.Connection, sql: Any) -> None:
    if not isinstance(sql, str) or not _STATEMENT.match(sql):
        raise ValueError("a table's sql must be its CREATE statement")
    db.execute(sql)


def _quoted(name: Any) -> str:
    if not isinstance(name, str) or not re.fullmatch(r"\w+", name):
        raise ValueError("names of tables and columns are words")
    return f'"{name}"'


def _out(value: Any) -> Any:
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def _in(value: Any) -> Any:
    if isinstance(value, dict):
        try:
            return base64.b64decode(value["base64"], validate=True)
        except binascii.Error as error:
            raise ValueError("base64") from error
    return value


def _wrong(text: str) -> TwilioError:
    return TwilioError(400, 20001, text)
