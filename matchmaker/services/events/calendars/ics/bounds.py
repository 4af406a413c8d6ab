"""What the reader's process may use of the machine."""

from contextlib import suppress


def bound(seconds: int, megabytes: int) -> None:
    """Let the system end this process where it takes too much."""
    try:
        import resource
    except ImportError:  # Windows: whoever started it looks at the clock
        return
    for limit, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, megabytes * 1024 * 1024),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        with suppress(OSError, ValueError):  # not every system has each
            resource.setrlimit(limit, (most, most))
