"""A process that appends to a stream again and again, for test_streams.py: URL, stream, who, how often."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from infra.db.session import Database
from infra.events.events import Name
from infra.events.streams import Stream


def main() -> None:
    """Append so often, each time in a transaction of its own."""
    url, name, who, count = sys.argv[1:]
    stream, database = Stream(name, "room"), Database(url, busy_timeout_s=60)
    sys.stdin.readline()  # all begin at once
    for _ in range(int(count)):
        with database.write() as session:
            stream.append(
                session, Name.GALLERY_POSTER_REMOVED, who, lambda seq: {"seq": seq, "id": who}, datetime.now(UTC)
            )
    database.close()


main()
