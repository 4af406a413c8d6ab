"""The arrays that are handed about, each under one name."""

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float32]  # of words: half the memory
Values = NDArray[np.float64]  # what people gain
