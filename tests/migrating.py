"""Workers of one run share one migrated database: the first makes it, the others copy it (SQLite only).

Who comes second waits for the first, so `in_good_order` gives it tests meanwhile that need no database.
"""

import fcntl
import sqlite3
from contextlib import closing

from django.core.management.commands.migrate import Command
from django.db import connections


def migrate_once(patch, folder):
    """Let the first worker that migrates keep what it made in this folder, and the others take that."""
    migrate = Command.handle

    def migrate_or_copy(command, *arguments, database, **options):
        connection = connections[database]
        if connection.vendor != "sqlite":
            migrate(command, *arguments, database=database, **options)
            return
        connection.ensure_connection()
        made = folder / f"migrated-{database}.sqlite3"
        with (folder / "migrating").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            is_first = not made.exists()
            if is_first:
                migrate(command, *arguments, database=database, **options)
            with closing(sqlite3.connect(made)) as kept:
                source, target = (connection.connection, kept)[:: 1 if is_first else -1]
                source.backup(target)

    patch.setattr(Command, "handle", migrate_or_copy)


def in_good_order(items, needs_database, workers):
    """Return the tests with the first worker's share of those on the database first, then those without.

    xdist hands out a quarter of an even share to each worker at the start, in the order of the tests.
    """
    on_database = [item for item in items if needs_database(item)]
    without = [item for item in items if not needs_database(item)]
    share = len(items) // (4 * workers)
    return on_database[:share] + without + on_database[share:]
