"""What is said beforehand, as data.

The article [A] has a table of signs and no numbers; numbers are predictions [H], or were computed
from the base's sizes; both before any run of this lab.
"""

MANY, FEW = 1500, 100  # training examples
STEPS, BASE_STEPS, BATCH = 300, 500, 16
LEARNED = 85  # percent, that a base must read in its own domain
CEILING, GAP = 75, 25  # percent and points: what a domain must offer to be in the tables
ENOUGH = 3  # domains that must offer it
CHEAP = 4  # percent of the base's parameters, that a cheap module has at most
TAUGHT = 0.3  # of the gap, that a method closes if it learns at all
REACHED = 0.8  # of the gap, that a module closes if it does
MOST_OF_IT = 0.9  # of the gap, by which an intrinsic dimension is told

# The article's table of computation functions [A]: by row of `methods.ROWS` and column
COLUMNS = ("parameters", "training", "inference", "performance")
SIGNS = {
    "parameter": dict(zip(COLUMNS, ("+", "-", "++", "+"), strict=True)),
    "input": dict(zip(COLUMNS, ("++", "--", "--", "-"), strict=True)),
    "function": dict(zip(COLUMNS, ("-", "+", "-", "++"), strict=True)),
}
WORTH = {"--": -2, "-": -1, "+": 1, "++": 2}

# Numbers that train and ship, on the base of published sizes; "metadata" is the hypernetwork
TRAINED = {
    "full": 66346,
    "head": 490,
    "bitfit": 1424,
    "norms": 672,
    "lt-sft": 1327,
    "diff": 1327,
    "intrinsic": 200,
    "lora": 1152,
    "lora-all": 2016,
    "prompt": 240,
    "prompt-20": 960,
    "prefix": 1440,
    "prefix-20": 5760,
    "adapter": 1308,
    "parallel": 1308,
    "ia3": 576,
    "film": 576,
    "metadata": 14892,
}
# Products of a signal before merging, of the base's, on the base of published sizes
MACS = {
    "lora": 1.017,
    "lora-all": 1.029,
    "prompt": 1.247,
    "prompt-20": 2.051,
    "prefix": 1.021,
    "prefix-20": 1.083,
    "adapter": 1.017,
    "parallel": 1.017,
    "ia3": 1.008,  # with its products by element, which `costs` does not count
    "film": 1.008,
}
# The same as claims state it, and half a unit of the last digit
PRODUCTS = {
    "adapter": (1.017, 0.0005),
    "prefix": (1.021, 0.0005),
    "prompt": (1.247, 0.0005),
    "prompt-20": (2.05, 0.005),
}
STEP_RATIO = (0.67, 1.2)  # of a step, to one of full fine-tuning
TWICE = 1.8  # cost of two runs, to that of one
DIMENSION = (100, 1000)  # the guess of an intrinsic dimension
