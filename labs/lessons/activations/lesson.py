# %% [markdown]
# # Can gradient descent find its own nonlinearity?
#
# Between its layers a network bends every number by a fixed function, its *activation*. The usual
# one is ReLU: max(0, h). Greydanus and Kobak (2024, Figure 7) let gradient descent choose the
# function instead. Theirs is no usual one, and in networks trained from scratch for 301 steps it
# beat ReLU by over 5 points of test accuracy.
#
# You do the same here with a function made of straight pieces. Then you ask what they did not:
# is it still ahead when training goes on?

# %% tags=["setup"]
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import torch

from labs.course import check, data, require_seal, seal, start, steps

REPLICATE = 0
start("activations", replicate=REPLICATE, steps={"short": 300, "long": 2100})

# %% [markdown]
# ## Predict
#
# Write what you believe before anything runs. An interval is one that you would bet on 4 to 1.
#
# * `lead_short`: test accuracy with the learned function minus that with ReLU, in points, after 301
#   steps in fresh networks.
# * `lead_long`: the same after 2,000 steps, both at their best learning rate. (301 and 2,000 steps
#   are the lab's; yours will be 300 and 2,100.)
# * `shape`: starting from ReLU, the function that is learned "rises everywhere", "falls somewhere",
#   or "becomes a straight line".
# * `rank`: of seven activations in a convolutional net (ReLU, swish, ELU, softplus, tanh, sigmoid
#   and the learned one), the place of the learned one by training loss in the first pass over the
#   data. 1 is best.
#
# Replace all four answers by your own. The full lab is the judge.

# %% tags=["predict"]
seal(
    "activations",
    {"lead_short": (1, 10), "lead_long": (1, 12), "shape": "rises everywhere", "rank": (1, 4)},
)

# %% [markdown]
# ## Build
#
# ### 1. A function made of straight pieces
#
# The function is given by its values at some *knots*. Between two knots it is straight; beyond the
# outermost knots the last piece goes on. The values are what will be learned, so gradients must
# come back through your function: use torch from the first line to the last. `torch.searchsorted`
# finds the piece of every number.


