"""Figure 6 of Greydanus & Kobak 2024 and its notebook: protocol and numbers; the other papers."""

FIGURE = "Greydanus & Kobak 2024, Figure 6"
MACLAURIN = "Maclaurin et al. 2015"
WU = "Wu et al. 2018, arXiv:1803.02021"

HORIZON = 200  # inner steps
HIDDEN, BATCH = 50, 50
STARTS = (1.5, 0.15)  # first learning rates
OUTER_STEPS, OUTER_RATE = 50, 0.3  # of plain gradient descent on the rate

OPTIMUM, DIGIT = 0.62, 0.01  # of the paper; its last digit is also the runs' distance there
PRINTED = 48  # the last outer step whose rate the notebook prints
TARGETS = {1.5: 0.6243, 0.15: 0.6203}  # printed rates, by start
OBJECTIVE = 1.716  # mean training loss there, nats
