"""The engine: a self-hosted server of the Lookout for Equipment wire protocol."""

import os

# Parallel are workers, threads of a worker and portions of a training. The threads that BLAS adds on its own wait for
# each other in busy loops: on a machine with other work the matrices of a detector take twenty times as long with them.
for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")  # before anybody imports numpy
