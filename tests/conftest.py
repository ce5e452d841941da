"""One torch thread in every test, set before anything imports torch: the machine may be shared."""

import os

os.environ["OMP_NUM_THREADS"] = "1"
