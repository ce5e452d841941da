"""`python -m labs`: the command line of the labs (see `labs.kit.cli`)."""

import sys

from labs import LABS
from labs.kit.cli import main

if __name__ == "__main__":
    sys.exit(main(LABS))
