"""The other side of a race (`labs.kit.race`): the same networks in JAX, and how they train there.

`jit` of `vmap` over members of a `scan` over steps, states donated, optimisers written out, batches
taken by index; compilation is not timed. Imports jax and numpy alone: it runs in an interpreter of
its own, for jax is no dependency. A start is what `labs.nn.side.save` writes.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax

from labs.kit.sides import Side

Params = dict[str, Array]  # of one member
Loss = Callable[[Params, Array, Array], Array]  # (params, x, y) -> mean loss of one member
Settings = Mapping[str, Any]
TOLD = 1000  # training examples of the outcome, the first
BETAS, EPSILON = (0.9, 0.999), 1e-8  # of Adam


def start(file: Path) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Parameters and other arrays of a start."""
    with np.load(file) as stored:
        arrays = dict(stored)
    params = {n.removeprefix("start."): arrays.pop(n) for n in [*arrays] if n.startswith("start.")}
    return params, arrays


def supervised(params: Params, arrays: Mapping[str, np.ndarray], how: Settings, loss: Loss) -> Side:
    """The side that goes through data (M, n, ...) by the indices `order` (steps, M or 1, B).

    Args:
        params: of all members, (M, ...).
        arrays: x, y and order.
        how: `rate`, and `momentum` for SGD; without it Adam.
        loss: of one member.
    """
    x, y, order = (jnp.asarray(arrays[name]) for name in ("x", "y", "order"))
    shared = order.shape[1] == 1
    order = order[:, 0] if shared else order
    scales = jnp.ones(len(order))

    def member(params: Params, x: Array, y: Array, order: Array) -> Params:
        def gradient(params: Params, rows: Array) -> Params:
            return jax.grad(loss)(params, taken(x, rows), taken(y, rows))

        return descend(gradient, params, order, scales, how)

    train = jax.jit(jax.vmap(member, (0, 0, 0, None if shared else 1)), donate_argnums=0)
    told = jax.jit(jax.vmap(loss))
    return Side(
        reset=lambda: fresh(params),
        train=lambda state: jax.block_until_ready(train(state, x, y, order)),
        outcome=lambda state: told(state, x[:, :TOLD], y[:, :TOLD]),
    )


def taken(values: Array, rows: Array) -> Array:
    """`values[rows]` of rows that are there."""
    return values.at[rows].get(mode="promise_in_bounds")


def fresh(params: Params) -> Params:
    """Copies that may be donated."""
    return jax.block_until_ready({n: jnp.array(p, dtype=jnp.float32) for n, p in params.items()})


def descend(
    gradient: Callable[[Params, Any], Params],
    params: Params,
    batches: Any,
    scales: Array,
    how: Settings,
) -> Params:
    """One member's training, a `scan` over batches; `scales` (steps,) multiply the rate.

    SGD with `how["momentum"]` where it is given, else Adam, both as in torch.
    """
    zeros = jax.tree.map(jnp.zeros_like, params)
    if "momentum" in how:

        def sgd(state: Any, step: Any) -> Any:
            params, speed = state
            batch, scale = step
            speed = jax.tree.map(
                lambda s, g: how["momentum"] * s + g, speed, gradient(params, batch)
            )
            params = jax.tree.map(lambda p, s: p - how["rate"] * scale * s, params, speed)
            return (params, speed), None

        (params, _), _ = lax.scan(sgd, (params, zeros), (batches, scales))
        return params
    (first, second), done = BETAS, jnp.arange(1, len(scales) + 1)
    rates = how["rate"] * scales / (1 - first**done)
    roots = jnp.sqrt(1 - second**done)

    def adam(state: Any, step: Any) -> Any:
        params, mean, square = state
        batch, rate, root = step
        grads = gradient(params, batch)
        mean = jax.tree.map(lambda m, g: first * m + (1 - first) * g, mean, grads)
        square = jax.tree.map(lambda s, g: second * s + (1 - second) * g * g, square, grads)
        params = jax.tree.map(
            lambda p, m, s: p - rate * m / (jnp.sqrt(s) / root + EPSILON), params, mean, square
        )
        return (params, mean, square), None

    (params, _, _), _ = lax.scan(adam, (params, zeros, zeros), (batches, rates, roots))
    return params


def cross_entropy(logits: Array, labels: Array) -> Array:
    """Mean in nats; logits (B, K), labels (B,)."""
    # Not gathered: the way back would be a scatter.
    chosen = jax.nn.one_hot(labels, logits.shape[1]) * jax.nn.log_softmax(logits)
    return -chosen.sum(1).mean()


