"""Read one calendar from stdin and write what is in it as JSON; then be gone.

It takes the zone, the moment, and how many seconds and megabytes it may use.
"""

import json
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

from .bounds import bound
from .reader import read
from .refusals import Unreadable

TOO_LARGE = (
    "It takes too much memory to read this calendar. Export only the events that are "
    "still to come."
)


def main() -> None:
    zone, now, seconds, megabytes = sys.argv[1:]
    bound(int(seconds), int(megabytes))
    content = sys.stdin.buffer.read()
    try:
        told = read(content, ZoneInfo(zone), datetime.fromisoformat(now))
    except Unreadable as unreadable:
        told = {"refused": str(unreadable)}
    except MemoryError:
        told = {"refused": TOO_LARGE}
    json.dump(told, sys.stdout)


main()
