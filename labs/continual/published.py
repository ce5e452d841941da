"""Numbers that were written down before the run: the specification's, and those of others."""

FORGOTTEN = 0.05  # percent: what rounds to the 0.000 of accuracy that is left of old tasks
TIE = 1.5  # points: smaller differences are a tie, by the rules of the harness
CHANCE_OF_NAME = 20.0  # percent, of five
HALF = 50.0  # percent: chance of two answers
PAIRS_OF_COLUMNS = 10  # k (k - 1) / 2 of five
TAUGHT = {"domains": 55.0, "permutations": 55.0, "classes": 75.0}  # half of the way from chance
LEARNED = 85.0  # percent of clean digits that a base reads
STEPS, EXAMPLES, BATCH, BASE_STEPS = 300, 1500, 16, 500  # that levels are about
