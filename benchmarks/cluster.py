"""The same round on a Dask cluster of two workers on this machine.

    python benchmarks/cluster.py

What is shared out is the benefit of the candidates, the part of a round that grows
most with what people write; the rest is one process's. Workers hold the profiles once;
they are sent there before the clock starts, as in a cluster that stays up. Counts as
shown when the pairs are the same as without a cluster.
"""

import time

import joblib
from dask.distributed import Client, LocalCluster
from rounds import history, people, stages

from matchmaker.matching import propose, warm_up

PEOPLE = 5_000


def run() -> list[tuple[str, str, str]]:
    """Rows of what, on the cluster, and in one process."""
    warm_up()
    members, was = people(PEOPLE), history(PEOPLE)
    propose(members[:300])
    alone, spent_alone, plan = _timed(members, was)
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as both,
        Client(both),
        joblib.parallel_config("dask"),
    ):
        propose(members[:300])
        shared, spent, same = _timed(members, was)
    rows = [
        (f"round of {PEOPLE:,} people", f"{shared:.2f} s", f"{alone:.2f} s alone"),
        ("same introductions", "yes" if plan == same else "NO", "yes"),
    ]
    for what, seconds in spent.items():
        rows.append(
            (f"  {what}", f"{seconds:.2f} s", f"{spent_alone[what]:.2f} s alone")
        )
    return rows


def _timed(members, was):
    with stages() as spent:
        start = time.perf_counter()
        plan = propose(members, was)
        return time.perf_counter() - start, spent, plan


def main() -> None:
    for what, ours, beside in run():
        print(f"{what:32} {ours:>10}   {beside}")


if __name__ == "__main__":
    main()
