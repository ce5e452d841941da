"""What is said beforehand, as data.

The paper (Parascandolo et al. 2018, arXiv:1712.00961) says in words what competition brings; the
numbers are predictions of this lab's specification, written before any run.
"""

RECOVERED = 0.9  # of a mechanism's signals that its own expert wins, on the mean
READ = 0.8  # of the classifier's clean accuracy, that it reaches on what experts give back
COLLAPSED = 0.9  # of all signals that one expert wins, at least, where experts have collapsed
LEARNED = 80  # percent of clean signals that a classifier must read
APART = 75  # percent right, that a critic must tell clean signals from changed ones at the start
STEPS = 3000  # of this lab's own protocol, that levels are about
IDLE = 0.02  # of all signals: an expert that wins fewer is idle
