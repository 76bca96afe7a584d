"""Types of the arrays that the rooms hand to each other; shapes stand where they are used."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
"""Sound, probabilities, weights."""
Doubles = npt.NDArray[np.float64]
"""Times in seconds, and what is summed or fitted."""
Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
