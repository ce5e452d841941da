"""One torch thread in every test, set before anything imports torch: the machine may be shared."""

import os

from hypothesis import settings

os.environ["OMP_NUM_THREADS"] = "1"
settings.register_profile("shared machine", deadline=None)
settings.load_profile("shared machine")
