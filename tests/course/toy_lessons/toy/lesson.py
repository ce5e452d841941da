# %% [markdown]
# # How far apart are two means?
#
# ## Predict
# Write down what you expect.

# %% tags=["setup"]
from labs.course import check, contribute, data, start, steps

REPLICATE = 0
start("toy", replicate=REPLICATE, steps={"all": 40})

# %% tags=["predict"]
guess = (-1, 1)

# %% [markdown] tags=["instructor"]
# Collect the guesses now.

# %% [markdown]
# ## Build

# %% tags=["exercise:mean"]
import numpy as np


def mean(x: np.ndarray) -> float:
    """Return the mean of x (N,): of [1, 2, 6] it is 3."""
    ### BEGIN SOLUTION
    return float(x.sum() / len(x))
    ### END SOLUTION


# %% tags=["check:mean"]
check("toy.mean", mean)


# %% tags=["exercise:gap"]
def gap(a: float, b: float) -> float:
    """Return how far a lies above b: for 3 and 1 it is 2."""
    difference = 0.0
    ### BEGIN SOLUTION
    difference = a - b
    ### END SOLUTION
    return round(difference, 9)


# %% tags=["check:gap"]
check("toy.gap", gap)

# %% [markdown]
# ## Run

# %% tags=["run"]
x = data().x[: steps("all")]
found = gap(mean(x[0]), mean(x[1]))
contribute("toy", gap=found)

# %% [markdown]
# ## Look

# %% tags=["look"]
print(f"{found:.3f}")

# %% [markdown] tags=["explain:why"]
# ## Explain
# ### Explain: why
# <!-- BEGIN SOLUTION -->
# The digits differ.
# <!-- END SOLUTION -->

# %% [markdown] tags=["vary"]
# ## Vary
# Take other examples.
