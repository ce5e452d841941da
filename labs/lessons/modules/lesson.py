# %% [markdown]
# # Is a modular architecture enough?
#
# A task may consist of several rules. It is tempting to build a network of several *modules*, small
# networks of their own, and a *router* that decides how much each module has to say. Will every
# rule find a module of its own, so that each can be understood, exchanged and used again?
#
# Mittal, Bengio and Lajoie (2022) asked this with tasks whose rules are known. Today you build
# their measures and ask again.

# %% tags=["setup"]
import numpy as np
import torch
from torch import nn

from labs.course import check, contribute, figure, require_seal, reveal, seal, show, start, steps

REPLICATE = 0
start("modules", replicate=REPLICATE, steps={"training": 600})

# %% [markdown]
# ## Predict
#
# The task: two random numbers a and b, and one of 8 rules, which the network sees. Rule c says that
# the answer is `alpha[c] * a + beta[c] * b`. Every student has other coefficients. Four models:
#
# * *monolith*: one network without modules,
# * *learned*: 8 modules; each sees all and rates itself, a softmax makes weights of the ratings,
# * *by rule*: 8 modules, weighed by a router that sees the rule alone,
# * *told*: 8 modules; rule c goes to module c.
#
# All have about as many parameters, and learn for the same number of steps.
#
# * `own`: does *learned* give each rule a module of its own? "yes" or "no".
# * `best`: the model with the smallest error in most runs, one of the four names above.
# * `ahead`: by how many *octaves* is the error of *told* below that of *learned*? An octave is a
#   factor of two: 1 is half the error, 2 a quarter, 0.3 a fifth less; negative if it is above.
# * `collapse`: by how much does training raise the *collapse* of *learned*? Collapse is 0 if all
#   modules are used equally, 1 if some module is never used.
#
# Replace the answers by your own. An interval is one that you would bet on 4 to 1.

# %% tags=["predict"]
seal("modules", {"own": "yes", "best": "learned", "ahead": (-1, 1), "collapse": (-0.3, 0.3)})

# %% [markdown]
# ## Build
#
# ### 1. Who does what?
#
# For every example the router gives each module a *score*, its weight; the scores of an example
# sum to 1. We know its rule. So count who works for whom, with R rules and as many modules.


# %% tags=["exercise:activation_matrix"]
def activation_matrix(scores: np.ndarray, rules: np.ndarray, R: int) -> np.ndarray:
    """Mean scores of the modules on the examples of each rule, (R, R): rows are rules.

    scores (N, R): of each module for each example. rules (N,): 0 to R - 1, each at least once, not
    equally often. The scores stay soft: a score of 0.6 counts 0.6.

    scores [[0.9, 0.1], [0.7, 0.3], [0, 1]] and rules [0, 0, 1] give [[0.8, 0.2], [0, 1]].
    """
    ### BEGIN SOLUTION
    return np.stack([scores[rules == rule].mean(axis=0) for rule in range(R)])
    ### END SOLUTION


# %% tags=["check:activation_matrix"]
check("modules.activation_matrix", activation_matrix)

# %% [markdown]
# ### 2. Is a module left unused?
#
# Call A what you have just computed. If all rules are equally frequent, module m is used with
# probability p(m), the mean of column m. Equal use is 1/R each.


# %% tags=["exercise:collapse_worst"]
def collapse_worst(A: np.ndarray) -> float:
    """The part of its equal share, 1/R, that the least used module misses: 1 - R * min p(m).

    A (R, R): rows are rules, sum to 1; p(m) is the mean of column m.

    [[0.9, 0.1], [0.8, 0.2]]: the second module has 0.15 of 0.5, so 0.7 of its share is missing.
    """
    ### BEGIN SOLUTION
    return 1 - len(A) * float(A.mean(axis=0).min())
    ### END SOLUTION


# %% tags=["check:collapse_worst"]
check("modules.collapse_worst", collapse_worst)

# %% [markdown]
# ### 3. Has each rule a module of its own?
#
# Equal use is no success yet: all modules may do all rules. So give each rule a different module,
# in the way that keeps most of the scores. `scipy.optimize.linear_sum_assignment` finds that way.


# %% tags=["exercise:alignment"]
from scipy.optimize import linear_sum_assignment


def alignment(A: np.ndarray) -> float:
    """1 - the mean score that each rule gives to the module assigned to it.

    No module is assigned to two rules; of all such assignments take the one whose mean is largest.
    A (R, R): rows are rules. Small is good: 0 is perfect, every rule has a module of its own,
    whichever it is; 1 - 1/R is none, all rules use the modules alike.

    [[0.9, 0.1], [0.8, 0.2]]: assigned 0 and 1, (0.9 + 0.2) / 2 = 0.55 is kept: 0.45.
    """
    ### BEGIN SOLUTION
    rules, modules = linear_sum_assignment(A, maximize=True)
    return 1 - float(A[rules, modules].mean())
    ### END SOLUTION


# %% tags=["check:alignment"]
check("modules.alignment", alignment)

