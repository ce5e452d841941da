# %% [markdown]
# # Which layer holds the digit when no label was used?
#
# Labels are expensive. *Contrastive learning* does without them: take a signal, disturb it twice
# at random, and call the two results *views* of it. An *encoder*, a neural network, turns every
# view into 16 numbers, the *embedding*. It is trained so that the two views of one signal come
# close together, and views of different signals do not.
#
# Greydanus and Kobak (2024, Figure 8) trained such an encoder on signals of 40 positions, each a
# disturbed digit from 0 to 9. Then they asked every layer: can the digit be read here? So do you.

# %% tags=["setup"]
import numpy as np
import torch
from torch import nn

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

REPLICATE = 0
start("views", replicate=REPLICATE, steps={"training": 1000})

# %% [markdown]
# ## Predict
#
# The encoder has three convolutions, then two fully connected layers; the second gives the
# embedding. To *probe* a layer, logistic regression is fitted to its outputs, this time with
# labels. Its accuracy on new signals tells how much of the digit it finds there (chance: 10 %).
#
# * `convolution`: accuracy at the last convolution, in %.
# * `lead`: that minus the accuracy at the embedding, in points.
# * `vote`: without any network, accuracy of the vote of the ten nearest training signals, in %.
# * `most`: among 4000 signals, are most of one's ten nearest of its own digit? "yes" or "no".
# * `untrained`: before any training, where is the probe best? "signal", "first convolution", "last
#   convolution" or "embedding".
#
# The first four are judged by the full lab, which trains eight times longer than you will. An
# interval is one that you would bet on 4 to 1. Replace all five answers by your own.

# %% tags=["predict"]
seal(
    "views",
    {
        "convolution": (50, 90),
        "lead": (-10, 10),
        "vote": (20, 60),
        "most": "yes",
        "untrained": "signal",
    },
)

# %% [markdown]
# ## Build
#
# ### 1. Take the slope away
#
# Every signal lies on a slope that says nothing of its digit. Take it away; sums run along a row.


# %% tags=["exercise:detrend"]
def detrend(x: np.ndarray) -> np.ndarray:
    """Subtract from each signal the straight line that fits it best (least squares).

    x (N, L): N signals of L positions; stays as it is. Returns (N, L): every row has mean 0 and
    slope 0.

    With positions p counted from their middle the slope of a row is sum(p * row) / sum(p * p), and
    at p = 0 the line has the row's mean.

    The signal [1, 3, 2]: p = [-1, 0, 1], slope 0.5, line [1.5, 2, 2.5], result [-0.5, 1, -0.5].
    """
    ### BEGIN SOLUTION
    p = np.arange(x.shape[1]) - (x.shape[1] - 1) / 2
    slope = x @ p / (p @ p)
    return x - x.mean(axis=1, keepdims=True) - slope[:, None] * p
    ### END SOLUTION


# %% tags=["check:detrend"]
check("views.detrend", detrend)

# %% [markdown]
# A view, given here: a signal turned by 0 to 9 positions (what falls off at the end comes in at the
# front), with a new slope and height.


# %% tags=["setup"]
def view(x: np.ndarray, shifts: int, slope: float, rng: np.random.Generator) -> torch.Tensor:
    """Disturb detrended signals x (B, 40) at random; returns (B, 40) float32."""
    place = np.arange(40)
    turn = rng.integers(shifts, size=(len(x), 1))
    slopes, heights = rng.normal(size=(2, len(x), 1))
    turned = np.take_along_axis(x, (place - turn) % 40, axis=1)
    return torch.tensor(turned + slope * slopes * (place - 19.5) + 0.3 * heights).float()


# %% [markdown]
# Each column is one signal, with two views below. What stayed the same in both curves below?

# %% tags=["look"]
own = data()
flat = detrend(own.x)
rng = np.random.default_rng(REPLICATE)
pairs = [view(flat[:3], 10, 0.04, rng) for _ in range(2)]
drawing, axes = figure(3, 2, width=2.8, height=2)
for column in range(3):
    axes[column].plot(own.x[column], color="grey", label="signal")
    axes[column].plot(flat[column], color="black", label="detrended")
    axes[3 + column].plot(pairs[0][column], label="one view")
    axes[3 + column].plot(pairs[1][column], label="another view")
drawing.supxlabel("position")
drawing.supylabel("height")
drawing.legend(handles=[*axes[0].lines, *axes[3].lines], loc="outside upper center", ncols=4)
show(drawing, "Three signals, grey, detrended, black, and two views of each.", name="pairs")

