"""`python -m labs`: the command line of the labs (see `labs.kit.cli`)."""

import os
import sys

from labs import LABS
from labs.kit.places import HERE

# Python looks into the working folder first: somebody's own mnist1d or random.py is not ours.
if sys.path[0] == os.getcwd() != str(HERE):
    sys.path.append(sys.path.pop(0))

from labs.kit.cli import main

if __name__ == "__main__":
    sys.exit(main(LABS))