# %% [markdown]
# ### 4. Does the module tell the rule?
#
# A gentler question: if you see which module works, what do you know of the rule? *Mutual
# information* says how much, from 0 to log R. With equally frequent rules it is the sum over all r
# and m of `A[r, m] / R * log(A[r, m] / p(m))`.


# %% tags=["exercise:inverse_mi"]
def inverse_mi(A: np.ndarray) -> float:
    """1 - I / log R, where I is the mutual information of rule and module.

    A (R, R): rows are rules, sum to 1; some entries may be 0, and 0 * log 0 counts as 0.
    0: the module names the rule. 1: it tells nothing.

    [[0.9, 0.1], [0.2, 0.8]]: p = [0.55, 0.45], I = 0.2754, log 2 = 0.6931: 0.6027.
    """
    ### BEGIN SOLUTION
    p = np.broadcast_to(A.mean(axis=0), A.shape)
    used = A > 0
    information = (A[used] * np.log(A[used] / p[used])).sum() / len(A)
    return 1 - float(information / np.log(len(A)))
    ### END SOLUTION


# %% tags=["check:inverse_mi"]
check("modules.inverse_mi", inverse_mi)

# %% [markdown]
# ### 5. A pull towards balance
#
# Large models add such a loss to keep their routers from collapsing. Run calls it with weight 0;
# under Vary it gets more. A choice jumps and has no gradient; so the gradient goes through P alone.


# %% tags=["exercise:balance_loss"]
def balance_loss(p: torch.Tensor) -> torch.Tensor:
    """R * the sum over modules m of f(m) * P(m).

    p (N, R): probabilities of the modules for each example. f(m): share of examples whose largest
    probability is at m, a constant for the gradient. P(m): mean of column m. Returns one number as
    a tensor: 1 if choices are spread equally, up to R if one module gets all.

    p = [[0.8, 0.2], [0.6, 0.4]]: f = [1, 0], P = [0.7, 0.3], so 2 * 0.7 = 1.4.
    """
    ### BEGIN SOLUTION
    R = p.shape[1]
    f = torch.nn.functional.one_hot(p.argmax(dim=1), R).to(p).mean(dim=0)
    return R * (f * p.mean(dim=0)).sum()
    ### END SOLUTION


# %% tags=["check:balance_loss"]
check("modules.balance_loss", balance_loss)

# %% [markdown]
# ## Run
#
# All models share their parts. The two numbers and the rule are encoded; the modules work side by
# side; their outputs are mixed by the weights `w` and decoded. Only `w` differs.


# %% tags=["run"]
def two_layers(inputs: int, hidden: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, outputs))


class Model(nn.Module):
    """One of the four; x (N, 2 + R) holds a, b and the rule as one 1 among zeros."""

    def __init__(self, kind: str, R: int, code: int = 16, width: int = 64) -> None:
        super().__init__()
        self.kind, self.M = kind, 1 if kind == "monolith" else R
        self.number, self.rule = two_layers(1, code, code), two_layers(R, code, code)
        self.first = nn.Linear(3 * code, width)  # of all modules; each has width / M units
        units, outputs = width // self.M, width + 1  # the last output is the module's own rating
        bound = units**-0.5
        self.second = nn.Parameter(torch.empty(self.M, units, outputs).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(self.M, outputs).uniform_(-bound, bound))
        self.router = nn.Linear(code, self.M)  # sees the code of the rule alone
        self.decode = two_layers(width, code, 1)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Answers (N,) and the modules' weights w (N, M)."""
        numbers, code = self.number(x[:, :2, None]).flatten(1), self.rule(x[:, 2:])
        units = self.first(torch.cat([numbers, code], 1)).relu().unflatten(1, (self.M, -1))
        z = torch.einsum("nmu,muo->nmo", units, self.second) + self.bias
        w = {
            "monolith": torch.ones(len(x), 1),
            "learned": z[..., -1].softmax(1),
            "by rule": self.router(code).softmax(1),
            "told": x[:, 2:],
        }[self.kind]
        return self.decode((w[..., None] * z[..., :-1]).sum(1))[:, 0], w


# %% [markdown]
# Every batch is fresh, and the four models see the same. (About 15 seconds on one core.)

# %% tags=["run"]
require_seal("modules")


