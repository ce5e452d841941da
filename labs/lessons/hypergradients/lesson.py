# %% [markdown]
# # Can gradient descent find its own learning rate?
#
# Gradient descent tunes the weights, and somebody must tune the *learning rate*, the length of its
# steps. But training is itself a formula: first weights and a learning rate go in, and the mean
# loss of all its steps comes out. Whatever is a formula has a derivative. So train, ask by how much
# a slightly larger rate would have changed the loss, change the rate, and train again.
#
# That derivative is called a *hyper-gradient*. Greydanus and Kobak (2024, Figure 6) tuned the rate
# by it on MNIST-1D. Today you do the same with your own data set.

# %% tags=["setup"]
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from matplotlib.ticker import FixedLocator, NullLocator

from labs.course import (
    check,
    contribute,
    data,
    figure,
    require_seal,
    reveal,
    seal,
    show,
    start,
    steps,
)
from labs.nn.nets import MLP

REPLICATE = 0
start("hypergradients", replicate=REPLICATE, steps={"short": 50, "long": 200, "vary": 800})

# %% [markdown]
# ## Predict
#
# A network of 50 units trains for 200 steps, each on 50 signals, at one learning rate. We call a
# rate *best* when the loss, averaged over all its steps, is lowest. The loss is the cross-entropy
# with natural logarithms; its unit is the *nat*, and guessing one of ten digits costs log(10) = 2.3
# of them. Write down what you believe before anything runs. An interval is one that you would bet
# on 4 to 1.
#
# * `best`: the best rate for 200 steps, on average over 30 data sets.
# * `meet`: the search begins once at 1.5 and once at 0.15. Do both end within 0.01 of each other on
#   most data sets ("meet"), or not ("stay apart")?
# * `longer`: is the best rate for 200 steps "smaller" than that for 50, "the same", or "larger"?
# * `last`: ask for the lowest loss in the *last* step in place of the average. Is the best rate
#   then "smaller", "the same" or "larger"?
#
# All four are judged by the full lab of 30 data sets. Replace them by your own.

# %% tags=["predict"]
seal(
    "hypergradients",
    {"best": (0.05, 0.5), "meet": "stay apart", "longer": "larger", "last": "the same"},
)

# %% [markdown]
# ## Build
#
# ### 1. A derivative without calculus
#
# You will need a judge for derivatives: take one small step to each side.


# %% tags=["exercise:finite_difference"]
def finite_difference(f: Callable[[float], float], x: float, h: float) -> float:
    """Return the central difference of f at x: its slope between x - h and x + h.

    f = lambda x: x**2 at x = 3 with h = 0.5 gives (12.25 - 6.25) / 1 = 6.
    """
    ### BEGIN SOLUTION
    return (f(x + h) - f(x - h)) / (2 * h)
    ### END SOLUTION


# %% tags=["check:finite_difference"]
check("hypergradients.finite_difference", finite_difference)

# %% [markdown]
# ### 2. Training as a formula
#
# Now the heart of the matter. Each step computes a slope by `torch.autograd.grad`. The next weights
# depend on the rate through that slope too, because it was taken at weights that depend on the
# rate. `create_graph=True` makes torch remember how the slope came about. Do not change `w` in
# place: every step makes new weights.


# %% tags=["exercise:unrolled_loss"]
def unrolled_loss(
    loss: Callable[[torch.Tensor, int], torch.Tensor],
    w: torch.Tensor,
    rate: torch.Tensor,
    steps: int,
) -> torch.Tensor:
    """Train by gradient descent; return the mean of the losses, differentiable by the rate.

    loss(w, t): loss of weights w on the batch of step t = 0, 1, ..., steps - 1, a scalar. w (P,):
    first weights; they require gradients. rate: the learning rate, a scalar tensor. The update of a
    step is w - rate * slope; its loss is taken before the update.

    loss = w**2 (summed), w = [1], rate = 0.25, 2 steps: the losses are 1 and 0.25, the mean 0.625,
    and its derivative by the rate is -1.
    """
    ### BEGIN SOLUTION
    losses = []
    for t in range(steps):
        losses.append(loss(w, t))
        (slope,) = torch.autograd.grad(losses[-1], w, create_graph=True)
        w = w - rate * slope
    return torch.stack(losses).mean()
    ### END SOLUTION


# %% tags=["check:unrolled_loss"]
check("hypergradients.unrolled_loss", unrolled_loss)