# %% [markdown]
# ### 2. The loss
#
# A batch gives two lists of embeddings, a and b: row i of both comes from signal i. Each row of a
# must find its partner among all rows of b. It is classification with B classes, one of them
# right. The scores are *cosines*: scalar products of rows brought to length 1, all B x B from one
# matrix product (with a loop, training would take hours). The *temperature* divides them.


# %% tags=["exercise:info_nce"]
def info_nce(a: torch.Tensor, b: torch.Tensor, temperature: float) -> torch.Tensor:
    """Mean over i of -log p_i; p_i is the probability that row i of a gives to row i of b.

    The probabilities of row i are the softmax of cosine(a[i], b[j]) / temperature over all rows j
    of b. a, b (B, D): embeddings of the first and of the second views. Returns a single number as a
    tensor, from which training can go back to a and b.

    a = b = [[1, 0], [0, 1]] at temperature 1: both p_i are e / (e + 1), the loss is 0.3133.
    """
    ### BEGIN SOLUTION
    a = torch.nn.functional.normalize(a, dim=1)
    b = torch.nn.functional.normalize(b, dim=1)
    partners = torch.arange(len(a))
    return torch.nn.functional.cross_entropy(a @ b.T / temperature, partners)
    ### END SOLUTION


# %% tags=["check:info_nce"]
check("views.info_nce", info_nce)

# %% [markdown]
# ### 3. Neighbours
#
# The first way to read a layer: are a signal's nearest neighbours of its own digit? Mind memory:
# not all differences of all pairs at once. Go row by row, or use |a - b|² = |a|² + |b|² - 2 a·b.


# %% tags=["exercise:purity"]
def purity(x: np.ndarray, y: np.ndarray, k: int) -> float:
    """Percent of the examples' k nearest neighbours that are of the example's own class.

    x (N, D): examples, compared by the length of their difference; up to (1000, 475). y (N,):
    classes. An example is no neighbour of its own, but a copy of it elsewhere in x is one.

    x = [[0], [1], [3], [7]], y = [0, 0, 1, 1] and k = 1: the nearest are at 1, 0, 1 and 3, three of
    the four of their own class: 75.
    """
    ### BEGIN SOLUTION
    square = (x**2).sum(axis=1)
    distance = square[:, None] + square - 2 * x @ x.T
    np.fill_diagonal(distance, np.inf)
    nearest = np.argsort(distance, axis=1)[:, :k]
    return 100 * float((y[nearest] == y[:, None]).mean())
    ### END SOLUTION


# %% tags=["check:purity"]
check("views.purity", purity)

# %% [markdown]
# ### 4. The probe
#
# The second way: a linear classifier, of scikit-learn. Nothing may be learned from test examples.


# %% tags=["exercise:probe"]
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def probe(train: np.ndarray, labels: np.ndarray, test: np.ndarray) -> np.ndarray:
    """Predict the labels of test examples by logistic regression on scaled features.

    Every feature is brought to mean 0 and standard deviation 1, as measured on train. A feature
    that is always 0 must not disturb. Give scikit-learn's classifier `max_iter=1000`.

    train (N, D), labels (N,), test (n, D). Returns labels, (n,).

    train = [[0], [1], [10], [11]], labels = [4, 4, 7, 7], test = [[2], [9]] give [4, 7].
    """
    ### BEGIN SOLUTION
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    return model.fit(train, labels).predict(test)
    ### END SOLUTION


# %% tags=["check:probe"]
check("views.probe", probe)

# %% [markdown]
# ## Run
#
# The encoder, and the places in it of the layers that you will read:

# %% tags=["run"]
LAYERS = {"first convolution": 1, "second": 3, "last convolution": 5, "hidden": 8, "embedding": 9}


def new_encoder() -> nn.Sequential:
    """Three convolutions of stride 2, then two fully connected layers; (B, 1, 40) -> (B, 16)."""
    torch.manual_seed(REPLICATE)
    return nn.Sequential(
        *(nn.Conv1d(1, 25, 5, stride=2, padding=1), nn.ReLU()),
        *(nn.Conv1d(25, 25, 3, stride=2, padding=1), nn.ReLU()),
        *(nn.Conv1d(25, 25, 3, stride=2, padding=1), nn.ReLU()),
        *(nn.Flatten(), nn.Linear(125, 125), nn.ReLU(), nn.Linear(125, 16)),
    )


