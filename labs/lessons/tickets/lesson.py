# %% [markdown]
# # Do winning tickets exist here?
#
# Train a network, cut nine of ten weights, and it works almost as before. So why not train
# the small network from the start? Usually that fails. In 2019 Frankle and Carbin found when it
# works: keep the connections that training made large, **give them back their first values**, and
# train again. They called such a connection pattern with its first values a *winning ticket*.
#
# Greydanus and Kobak (2024, Figure 4) say that tickets win on MNIST-1D, signals of 40 numbers in
# 10 classes. Today you look for one in your own data set, and ask what the win is owed to.

# %% tags=["setup"]
from typing import Any

import numpy as np
import torch

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
from labs.nn.optimizer import Optimizer
from labs.nn.training import evaluate, fit

REPLICATE = 0
start("tickets", replicate=REPLICATE, steps={"round": 500})

# %% [markdown]
# ## Predict
#
# A *mask* says of every weight whether it is kept (True) or cut (False). Five times we train, cut
# 40 % of the weights that each layer still has, and go back to the first values. That leaves
# 0.6⁵ = 7.8 %.
#
# Write down what you believe before anything runs. An interval is one that you would bet on 4 to 1.
#
# * `random`: by how many points of test accuracy does the ticket beat a mask that keeps as many
#   weights, but chosen at random?
# * `dense`: by how many points does it beat the whole network, with nothing cut? Below 0: it loses.
# * `fresh`: give the ticket's connections *new* first values. Its accuracy then "stays", within a
#   point; "falls between": loses more than a point, and stays more than a point above the random
#   mask; or "falls to random".
# * `neighbours`: through its kept weights a unit of the first layer reads some of the positions. Of
#   each unit's kept positions, count the adjacent pairs; divide by the count for positions drawn at
#   random. 1 is chance.
#
# `random`, `dense` and `neighbours` are judged by the full lab (a wider network, trained three
# times longer, ten data sets: the wider network shows more), `fresh` by runs like yours. Replace
# all four answers by your own.

# %% tags=["predict"]
seal(
    "tickets",
    {
        "random": (0, 15),
        "dense": (-10, 5),
        "fresh": "stays",
        "neighbours": (0.8, 1.5),
    },
)

# %% [markdown]
# ## Build
#
# ### 1. Prune
#
# Cut the weights that training left smallest, whatever their sign. A weight that is not cut yet is
# called *live*. Where the mask has cut already, `w` may hold any number: rank the live ones only.


# %% tags=["exercise:prune"]
def prune(w: np.ndarray, mask: np.ndarray, fraction: float) -> np.ndarray:
    """Return the mask of the next round: `fraction` of the live weights are cut, the smallest.

    w (inputs, units): weights of a layer after training. mask, bool of the same shape: True where
    a weight is live. Of n live weights round(fraction * n) are cut. mask stays as it is.

    w = [[3, -4, 9], [1, 2, -5]] with mask = [[True, True, False], [True, True, True]] and
    fraction = 0.4 has 5 live weights. 2 of them are cut, the 1 and the 2. The 9 stays cut, and
    the result is [[True, True, False], [False, False, True]].
    """
    ### BEGIN SOLUTION
    live = np.flatnonzero(mask)
    by_size = live[np.argsort(np.abs(w).ravel()[live])]
    new = mask.copy()
    new.flat[by_size[: round(fraction * len(live))]] = False
    return new
    ### END SOLUTION


# %% tags=["check:prune"]
check("tickets.prune", prune)

# %% [markdown]
# ### 2. Rewind
#
# Back to the start, with what is left. We will need the first values again in every round, so hand
# out copies.