# %% [markdown]
# ### 3. A step of the outer descent
#
# From 0.05 to 0.1 is as far as from 0.5 to 1: rates are compared by ratio. And a rate must not fall
# below 0. So we descend on its logarithm, theta. The chain rule gives the derivative by theta.


# %% tags=["exercise:outer_step"]
def outer_step(theta: float, slope: float, size: float) -> float:
    """Return theta = log(rate) after one step downhill.

    slope: derivative of the loss by the rate itself, at rate = exp(theta). size: learning rate of
    this outer descent. The step is size times the derivative of the loss by theta.

    theta = log(2), slope = 0.1 and size = 3: the derivative by theta is 0.2, so the result is
    log(2) - 0.6.
    """
    ### BEGIN SOLUTION
    return theta - size * slope * np.exp(theta)
    ### END SOLUTION


# %% tags=["check:outer_step"]
check("hypergradients.outer_step", outer_step)

# %% [markdown]
# ### 4. A judge without gradients
#
# Try n rates from low to high, each by the same ratio above the one before. The best of them is
# only as fine as the grid. A parabola through it and its two neighbours, over log(rate), has its
# lowest point between them.


# %% tags=["exercise:grid_minimum"]
def grid_minimum(f: Callable[[float], float], low: float, high: float, n: int) -> float:
    """Return where f is lowest: the vertex of a parabola over log(x) through the best grid point.

    The grid has n points from low to high, in equal ratios. The parabola goes through the lowest
    of them and its two neighbours; if the lowest is the first or the last, return it as it is.

    f = lambda x: (np.log(x) - np.log(3)) ** 2 on (1, 16) with n = 5, which tries 1, 2, 4, 8 and
    16, gives 3.
    """
    ### BEGIN SOLUTION
    grid = np.geomspace(low, high, n)
    values = np.array([f(float(x)) for x in grid])
    k = int(values.argmin())
    if k in (0, n - 1):
        return float(grid[k])
    near = slice(k - 1, k + 2)
    square, linear, _ = np.polyfit(np.log(grid[near]), values[near], 2)
    return float(np.exp(-linear / (2 * square)))
    ### END SOLUTION


# %% tags=["check:grid_minimum"]
check("hypergradients.grid_minimum", grid_minimum)

# %% [markdown]
# ## Run
#
# The network's 2,560 weights are one long vector. First your two derivatives are compared on 5
# steps; mind how many digits agree. Then the outer descent runs from both starts, 15 steps each,
# and grids for 50 and for 200 steps judge it. `octaves` counts the doublings from the best rate for
# 50 to that for 200: -1 would be half the rate.

# %% tags=["run"]
require_seal("hypergradients")
mine = data()
x, y = torch.from_numpy(mine.x).double(), torch.from_numpy(mine.y)
net = MLP(1, hidden=50, depth=1).reset([REPLICATE])
sizes = [values.numel() for values in net.parameters()]
first = torch.cat([values.detach().double().flatten() for values in net.parameters()])
first.requires_grad_()


def loss(w: torch.Tensor, t: int) -> torch.Tensor:
    """Return the cross-entropy of weights w on the 50 signals of step t."""
    rows = torch.arange(50 * t, 50 * (t + 1)) % len(x)
    into, bias, out, last_bias = w.split(sizes)
    hidden = torch.tanh(x[rows] @ into.view(40, 50) + bias)
    return F.cross_entropy(hidden @ out.view(50, 10) + last_bias, y[rows])


@cache  # the picture asks for the grid's values again
def mean_loss(rate: float, many: int) -> float:
    """Return the mean loss over `many` steps at a rate."""
    return unrolled_loss(loss, first, torch.tensor(rate), many).item()


def slope(rate: float, many: int) -> float:
    """Return its derivative by the rate, the hyper-gradient."""
    at = torch.tensor(rate, requires_grad=True)
    return torch.autograd.grad(unrolled_loss(loss, first, at, many), at)[0].item()


def descend(begin: float, many: int) -> list[float]:
    """Return the rates of 15 outer steps."""
    rates = [begin]
    for _ in range(15):
        theta = outer_step(np.log(rates[-1]), slope(rates[-1], many), 3.0)
        rates.append(float(np.exp(theta)))
    return rates