@torch.no_grad()
def outputs(encoder: nn.Sequential, x: np.ndarray) -> dict[str, np.ndarray]:
    """What every layer makes of signals x (N, 40), and the signals: name -> (N, features)."""
    found, h = [], torch.from_numpy(x).unsqueeze(1)
    for layer in encoder:
        h = layer(h)
        found.append(h.flatten(1).numpy())
    return {"signal": x} | {name: found[at] for name, at in LAYERS.items()}


# %% [markdown]
# Training sees no label and takes, with the probes, about 15 seconds. The encoder is then read on
# raw signals: they have a slope and a height, as views do. Which layer would you read digits from?

# %% tags=["run"]
require_seal("views")


def trained(shifts: int, slope: float) -> nn.Sequential:
    """Train an encoder on views of the own signals."""
    rng = np.random.default_rng(REPLICATE)
    encoder = new_encoder()
    optimizer = torch.optim.Adam(encoder.parameters(), lr=0.01)
    for _ in range(steps("training")):
        batch = flat[rng.choice(len(flat), 100, replace=False)]
        a, b = (encoder(view(batch, shifts, slope, rng).unsqueeze(1)) for _ in range(2))
        loss = info_nce(a, b, 0.5)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f"loss {loss.item():.2f}; {np.log(100):.2f} is guessing")
    return encoder


def read(encoder: nn.Sequential) -> np.ndarray:
    """Layer by layer, accuracy of the probe and purity of 1000 signals, in percent, (2, layers)."""
    train, test = outputs(encoder, own.x), outputs(encoder, own.x_test)
    right = [np.mean(probe(train[name], own.y, test[name]) == own.y_test) for name in train]
    return np.array([np.multiply(100, right), [purity(h, own.y_test, 10) for h in test.values()]])


before = read(new_encoder())
after = read(trained(shifts=10, slope=0.04))
names = ["signal", *LAYERS]
print("in %: [probe, purity] before -> after")
for at, name in enumerate(names):
    print(f"{name:18}", before[:, at].round(1), "->", after[:, at].round(1))

# %% [markdown]
# ## Look
#
# Dashed is the same encoder before training: what random weights already reach. Left: where is the
# trained curve highest, and where does it rise most over the dashed one? With 1000 steps the second
# convolution may lead; the full lab trains eight times longer. Right: do neighbours agree?

# %% tags=["look"]
drawing, axes = figure(2, width=4.8, height=4)
for at, what in enumerate(("accuracy of the probe (%)", "purity of 10 neighbours (%)")):
    axes[at].plot(names, before[at], "o--", color="grey", label="before training")
    axes[at].plot(names, after[at], "o-", color="tab:blue", label="after, without labels")
    axes[at].axhline(10, color="black", linewidth=1, linestyle=":", label="chance")
    axes[at].tick_params(axis="x", rotation=40)
    axes[at].set(ylabel=what, ylim=(0, 100))
axes[1].legend()
lead, purer = after[0, 3] - after[0, 5], after[1, 5] - after[1, 3]
show(
    drawing,
    f"Own run. From embedding to last convolution: probe {lead:+.1f}, purity {-purer:+.1f} points.",
)

# %% [markdown]
# Hand your numbers to the class, then see how you predicted.

# %% tags=["look"]
contribute("views", lead=lead, learned=after[0, 3] - before[0, 3], purer=purer, signal=after[1, 0])
reveal("views")

# %% [markdown] tags=["explain:layer"]
# ## Explain
#
# ### Explain: layer
#
# Only the embedding enters the loss. Why can the layer before it hold more of the digit? Give your
# numbers, a cause, and what would change your mind. (3 to 5 sentences)
#
# <!-- BEGIN SOLUTION -->
# In my run the probe read 76 % at the last convolution and 64 % at the embedding; the class's
# interval, too, lies above 0. The loss asks that views agree: the last layers drop whatever
# differs between them, and some of that tells digits apart. One run could be luck; an interval of
# the class below 0 would change my mind.
# <!-- END SOLUTION -->

# %% [markdown] tags=["explain:readers"]
# ### Explain: readers
#
# Probe and neighbours were asked about the same layers. Why can they disagree? (2 sentences)
#
# <!-- BEGIN SOLUTION -->
# The probe weighs features as it likes; neighbours take distances as they are. The loss shapes
# distances in the embedding alone.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Vary
#
# Turn one knob: how strongly views differ. Write what you expect, then let signals be turned by
# up to 39 positions. Did it come true? Other knobs: the slope, the temperature.

# %% tags=["vary"]
EXPECTED = "..."
varied = read(trained(shifts=40, slope=0.04))
print("expected:", EXPECTED)
for at, name in enumerate(names):
    print(f"{name:18}", after[:, at].round(1), "->", varied[:, at].round(1))
