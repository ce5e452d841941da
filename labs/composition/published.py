"""What is said beforehand, as data.

The article [A] says in words what composes and how well; numbers are predictions [H] of this lab's
specification. Both were written before any run of this lab. Batch, test examples and what gates ask
for are this lab's own.
"""

EXAMPLES, STEPS, BASE_STEPS, BATCH = 1500, 300, 500, 16
LEARNED = 85  # percent, that a base must read in its own domain
# percent of clean signals, that a task's module must answer right; by chance 10, 50 and 25
TAUGHT = {"permuted": 70, "parity": 80, "quartile": 70}
NEAR = 10  # points between joint networks on what they learned and oracles, at most
USEFUL = 5  # points over the base that something must gain in the new domain
WIDE = 10  # points between task module and oracle, that admit a pair
ENOUGH = 6  # pairs that must be admitted
HEADED = ("parity", "quartile")  # tasks with a head of their own

FORETOLD = ("lora", "adapter")  # methods of which numbers were foretold
MOST = 0.5  # of the gap, that composed modules close
MISMATCHED = 0.1  # of the gap, that a wrong module closes at most

CONNECTED, SEPARATE = 2, 20  # points of accuracy, of barriers
OVER_BEST = -0.5  # points of a soup over the best of its networks, at least

SUMS = 0.8  # of their own accuracy, that sums of two keep
KNOWN = 75  # percent of reverse, that a network must read before it unlearns it
UNLEARNED, KEPT = 20, 0.95  # points that reverse falls, and the share of clean that stays

FUSION = 21_024  # numbers that AdapterFusion trains: 3 blocks of 3 d^2 + 2 d, d = 48
UNIFORM = 0.25  # attention's mass on one of four
ORDERED = 1e-6  # of a logit, that rounding leaves
