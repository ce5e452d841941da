"""One outer step of the lab in JAX (see `labs.nn.in_jax`): the training, differentiated by the
parameters of the activation.

`direct` computes the network in the activation at every unit of every example, and computes a step
again on the way back rather than keep what is in it. `tabulated` looks the activation up in a table
as our side does (`labs.activation.tabulated`); the way back is automatic in both.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax

from labs.kit.sides import Side
from labs.nn.in_jax import Settings, cross_entropy, start, taken

Function = Callable[[Array], Array]
Meta = dict[str, Array]


def direct(settings: Settings, file: Path) -> Side:
    """Every activation computed."""

    def activation(meta: Meta) -> Function:
        return lambda a: network(settings, meta, a)

    return _raced(activation, jax.checkpoint, settings, file)


def tabulated(settings: Settings, file: Path) -> Side:
    """Every activation looked up: cubic Hermite interpolation between equally distant knots."""
    cells, reach = settings["cells"], settings["reach"]
    width = 2 * reach / cells

    def activation(meta: Meta) -> Function:
        knots = jnp.linspace(-reach, reach, cells + 1)
        value, slope = jax.jvp(
            lambda x: network(settings, meta, x), (knots,), (jnp.ones_like(knots),)
        )
        rise, left, right = jnp.diff(value) / width, slope[:-1], slope[1:]
        square = (3 * rise - 2 * left - right) / width
        cube = (left + right - 2 * rise) / width**2
        table = jnp.stack([value[:-1], left, square, cube], 1)

        def look(x: Array) -> Array:
            place = (x + reach) / width
            cell = jnp.clip(lax.stop_gradient(jnp.floor(place)), 0, cells - 1)
            c0, c1, c2, c3 = jnp.moveaxis(taken(table, cell.astype(int)), -1, 0)
            offset = (place - cell) * width
            return c0 + offset * (c1 + offset * (c2 + offset * c3))

        return look

    return _raced(activation, lambda step: step, settings, file)


def network(settings: Settings, meta: Meta, x: Array) -> Array:
    """The activation without noise, elementwise in x, of one member."""
    hidden = jnp.tanh(x[..., None] * meta["w1"] + meta["b1"])
    return jax.nn.elu(x) + settings["scale"] * (hidden @ meta["w2"] + meta["b2"])


def _raced(
    activation: Callable[[Meta], Function],
    kept: Callable[[Any], Any],
    settings: Settings,
    file: Path,
) -> Side:
    meta, arrays = start(file)
    order, x, y = (jnp.asarray(arrays[name]) for name in ("order", "x", "y"))
    weights = {name: jnp.asarray(arrays[name]) for name in ("first", "second", "bias")}
    inside, after = (jnp.asarray(arrays[name], jnp.float32) for name in ("inside", "after"))

    def objective(meta: Meta, weights: Meta, x: Array, y: Array, noise: Any) -> Array:
        """Mean loss over the last steps of a training, of one member."""
        function, (inside, after) = activation(meta), noise
        shifts = after + settings["scale"] * (inside @ meta["w2"])[:, None]

        def loss(weights: Meta, rows: Array, shift: Array) -> Array:
            hidden = function(taken(x, rows) @ weights["first"]) + shift
            return cross_entropy(hidden @ weights["second"].T + weights["bias"], taken(y, rows))

        def step(state: Any, at: Any) -> Any:
            weights, moment = state
            found, grads = jax.value_and_grad(loss)(weights, *at)
            return _descended(weights, moment, grads, settings), found

        ones = jax.tree.map(jnp.ones_like, weights)
        _, losses = lax.scan(kept(step), (weights, ones), (order, shifts))
        return losses[-settings["window"] :].mean()

    outer = jax.jit(jax.vmap(jax.value_and_grad(objective), (0, 0, 0, 0, 1)))
    meta = {name: jnp.asarray(value, jnp.float32) for name, value in meta.items()}
    return Side(
        reset=lambda: meta,
        train=lambda meta: jax.block_until_ready(outer(meta, weights, x, y, (inside, after))),
        outcome=_objective_and_norm,
    )


def _descended(weights: Meta, moment: Meta, grads: Meta, settings: Settings) -> tuple[Meta, Meta]:
    """One step of RMSprop as our side takes it."""
    decay, rate, epsilon = (settings[name] for name in ("decay", "rate", "epsilon"))
    moment = jax.tree.map(
        lambda m, g: decay * m + (1 - decay) * g * g + settings["tiny"], moment, grads
    )
    weights = jax.tree.map(
        lambda w, g, m: w - rate * g / (jnp.sqrt(m) + epsilon), weights, grads, moment
    )
    return weights, moment


def _objective_and_norm(found: tuple[Array, Meta]) -> np.ndarray:
    value, gradients = found
    squares = [(np.asarray(g) ** 2).sum(1) for g in gradients.values()]
    return np.stack([np.asarray(value), np.sqrt(np.sum(squares, 0))])
