#!/usr/bin/env python3
"""Follows feedmill's store and takes every change over exactly once.

usage: follow.py STORE OWN [--follow]

Keeps a copy of the present articles in the database OWN; put your own work in place of
`apply`. docs/consumers.md says what is guaranteed. Needs nothing but Python 3.8 or later.
"""

import argparse
import contextlib
import pathlib
import sqlite3
import sys
import time

BATCH = 500  # changes in one transaction: the store's log cannot be cut back during one
KEPT = 100_000  # changes remembered: a backup that is older than these makes us begin anew
PAUSE = 2.0  # seconds between two looks

TABLES = """
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS articles (
  id INTEGER PRIMARY KEY, revision INTEGER, title TEXT, text TEXT, url TEXT, story_id INTEGER);
CREATE TABLE IF NOT EXISTS place (id INTEGER PRIMARY KEY CHECK (id = 1), cursor INTEGER NOT NULL);
INSERT OR IGNORE INTO place VALUES (1, 0);
CREATE TABLE IF NOT EXISTS seen (
  cursor INTEGER PRIMARY KEY, article_id INTEGER, revision INTEGER, kind TEXT, at TEXT);
COMMIT;
"""

# A remembered change that the store does not have: then it is not the store that we followed.
IS_LOST = """NOT EXISTS (SELECT 1 FROM store.v1_changes AS c WHERE c.cursor = seen.cursor
  AND (c.article_id, c.revision, c.kind, c.at)
    = (seen.article_id, seen.revision, seen.kind, seen.at))"""


def open_both(store, own):
    """Our own database, to be written, with the store beside it, to be read only."""
    both = sqlite3.connect(own, isolation_level=None, uri=True)
    both.executescript(TABLES)
    both.execute("ATTACH ? AS store", (pathlib.Path(store).absolute().as_uri() + "?mode=ro",))
    if both.execute("PRAGMA store.application_id").fetchone() != (0x464D494C,):
        raise sqlite3.DatabaseError(f"{store} is no store of feedmill")
    return both


def apply(both, article_id, kind):
    """Deals with one change; whatever it writes must go to our own database.

    The store may be ahead of the change: it has the article as it is now, or no longer. So the
    kinds need no cases of their own, and one that is added later will not be missed.
    """
    both.execute("DELETE FROM articles WHERE id = ?", (article_id,))
    if kind != "pruned":
        both.execute(
            "INSERT INTO articles SELECT id, revision, title, text, url, story_id"
            " FROM store.v1_articles WHERE id = ?", (article_id,))


def step_back(both):
    """Undoes what we took over from a store that was replaced by a backup of it.

    A restored backup lacks the latest changes that we have seen, and gives the ids of their
    articles to others. What both agree on stands below the first change that it lacks.
    """
    last = f"SELECT 1 FROM seen WHERE cursor = (SELECT cursor FROM place) AND {IS_LOST}"
    if both.execute(last).fetchone() is None:
        return 0
    first_lost, = both.execute(f"SELECT min(cursor) FROM seen WHERE {IS_LOST}").fetchone()
    lost = both.execute(
        "SELECT cursor, article_id FROM seen WHERE cursor >= ?", (first_lost,)).fetchall()
    both.execute("DELETE FROM seen WHERE cursor >= ?", (first_lost,))
    both.execute("UPDATE place SET cursor = coalesce((SELECT max(cursor) FROM seen), 0)")
    for article_id in {article_id for _, article_id in lost}:
        apply(both, article_id, "restored")
    # Nothing that we remember is agreed on: everything comes again from the first change.
    both.execute("DELETE FROM articles WHERE NOT EXISTS (SELECT 1 FROM seen)")
    return len(lost)


def take_over(both):
    """Takes over a batch, in one transaction with our place; how many changes it had."""
    both.execute("BEGIN IMMEDIATE")
    try:
        n_lost = step_back(both)
        changes = both.execute(
            "SELECT cursor, article_id, revision, kind, at FROM store.v1_changes"
            " WHERE cursor > (SELECT cursor FROM place) ORDER BY cursor LIMIT ?",
            (BATCH,)).fetchall()
        for change in changes:
            cursor, article_id, _, kind, _ = change
            apply(both, article_id, kind)
            both.execute("INSERT INTO seen VALUES (?, ?, ?, ?, ?)", change)
            both.execute("UPDATE place SET cursor = ?", (cursor,))
        both.execute(
            "DELETE FROM seen WHERE cursor <="
            " (SELECT cursor FROM seen ORDER BY cursor DESC LIMIT 1 OFFSET ?)", (KEPT,))
        both.execute("COMMIT")
    except BaseException:
        if both.in_transaction:
            both.execute("ROLLBACK")
        raise
    if n_lost:
        print(f"the store was replaced: {n_lost} changes undone", file=sys.stderr)
    return len(changes)


def one_pass(store, own):
    """Takes over all there is. Opens the store anew: a restored backup is another file."""
    n_taken = 0
    with contextlib.closing(open_both(store, own)) as both:
        while n_new := take_over(both):
            n_taken += n_new
    return n_taken


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("store", help="feedmill.db, opened read-only")
    parser.add_argument("own", help="our own database, made if it is not there")
    parser.add_argument("--follow", action="store_true", help="go on until interrupted")
    arguments = parser.parse_args()
    while True:
        try:
            print(f"{one_pass(arguments.store, arguments.own)} changes taken over", flush=True)
        except sqlite3.Error as error:
            # Locked, or just being restored: nothing of the batch was kept, it comes again.
            print(f"error: {error}", file=sys.stderr)
            if not arguments.follow:
                return 1
        if not arguments.follow:
            return 0
        time.sleep(PAUSE)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