# %% tags=["exercise:rewind"]
def rewind(first: dict[str, np.ndarray], masks: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return copies of all first values, with 0 where a mask cuts.

    first: name -> values, such as {"head.weight": ..., "head.bias": ...}. masks: name -> bool of
    the same shape, for the weights only; biases have no mask and keep all their values.

    first = {"w": [[0.5, -2]], "b": [3]} and masks = {"w": [[True, False]]} (as arrays) give
    {"w": [[0.5, 0]], "b": [3]}.
    """
    ### BEGIN SOLUTION
    return {name: values * masks.get(name, True) for name, values in first.items()}
    ### END SOLUTION


# %% tags=["check:rewind"]
check("tickets.rewind", rewind)

# %% [markdown]
# ### 3. A fair opponent
#
# A ticket is small. Perhaps any small network would do as well? The control keeps equally many
# weights of each layer, anywhere.


# %% tags=["exercise:random_mask_like"]
def random_mask_like(mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a mask with as many live weights, every choice of places equally likely.

    mask (inputs, units), bool. All draws come from rng. mask stays as it is.

    Of [[True, True], [False, False]] each of the 6 ways to place 2 of 4 comes equally often,
    [[True, False], [True, False]] among them.
    """
    ### BEGIN SOLUTION
    return rng.permutation(mask.ravel()).reshape(mask.shape)
    ### END SOLUTION


# %% tags=["check:random_mask_like"]
check("tickets.random_mask_like", random_mask_like)

# %% [markdown]
# ### 4. Neighbours
#
# What does a ticket know? Perhaps that positions next to each other belong together. Column j of
# the first layer's mask says which of the 40 positions unit j reads. Count the neighbours in it.


# %% tags=["exercise:pairs"]
def pairs(mask: np.ndarray) -> int:
    """Count how often a unit reads two neighbouring positions, over all units.

    mask (L, U), bool: L positions, U units. The first and the last position are no neighbours.

    A unit that reads positions 0, 1, 2 and 4 of 5 has 2 pairs: (0, 1) and (1, 2).
    """
    ### BEGIN SOLUTION
    return int((mask[1:] & mask[:-1]).sum())
    ### END SOLUTION


# %% tags=["check:pairs"]
check("tickets.pairs", pairs)

# %% [markdown]
# ### 5. How many by chance?
#
# A count alone says nothing. Let every unit keep *its own number* r of the L positions, but shuffle
# which. Two given positions are then both read with chance `r (r - 1) / (L (L - 1))`: the first is
# one of r among L, the second one of the r - 1 that are left among L - 1.


# %% tags=["exercise:expected_pairs"]
def expected_pairs(mask: np.ndarray) -> float:
    """Return the mean of `pairs` when the positions of every unit are shuffled; exact, not drawn.

    mask (L, U), bool: L positions, U units. Each unit keeps its number of live positions.

    L = 4 and one unit that reads 2 positions: of the 6 ways to place them 3 are neighbours, so
    the mean is 0.5.
    """
    ### BEGIN SOLUTION
    length, read = len(mask), mask.sum(axis=0)
    both = read / length * (read - 1) / (length - 1)
    return float((length - 1) * both.sum())
    ### END SOLUTION


# %% tags=["check:expected_pairs"]
check("tickets.expected_pairs", expected_pairs)

# %% [markdown]
# ## Run
#
# This is given. `train` trains several networks side by side, each of two layers of 300 units and a
# readout of the 10 classes; you need not follow its lines. Do read `hunt`: it calls your functions,
# and in every round trains the ticket beside two opponents, the random mask and the ticket's mask
# with other first values.

# %% tags=["run"]
require_seal("tickets")
mine = data()
x, y = torch.from_numpy(mine.x)[None], torch.from_numpy(mine.y)[None]
x_test, y_test = torch.from_numpy(mine.x_test)[None], torch.from_numpy(mine.y_test)[None]


def train(starts: list, masks: list) -> tuple[list, list]:
    """Train one network from each of the starts; weights that its masks cut stay 0.

    Returns the values they end with, and their test accuracies (%).
    """
    net = MLP(len(starts), hidden=starts[0]["second.bias"].size)
    net.load_state_dict({n: torch.tensor(np.stack([s[n] for s in starts])) for n in starts[0]})
    kept = {n: torch.tensor(np.stack([m[n] for m in masks])) for n in masks[0]}
    adam, many = Optimizer(net, torch.optim.Adam, lr=0.01), steps("round")
    for _ in fit(net, x, y, optimizer=adam, steps=many, every=many, masks=kept):
        pass
    end = {name: values.detach().numpy() for name, values in net.named_parameters()}
    ends = [{name: values[k] for name, values in end.items()} for k in range(len(starts))]
    return ends, evaluate(net, x_test, y_test).accuracy.tolist()


def first_values(units: int, seed: int) -> dict:
    """Draw the first values of a network, as torch does."""
    net = MLP(1, hidden=units).reset([seed])
    return {name: values[0].detach().numpy() for name, values in net.named_parameters()}


# %% tags=["run"]
NAMES = ("ticket", "random mask", "ticket's mask, fresh values")


def hunt(units: int) -> tuple:
    """Cut and rewind five times.

    Returns the last masks, the whole network's accuracy (%), and those of NAMES, (5 rounds, 3).
    """
    rng = np.random.default_rng(REPLICATE)
    first, fresh = first_values(units, 2 * REPLICATE), first_values(units, 2 * REPLICATE + 1)
    masks = {name: np.ones_like(w, dtype=bool) for name, w in first.items() if "weight" in name}
    (end,), (dense,) = train([first], [{}])
    rounds = []
    for _ in range(5):
        masks = {name: prune(end[name], mask, 0.4) for name, mask in masks.items()}
        other = {name: random_mask_like(mask, rng) for name, mask in masks.items()}
        starts = [rewind(first, masks), rewind(first, other), rewind(fresh, masks)]
        (end, *_), accuracies = train(starts, [masks, other, masks])
        rounds.append(accuracies)
    return masks, dense, np.array(rounds)


masks, dense, rounds = hunt(units=300)
ticket, random, fresh = rounds[-1]
read = masks["first.weight"]
found = {
    "ticket_minus_random": ticket - random,
    "ticket_minus_dense": ticket - dense,
    "ticket_minus_fresh": ticket - fresh,
    "neighbours": pairs(read) / expected_pairs(read),
}
for name, value in found.items():
    print(f"{name}: {value:.2f}")
contribute("tickets", **found)

# %% [markdown]
# ## Look
#
# Left: at which share of weights do the three curves part, and which of them stays above the dashed
# line of the whole network? Right: where does your ticket lie among the shuffled ones? One run
# seldom decides; the class may.

# %% tags=["look"]
LEFT = 100 * 0.6 ** np.arange(1, 6)
ABOVE = {"loc": "lower left", "bbox_to_anchor": (0, 1), "ncols": 2, "fontsize": 9}


def drawing(dense: float, rounds: np.ndarray, read: np.ndarray) -> Any:
    """Draw accuracies by what is left, and the neighbours among 300 shuffled masks."""
    drawn, (left, right) = figure(2, width=5.2, height=4)
    left.axhline(dense, color="black", linestyle="--", label="whole network")
    for name, marker, values in zip(NAMES, "osx", rounds.T, strict=True):
        left.plot(LEFT, values, marker=marker, label=name)
    left.set(xscale="log", xlabel="weights left (%)", ylabel="test accuracy (%)")
    left.set_xticks(LEFT, [f"{share:.0f}" for share in LEFT], minor=False)
    left.minorticks_off()
    left.invert_xaxis()
    left.legend(**ABOVE)
    rng = np.random.default_rng(REPLICATE)
    shuffled = [pairs(rng.permuted(read, axis=0)) for _ in range(300)]
    bins = list(range(min(shuffled), max(shuffled) + 2, 2))
    right.hist(shuffled, bins, color="silver", label="300 shuffled masks")
    right.axvline(expected_pairs(read), color="black", linestyle="--", label="expected")
    right.axvline(pairs(read), linewidth=3, label="ticket")
    right.set(xlabel="pairs of neighbours", ylabel="masks")
    right.legend(**ABOVE)
    return drawn


show(
    drawing(dense, rounds, read),
    "Left: accuracy as weights are cut. Right: neighbours that the ticket's first layer keeps.",
)

# %% [markdown]
# Now the class's picture, and the truth beside your predictions.

# %% tags=["look"]
reveal("tickets")

# %% [markdown]
# ## Explain
#
# Three to six sentences in all.
#
# ### Explain: why
#
# The three small networks have equally many weights. Which of your differences says that it matters
# *which* connections are kept, and which says that their first values matter? Give both numbers and
# say how far to trust them: with 1000 test signals one accuracy is uncertain by about 3 points. At
# 36 % left, does the random mask also beat the whole network? What does that say about `dense`?
#
# <!-- BEGIN SOLUTION -->
# The connections matter: the ticket beat a random mask of equal size. The values matter as well:
# the same mask with fresh values lost part of that. Cutting by size keeps weights that training
# from these first values made large, so the pattern and the values fit each other. Both differences
# are several times the uncertainty of one accuracy, but they come from one data set.
# <!-- END SOLUTION -->
#
# ### Explain: doubt
#
# What result, in your run or in the class's, would have changed your mind? Does the right picture
# show that neighbours are *why* the ticket wins?
#
# <!-- BEGIN SOLUTION -->
# Had the mask with fresh values done as well, I would say that only the pattern matters. More
# neighbours than by chance go along with the win; that does not make them its cause. One would have
# to shuffle the positions of the data, and see whether the ticket loses.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Vary
#
# Turn one knob: 100 units in place of 300, everything else equal. Write down first: will the ticket
# still beat the whole network? Then run, and say what the number of units changes. Look at the
# dashed line and the last point of the ticket.

# %% tags=["vary"]
masks, dense, rounds = hunt(units=100)
show(
    drawing(dense, rounds, masks["first.weight"]),
    "The same search in a network of 100 units.",
    name="vary",
)
