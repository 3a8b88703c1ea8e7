"""What passes over training data hand on."""

import numpy as np

Numbers = dict[str, np.ndarray]
"""Named arrays that `numpy.savez` writes without pickle; a single number is an array without dimensions."""
