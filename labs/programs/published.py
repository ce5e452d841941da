"""What is said beforehand, as data: the survey tells directions in words; FEW and TIMES are
predictions of this lab's specification, written before any run. What gates and tolerances ask for
is this lab's own."""

FEW = 5.0  # percent of relative error, foretold for modules
TIMES = 10  # by which the monolith was foretold to be worse
ADDING = 0.42  # octaves per step that errors which only add up bend, from length 1 to 5
LEARNED = 10.0  # percent of relative error on programs that train, at most, to count as learned
POINTS = 5.0  # above a guess that a network told pairs must be, to count as having learned
CHANCE = 12.5  # percent, of one of 8 symbols