# %% tags=["exercise:polyline"]
def polyline(x: torch.Tensor, knots: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    """Return the values at x of the polyline through (knots, values).

    x: any shape. knots (K,): ascending, not always at equal distances. values (K,). Returns the
    shape of x. Left of the first knot the first piece goes on, right of the last the last one.

    With knots [0, 1, 3] and values [0, 2, 3] the results at x = [0.5, 2, 5, -1] are
    [1, 2.5, 4, -2].
    """
    ### BEGIN SOLUTION
    right = torch.searchsorted(knots, x.detach()).clamp(1, len(knots) - 1)
    slopes = values.diff() / knots.diff()
    return values[right - 1] + slopes[right - 1] * (x - knots[right - 1])
    ### END SOLUTION


# %% tags=["check:polyline"]
check("activations.polyline", polyline)

# %% [markdown]
# ### 2. Bends cost something
#
# Few numbers fall near some knots, and there the values would follow noise. A small penalty on
# every change of slope keeps the function calm.


# %% tags=["exercise:curvature_penalty"]
def curvature_penalty(values: torch.Tensor, spacing: float) -> torch.Tensor:
    """Return the sum of the squared changes of slope at the inner knots, a tensor of one number.

    values (K,): at knots that all lie `spacing` apart. A piece's slope is the difference of its
    two values, divided by `spacing`.

    values [0, 0, 1, 2] and spacing 0.5: slopes 0, 2, 2, changes 2 and 0, and so 4.
    """
    ### BEGIN SOLUTION
    slopes = values.diff() / spacing
    return slopes.diff().square().sum()
    ### END SOLUTION


# %% tags=["check:curvature_penalty"]
check("activations.curvature_penalty", curvature_penalty)

# %% [markdown]
# ### 3. Hills and valleys
#
# ReLU never falls. To see whether the learned function does, find where it turns. Beware of flat
# stretches: ReLU has one, and no hill.


# %% tags=["exercise:extrema"]
def extrema(values: np.ndarray) -> list[int]:
    """Return the positions where values (K,) turn from rising to falling or from falling to rising.

    Hills and valleys count alike, the two ends never. A flat top or bottom counts once, at its
    first position; a flat stretch between two rises, or two falls, does not count.

    [0, 2, 2, 1, 3] gives [1, 3]; [0, 1, 1, 2] gives [].
    """
    ### BEGIN SOLUTION
    steps = np.sign(np.diff(values))
    moving = np.flatnonzero(steps)
    return [int(i) + 1 for i, j in pairwise(moving) if steps[i] != steps[j]]
    ### END SOLUTION


# %% tags=["check:extrema"]
check("activations.extrema", extrema)

# %% [markdown]
# ### 4. A fair learning rate for each
#
# ReLU and the learned function may want different learning rates. Each network picks its own, on
# *validation* data, which are neither trained nor tested on.


# %% tags=["exercise:best_rate"]
def best_rate(val: np.ndarray, test: np.ndarray) -> np.ndarray:
    """Return each network's test accuracy at its rate with the best validation accuracy, (M,).

    val, test (R, M): accuracy of M networks at R learning rates. Of equals the first rate counts.

    val [[50, 61], [60, 55]] and test [[52, 58], [57, 63]] give [57, 58].
    """
    ### BEGIN SOLUTION
    return test[val.argmax(axis=0), np.arange(val.shape[1])]
    ### END SOLUTION


# %% tags=["check:best_rate"]
check("activations.best_rate", best_rate)

# %% [markdown]
# ## Run
#
# First learn. Two networks of 128 hidden units share one function, which starts as ReLU. Four
# rounds: fresh networks each time, the function is kept. From step 100 of each round the function
# learns too.
#
# (The paper's gradient goes back through a whole training. Ours is the gradient of the loss at this
# step: cheaper.)

# %% tags=["run"]
from labs.nn.layers import Linear
from labs.nn.losses import cross_entropy
from labs.nn.nets import Net
from labs.nn.optimizer import Optimizer
from labs.nn.training import batch_indices, evaluate, fit

require_seal("activations")
own = data(n_train=8000, n_val=2000, n_test=4000)
x, x_val, x_test = (torch.from_numpy(part)[None] for part in (own.x, own.x_val, own.x_test))
y, y_val, y_test = (torch.from_numpy(part)[None] for part in (own.y, own.y_val, own.y_test))
SPACING = 0.5
KNOTS = torch.arange(-4, 4 + SPACING, SPACING)


class MLP(Net):
    """`members` networks 40-128-10 with the same activation."""

    def __init__(self, members: int, activation: Callable) -> None:
        super().__init__(members)
        self.activation = activation
        self.first, self.readout = Linear(members, 40, 128), Linear(members, 128, 10)

    def forward(self, h: torch.Tensor) -> torch.Tensor:
        return self.readout(self.activation(self.first(h)))


# %% tags=["run"]
def learn(values: torch.Tensor, penalty: float = 0.002) -> torch.Tensor:
    """Learn a function that starts with these values at the knots (K,); return its values."""
    values = values.clone().requires_grad_()
    outer = torch.optim.Adam([values], lr=0.01)
    for restart in range(4):
        seeds = [10_000 * REPLICATE + 10 * restart + m for m in range(2)]
        net = MLP(2, lambda h: polyline(h, KNOTS, values)).reset(seeds)
        inner = Optimizer(net, torch.optim.Adam, lr=0.01)
        orders = [torch.Generator().manual_seed(seed) for seed in seeds]
        for step, rows in enumerate(batch_indices(8000, 100, steps("short"), orders)):
            loss = cross_entropy(net(x[0, rows]), y[0, rows]).sum()
            (loss + penalty * curvature_penalty(values, SPACING)).backward()
            inner.step()
            if step >= steps("short") // 3:  # weights that have just started say little
                outer.step()
            outer.zero_grad()
    return values.detach()


values = learn(torch.relu(KNOTS))
turns = extrema(values.numpy())
print("it turns at", [f"{KNOTS[i]:.1f}" for i in turns])

# %% [markdown]
# Now judge. Fresh networks, two at each of three rates, train with each function, and we look every
# 300 steps. (About half a minute.)

# %% tags=["run"]
RATES, NETS = (0.003, 0.01, 0.03), 2


def judged(activation: Callable) -> list[float]:
    """Return the mean test accuracy in percent at the best rates, after every 300 steps."""
    seeds = [10_000 * REPLICATE + 5000 + m for m in range(NETS)] * len(RATES)
    net = MLP(len(seeds), activation).reset(seeds)
    rates = [rate for rate in RATES for _ in range(NETS)]
    orders = [torch.Generator().manual_seed(seed) for seed in seeds]
    optimizer = Optimizer(net, torch.optim.Adam, lr=rates)
    short, long = steps("short"), steps("long")
    curve = []
    for _ in fit(net, x, y, optimizer=optimizer, steps=long, every=short, shuffles=orders):
        scores = (evaluate(net, x_val, y_val), evaluate(net, x_test, y_test))
        val, test = (s.accuracy.view(len(RATES), NETS).numpy() for s in scores)
        curve.append(float(best_rate(val, test).mean()))
    return curve


with_relu = judged(torch.relu)
with_learned = judged(lambda h: polyline(h, KNOTS, values))

# %% [markdown]
# ## Look
#
# Left: does the learned function fall anywhere although h grows? Right: how wide is the gap at the
# beginning, and how wide at the end?

# %% tags=["look"]
from labs.course import contribute, figure, reveal, show

lead_short, lead_long = (with_learned[at] - with_relu[at] for at in (0, -1))
trained = steps("short") * np.arange(1, len(with_relu) + 1)

drawn, (left, right) = figure(2, width=4.6, height=3.6)
left.plot(KNOTS, torch.relu(KNOTS), "--", color="grey", label="ReLU, the start")
left.plot(KNOTS, values, "o-", color="C0", label="learned")
left.plot(KNOTS[turns], values[turns], "o", color="C1", markersize=10, label="it turns")
left.set_xlabel("h")
left.set_ylabel("f(h)")
right.plot(trained, with_relu, "s--", color="grey", label="ReLU")
right.plot(trained, with_learned, "o-", color="C0", label="learned")
right.set_xlabel("training steps")
right.set_xticks(trained[::2])
right.set_ylabel("test accuracy (%)")
for axes in (left, right):
    axes.legend()
show(
    drawn,
    f"One run. The learned function turns {len(turns)} times. In fresh networks, each at its best "
    f"rate, it leads ReLU by {lead_short:.1f} points after {trained[0]} steps and by "
    f"{lead_long:.1f} after {trained[-1]}.",
    name="own",
)

# %% [markdown]
# Hand in your numbers, then see how you predicted.

# %% tags=["look"]
contribute(
    "activations",
    lead_short=lead_short,
    lead_long=lead_long,
    shrinks=lead_short - lead_long,
    turns=len(turns),
)
reveal("activations")

# %% [markdown] tags=["explain:lead"]
# ## Explain
#
# ### Explain: lead
#
# How far was the learned function ahead after 300 steps and at the end, and how sure are you? (2
# sentences; with 4,000 test signals and two nets a lead is uncertain by about 2 points)
#
# <!-- BEGIN SOLUTION -->
# Over twelve runs it led by 4.5 to 7.2 points after 300 steps, and by -2.8 to 1.9 after 2,100. One
# run is uncertain by about 2 points, so the first lead is certain and the second may be zero.
# <!-- END SOLUTION -->

# %% [markdown] tags=["explain:cause"]
# ### Explain: cause
#
# What was the function trained to make small, and at which steps? How could that explain the two
# leads? (2 sentences)
#
# <!-- BEGIN SOLUTION -->
# It made the training loss of steps 100 to 300 small, so it was chosen for fast learning. With time
# ReLU arrives at about the same accuracy: likely the function buys speed, not a better network.
# <!-- END SOLUTION -->

# %% [markdown] tags=["explain:doubt"]
# ### Explain: doubt
#
# Is the published sentence wrong? What would you write instead? (1 or 2 sentences)
#
# <!-- BEGIN SOLUTION -->
# Under its protocol it holds. I would write that the learned function is ahead after 301 steps.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Vary
#
# Turn one knob: here the function starts as a straight line instead of ReLU. Write first what you
# expect, then run: has it the same shape, perhaps mirrored or moved? Other knobs: the penalty
# (0, or ten times as much), the distance of the knots.
#
# For longer: `python -m labs run activation --preset quick` trains the lab's own version, which
# differentiates through whole trainings, in some minutes.

# %% tags=["vary"]
EXPECTED = "it has the same shape"
from_a_line = learn(KNOTS)
print("expected:", EXPECTED)

drawn, (axes,) = figure()
axes.plot(KNOTS, values, "o-", color="C0", label="learned from ReLU")
axes.plot(KNOTS, from_a_line, "s-", color="C1", label="learned from a line")
axes.set_xlabel("h")
axes.set_ylabel("f(h)")
axes.legend()
show(
    drawn,
    f"Learned from ReLU the function turns {len(turns)} times, from a line "
    f"{len(extrema(from_a_line.numpy()))} times.",
    name="vary",
)
