"""The benchmarks are scripts and no package: here they are found by name."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