print("by autograd:   ", slope(0.5, 5))
print("by differences:", finite_difference(lambda rate: mean_loss(rate, 5), 0.5, 1e-4))
short, long = steps("short"), steps("long")
paths = [descend(begin, long) for begin in (1.5, 0.15)]
best = {many: grid_minimum(partial(mean_loss, many=many), 0.2, 2, 15) for many in (short, long)}
ends = [path[-1] for path in paths]
found = {
    "distance": abs(ends[0] - ends[1]),
    "from_grid": abs(np.mean(ends) - best[long]),
    "octaves": np.log2(best[long] / best[short]),
}
print("ends of the two searches:", np.round(ends, 3), "best rates by grid:", best)
for name, value in found.items():
    print(f"{name}: {value:.4f}")
contribute("hypergradients", **found)

# %% [markdown]
# ## Look
#
# Greydanus and Kobak report a best rate of 0.62, wherever they began. Left: do your two searches
# end on one line, and on that of the grid? (Its parabola is good to about 0.01.) Right, the loss
# above its lowest value: how flat is the valley around the best rate, and where do the two lie?
# Between 50 and 200 steps the best rate differs by a tenth on average; yours may not show it.

# %% tags=["look"]
RATES = np.geomspace(0.2, 2, 15)


def drawing(paths: list[list[float]], best: dict[int, float]) -> Any:
    """Draw the searches, and the loss over the rate for every number of steps in `best`."""
    drawn, (left, right) = figure(2, width=5.2, height=4)
    for path, marker in zip(paths, "os", strict=True):
        left.plot(path, marker=marker, label=f"from {path[0]:g}")
    left.axhline(best[long], color="black", linestyle="--", label=f"grid: {best[long]:.3f}")
    left.set(yscale="log", xlabel="outer step", ylabel="learning rate")
    left.legend()
    styles = (("--", 1.0), ("-", 0.65), (":", 0.3))  # lines of unequal height hide no other
    for (many, at), (style, height) in zip(best.items(), styles, strict=False):
        losses = np.array([mean_loss(rate, many) for rate in RATES])
        (line,) = right.plot(RATES, losses - losses.min(), style, label=f"{many} steps: {at:.3f}")
        right.axvline(at, ymax=height, color=line.get_color(), linewidth=1)
    right.set(xscale="log", xlabel="learning rate", ylabel="mean loss above its lowest")
    for axis in (left.yaxis, right.xaxis):
        axis.set_major_locator(FixedLocator([0.15, 0.3, 0.6, 1.0, 1.5, 2.0]))
        axis.set_major_formatter("{x:g}")
        axis.set_minor_locator(NullLocator())
    right.legend()
    return drawn


show(
    drawing(paths, best),
    "Left: the learning rate, moved by its own gradient. Right: the loss that it moves on.",
)

# %% [markdown]
# Now the class's picture, and the truth beside your predictions.

# %% tags=["look"]
reveal("hypergradients")

# %% [markdown]
# ## Explain
#
# Three to six sentences in all.
#
# ### Explain: found
#
# Did gradient descent find its own learning rate? Give the two ends and the grid's answer, and say
# how far your best rate lies from the published 0.62, which is one run's. What do you know of other
# data sets?
#
# <!-- BEGIN SOLUTION -->
# Yes: from 1.5 and from 0.15 the search ended within 0.01 of the same rate, and the grid, which
# takes no gradient, has its lowest loss within a few hundredths of it. My best rate is that of my
# data set, first weights and order of batches. The class's spread says how much it varies; 0.62 to
# two digits is the value of one run, and the mean of 30 lies above it.
# <!-- END SOLUTION -->
#
# ### Explain: valley
#
# Use the right picture. Why are both ends so close, although the loss at 0.4 and 0.9 hardly differs
# from the lowest? What would you tell somebody who wants to know the rate to three digits?
#
# <!-- BEGIN SOLUTION -->
# The descent stops where the slope is zero, and the valley has one such place, however flat it is.
# But flat means that the third digit buys almost nothing: between 0.4 and 0.9 the loss changes by a
# few hundredths. Several valleys in the right picture would change my mind.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Vary
#
# Turn one knob: 800 steps. Write down first whether the best rate will be smaller or larger than
# for 200, and whether the valley will be steeper at rates that are too small. Then run, and look at
# where the dotted valley lies.

# %% tags=["vary"]
many = steps("vary")
best[many] = grid_minimum(partial(mean_loss, many=many), 0.2, 2, 15)
show(drawing(paths, best), "The valley of a longer training beside the two others.", name="vary")
