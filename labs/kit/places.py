"""Where things lie: in a checkout the references stand beside `labs`, in a wheel inside of it."""

from pathlib import Path

LABS = Path(__file__).parents[1]
HERE = LABS.parent  # the root of a checkout or an unpacked source distribution
FIGURES = LABS / "figures" if (LABS / "figures").is_dir() else HERE / "figures"