def draw(R: int, count: int, seed: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Examples x (count, 2 + R), answers (count,) and rules (count,) of the own task."""
    coefficients = np.random.default_rng([REPLICATE, R]).normal(size=(R, 2))
    rng = np.random.default_rng([REPLICATE, R, seed])
    numbers, rules = rng.normal(size=(count, 2)), rng.integers(R, size=count)
    x = torch.from_numpy(np.hstack([numbers, np.eye(R)[rules]])).float()
    answers = torch.from_numpy((numbers * coefficients[rules]).sum(1)).float()
    return x, answers, torch.from_numpy(rules)


def read(model: Model, R: int) -> tuple[float, np.ndarray]:
    """Mean absolute error on new examples, and the activation matrix."""
    x, answers, rules = draw(R, 8000, seed=0)
    with torch.no_grad():
        y, w = model(x)
    A = activation_matrix(w.numpy(), rules.numpy(), R)
    return float((y - answers).abs().mean()), A


def trained(kind: str, R: int, balance: float = 0.0) -> tuple[float, np.ndarray, np.ndarray]:
    """Error after training, and the activation matrix before and after."""
    torch.manual_seed(REPLICATE)
    model, count = Model(kind, R), steps("training")
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    _, before = read(model, R)
    for step in range(count):
        x, answers, _ = draw(R, 128, seed=1 + step)
        y, w = model(x)
        loss = (y - answers).abs().mean() + balance * balance_loss(w)
        optimizer.zero_grad()
        loss.backward()
        optimizer.param_groups[0]["lr"] = 3e-3 * min(1, 2 * (1 - step / count))
        optimizer.step()
    error, after = read(model, R)
    return error, before, after


KINDS = ("monolith", "learned", "by rule", "told")
found = {(kind, R): trained(kind, R) for R in (2, 8) for kind in KINDS}
for (kind, R), (error, _, A) in found.items():
    print(f"{R} rules, {kind:9} error {error:.4f}", end="")
    used = f", collapse {collapse_worst(A):.2f}, alignment {alignment(A):.2f}"
    print("" if kind == "monolith" else used)

# %% [markdown]
# ## Look
#
# Left: at which number of rules do the models part, and which is lowest? Middle and right: *told*
# would be a diagonal of ones. Has any row one bright module? Is any column dark (below it: p(m))?

# %% tags=["look"]
drawing, axes = figure(3, width=4.2, height=4.3)
for kind, mark in {"monolith": "o", "learned": "s", "by rule": "^", "told": "v"}.items():
    errors = [found[kind, R][0] for R in (2, 8)]
    axes[0].plot(["2 rules", "8 rules"], errors, marker=mark, label=kind)
axes[0].set(yscale="log", ylabel="mean absolute error")
axes[0].legend()
for ax, kind in {axes[1]: "learned", axes[2]: "by rule"}.items():
    A = found[kind, 8][2]
    picture = ax.imshow(A, vmin=0, vmax=0.5, cmap="viridis")
    ax.set_xticks(range(8), [f"{m}\n{p:.2f}" for m, p in enumerate(A.mean(axis=0))], fontsize=8)
    ax.set(title=kind, xlabel="module, and its p(m)", ylabel="rule", yticks=range(8))
    ax.grid(visible=False)
drawing.colorbar(picture, ax=axes[1:], label="mean score", extend="max")
error, before, after = found["learned", 8]
ahead = np.log2(error / found["told", 8][0])
ahead_of_monolith = np.log2(found["monolith", 8][0] / found["told", 8][0])
collapse = collapse_worst(after) - collapse_worst(before)
show(
    drawing,
    f"Own run, 8 rules: told is {ahead:.2f} octaves ahead of learned. Training moves the collapse "
    f"of learned by {collapse:+.2f}, alignment to {alignment(after):.2f} (7/8: no specialisation).",
)

# %% [markdown]
# An untrained router is the start to compare with: it, too, is far from one module per rule. Here
# is what training changed. Your run may show the opposite of the class: in four replicates collapse
# of *learned* moved by +0.14, +0.25, +0.07, -0.04. Then hand in your numbers, and see how you did.

# %% tags=["look"]
for kind in ("learned", "by rule"):
    for measure in (collapse_worst, alignment, inverse_mi):
        old, new = (measure(A) for A in found[kind, 8][1:])
        print(f"{kind:8} {measure.__name__:14} {old:.2f} -> {new:.2f}")
contribute(
    "modules",
    ahead=ahead,
    ahead_of_monolith=ahead_of_monolith,
    collapse=collapse,
    unaligned=alignment(after) / (1 - 1 / 8),
)
reveal("modules")

# %% [markdown] tags=["explain:enough"]
# ## Explain
#
# ### Explain: enough
#
# Is the architecture enough? Say by how much the error would fall if each rule had its own module,
# how much of that the learned router found, and what would change your mind. Use numbers of
# collapse *and* of alignment. (4 to 6 sentences)
#
# <!-- BEGIN SOLUTION -->
# No. With 8 rules the model that was told which module to use had less than half the error of the
# learned one, so specialised modules are worth having. The learned router ended at an alignment of
# 0.79, where 0.875 means no specialisation, and its collapse rose from 0.35 to 0.49. All modules
# see the rule, so each can serve several, and nothing in the error asks for one each. A class whose
# alignment came near 0 would change my mind.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Vary
#
# Turn one knob: add your `balance_loss` while training *learned*. Write what you expect of
# collapse and alignment, then run. Which half of `EXPECTED` came true? Other knobs: weight, rules.

# %% tags=["vary"]
EXPECTED = "..."
print("expected:", EXPECTED)
for balance in (0.0, 0.1):
    error, _, A = trained("learned", 8, balance)
    print(f"weight {balance}: error {error:.4f}, ", end="")
    print(f"collapse {collapse_worst(A):.2f}, alignment {alignment(A):.2f}")
