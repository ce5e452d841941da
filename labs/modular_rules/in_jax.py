"""The attention and recurrent modules of the lab in JAX (see `labs.nn.in_jax`), for Modular alone.

Columns are examples and the batch is last, as in our networks, so that a loop over a few tokens or
gates runs along it; modules' hidden units are gated before one product with all second layers.
"""

from collections.abc import Callable
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from labs.kit.sides import Side
from labs.nn.in_jax import Params, Settings, descend, fresh, start

Net = Callable[[Params, Array], Array]  # (params, x (features, L, B)) -> y (outputs, L, B)


def mha(settings: Settings, file: Path) -> Side:
    """Attention: no token hears itself, and a module owns two heads."""

    def net(p: Params, x: Array) -> Array:
        tokens = x.shape[1:]
        code = _two_layers(p, "encode", x.reshape(len(x), -1))
        query, key, value = (
            _affine(p, name, code).reshape(-1, head, *tokens) for name in ("query", "key", "value")
        )
        scores = (query[:, :, :, None] * head**-0.5 * key[:, :, None]).sum(1)  # heads, L, L, B
        itself = jnp.eye(tokens[0], dtype=bool)[None, :, :, None]
        weights = jax.nn.softmax(jnp.where(itself, -jnp.inf, scores), axis=2)
        heard = (weights[:, None] * value[:, :, None]).sum(3)  # heads, features, L, B
        pairs = heard.reshape(rules, 2 * head, -1)
        own = _affine(p, "own", code).reshape(rules, head, -1)
        mixed = _mixed(p, jnp.concatenate([pairs, own], 1))
        return _two_layers(p, "decode", mixed).reshape(1, *tokens)

    rules, head = settings["rules"], settings["head"]
    return _raced(net, settings, file)


def rnn(settings: Settings, file: Path) -> Side:
    """Recurrence: modules score themselves at every step and share the state."""

    def net(p: Params, x: Array) -> Array:
        length, batch = x.shape[1:]
        code = _two_layers(p, "encode", x.reshape(len(x), -1))
        of_inputs = (p["input.weight"] @ code).reshape(rules, 4 * state, length, batch)
        h = c = jnp.zeros((state, batch))
        states = []
        for t in range(length):
            of_input = of_inputs[:, :, t]
            of_state = (p["recurrent.weight"] @ h).reshape(rules, 4 * state, batch)
            i, f, o, new = jnp.split(of_input + of_state, 4, axis=1)
            cells = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(new)
            hidden = jax.nn.sigmoid(o) * jnp.tanh(cells)
            both = jax.nn.relu(jnp.concatenate([of_input, of_state], 1))
            weights = jax.nn.softmax((p["router.weight"] * both).sum(1), 0)[:, None]
            h, c = (weights * hidden).sum(0), (weights * cells).sum(0)
            states.append(h)
        y = _two_layers(p, "decode", jnp.stack(states, 1).reshape(state, -1))
        return y.reshape(-1, length, batch)

    rules, state = settings["rules"], settings["state"]
    return _raced(net, settings, file)


def _raced(net: Net, settings: Settings, file: Path) -> Side:
    params, arrays = start(file)
    params = {name: _columns(value) for name, value in params.items()}
    scales = jnp.asarray(arrays["scales"])
    x, y = (jnp.asarray(arrays[name]) for name in ("x", "y"))  # steps + 1, M, B, L, ...

    def loss(p: Params, x: Array, y: Array) -> Array:
        """Mean L1, of x (B, L, features) and y (B, L) or (B, L, outputs)."""
        found = net(p, x.transpose(2, 1, 0)).transpose(2, 1, 0)
        return jnp.abs(found.reshape(y.shape) - y).mean()

    def gradient(p: Params, batch: tuple[Array, Array]) -> Params:
        grads = jax.grad(loss)(p, *batch)
        if "clip" not in settings:
            return grads
        norm = jnp.sqrt(sum((g * g).sum() for g in grads.values()))
        scale = jnp.minimum(settings["clip"] / (norm + 1e-6), 1)
        return {name: g * scale for name, g in grads.items()}

    def member(p: Params, x: Array, y: Array) -> Params:
        return descend(gradient, p, (x, y), scales, settings["how"])

    train = jax.jit(jax.vmap(member, (0, 1, 1)), donate_argnums=0)
    told = jax.jit(jax.vmap(loss))
    batches = x[:-1], y[:-1]
    return Side(
        reset=lambda: fresh(params),
        train=lambda state: jax.block_until_ready(train(state, *batches)),
        outcome=lambda state: told(state, x[-1], y[-1]),
    )


def _columns(value: np.ndarray) -> np.ndarray:
    """A parameter (M, ...) to be multiplied from the left: of modules (M, R, inputs, outputs) the
    matrices turned, of biases a last axis for the examples."""
    if value.ndim == 4 and value.shape[1] == 1:  # (M, 1, R, outputs)
        return value[:, 0, :, :, None]
    if value.ndim == 4 and value.shape[3] > 1:
        return value.swapaxes(2, 3).copy()
    return value[..., None] if value.ndim == 2 else value


def _affine(p: Params, name: str, x: Array) -> Array:
    return p[f"{name}.weight"] @ x + p[f"{name}.bias"]


def _two_layers(p: Params, name: str, x: Array) -> Array:
    return _affine(p, f"{name}.2", jax.nn.relu(_affine(p, f"{name}.0", x)))


def _mixed(p: Params, x: Array) -> Array:
    """The mixture of modules (outputs, N), of their inputs (R, inputs, N); the last output of each
    is its score."""
    units = jax.nn.relu(_affine(p, "modules_.0", x))
    weight, bias = p["modules_.2.weight"], p["modules_.2.bias"]  # R, outputs, units; R, outputs, 1
    scores = (weight[:, -1, :, None] * units).sum(1) + bias[:, -1]
    weights = jax.nn.softmax(scores, 0)
    second = weight[:, :-1].transpose(1, 0, 2).reshape(weight.shape[1] - 1, -1)
    gated = (units * weights[:, None]).reshape(second.shape[1], -1)
    return second @ gated + bias[:, :-1, 0].T @ weights
