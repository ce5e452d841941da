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
RATES = {  # the rate by start and outer step
    1.5: {
        **{3: 1.259, 6: 1.044, 9: 0.911, 12: 0.821, 18: 0.721, 27: 0.659, 39: 0.631},
        PRINTED: 0.6243,
    },
    0.15: {**{3: 0.491, 6: 0.541, 9: 0.569, 12: 0.597, 15: 0.615}, PRINTED: 0.6203},
}
TARGETS = {start: rates[PRINTED] for start, rates in RATES.items()}
OBJECTIVE = 1.716  # mean training loss there, nats
LAST = {1.5: 1.505, 0.15: 1.506}  # loss of the last training step there, nats, by start
LOWEST = {1.5: 1.4842}  # the lowest such loss of all outer steps