def _turned(params: Mapping[str, np.ndarray]) -> Params:
    """Matrices of torch's `Linear` as (inputs, outputs)."""
    return {n: p.swapaxes(-1, -2).copy() if p.ndim == 3 else p for n, p in params.items()}


def mlp(settings: Settings, file: Path) -> Side:
    """The benchmark's MLP, residual where `residual` is true."""
    params, arrays = start(file)

    def loss(p: Params, x: Array, y: Array) -> Array:
        h = jax.nn.relu(x @ p["first.weight"] + p["first.bias"])
        second = jax.nn.relu(h @ p["second.weight"] + p["second.bias"])
        h = h + second if settings["residual"] else second
        return cross_entropy(h @ p["head.weight"] + p["head.bias"], y)

    return supervised(_turned(params), arrays, settings["how"], loss)


def cnn(settings: Settings, file: Path) -> Side:
    """The benchmark's CNN, channels last, a convolution as products of shifted slices: a grouped
    convolution, which `vmap` makes of JAX's own, takes six times as long."""
    params, arrays = start(file)
    for name in ("first", "second", "third"):  # (M, outputs, inputs, kernel) as (M, kernel, ...)
        params[f"{name}.weight"] = params[f"{name}.weight"].transpose(0, 3, 2, 1)
    head, channels = params["head.weight"], params["third.bias"].shape[1]
    head = head.reshape(*head.shape[:2], channels, -1).transpose(0, 3, 2, 1)
    params["head.weight"] = head.reshape(len(head), -1, head.shape[3])  # not channel by channel

    def loss(p: Params, x: Array, y: Array) -> Array:
        h = x[..., None]
        for name in ("first", "second", "third"):
            h = jax.nn.relu(convolved(h, p[f"{name}.weight"]) + p[f"{name}.bias"])
        return cross_entropy(h.reshape(len(h), -1) @ p["head.weight"] + p["head.bias"], y)

    return supervised(params, arrays, settings["how"], loss)


def convolved(x: Array, weight: Array) -> Array:
    """Of stride 2 and padding 1: (B, length, C), (kernel, C, outputs) -> (B, positions, outputs);
    one channel's slices side by side in one product."""
    kernel = len(weight)
    span = (x.shape[1] + 2 - kernel) // 2 * 2 + 1
    x = jnp.pad(x, ((0, 0), (1, 1), (0, 0)))
    slices = [x[:, j : j + span : 2] for j in range(kernel)]
    if x.shape[2] == 1:
        return jnp.concatenate(slices, -1) @ weight[:, 0]
    return sum((s @ w for s, w in zip(slices[1:], weight[1:], strict=True)), slices[0] @ weight[0])


def gru(settings: Settings, file: Path) -> Side:
    """The benchmark's bidirectional GRU, both directions at once, the batch last."""
    params, arrays = start(file)
    both = {
        name: np.stack([params[f"recurrent.{name}_l0{end}"] for end in ("", "_reverse")], 1)
        for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    }
    both |= {name: both[name][..., None] for name in ("bias_ih", "bias_hh")}
    both |= {"head.weight": params["head.weight"].swapaxes(1, 2), "head.bias": params["head.bias"]}

    def loss(p: Params, x: Array, y: Array) -> Array:
        turns = jnp.stack([x.T, x.T[::-1]], 1)[:, :, None]  # (T, 2, 1, B)
        inputs = p["weight_ih"] * turns + p["bias_ih"]

        def step(h: Array, given: Array) -> Any:
            reset, update, new = jnp.split(given, 3, 1)
            of_reset, of_update, of_new = jnp.split(p["weight_hh"] @ h + p["bias_hh"], 3, 1)
            update = jax.nn.sigmoid(update + of_update)
            new = jnp.tanh(new + jax.nn.sigmoid(reset + of_reset) * of_new)
            h = new + update * (h - new)
            return h, h

        zero = jnp.zeros((2, p["weight_hh"].shape[2], len(x)))
        # Unrolled: a loop takes half as long again.
        _, states = lax.scan(step, zero, inputs, unroll=len(inputs))
        states = jnp.concatenate([states[:, 0], states[::-1, 1]], 1)  # (T, 2H, B)
        features = states.transpose(2, 0, 1).reshape(len(x), -1)
        return cross_entropy(features @ p["head.weight"] + p["head.bias"], y)

    return supervised(both, arrays, settings["how"], loss)
