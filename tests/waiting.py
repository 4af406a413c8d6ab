"""For tests of processes: ports that are free, waiting until something is so, and the
end of a server."""

import socket
import time
from collections.abc import Callable
from functools import partial
from threading import Thread
from typing import Any, TypeVar

from waitress import wasyncore

T = TypeVar("T")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(what: Callable[[], T], seconds: float = 60) -> T:
    """Ask again and again; give the first answer that is anything."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.1)
    raise AssertionError(f"not so within {seconds} s: {what}")


def stop(server: Any, thread: Thread) -> None:
    """Stop a waitress server within its own loop.

    Closed from another thread its sockets would go while the loop looks at them: now and
    then that fails in the loop, and what is open then disturbs the tests that follow.
    """
    close = partial(wasyncore.close_all, server._map, ignore_all=True)
    server.trigger.pull_trigger(close)
    thread.join(10)
    server.task_dispatcher.shutdown()
