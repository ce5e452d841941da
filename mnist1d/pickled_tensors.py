"""Tensors in a pickle: through torch's own reading of weights, which runs nothing either."""

from __future__ import annotations

import io
import pickle
from typing import Any

import torch
from torch import Tensor

from mnist1d.checks import brief, shown
from mnist1d.plain_names import DTYPES, made_of
from mnist1d.stand_ins import Name, refuse


def _storage(content: bytes) -> Any:
    """The numbers of a tensor, which a pickle holds as a file of torch within it."""
    device = None if torch.cuda.is_available() else "cpu"
    try:
        storage = torch.load(io.BytesIO(content), map_location=device, weights_only=True)
    except Exception as error:  # torch names no kinds of what it raises on damage
        why = f"{type(error).__name__}: {brief(error)}"
    else:
        if isinstance(storage, (torch.TypedStorage, torch.UntypedStorage)):
            return storage
        why = f"it is no storage but {shown(storage)}"
    raise pickle.UnpicklingError(f"the file holds a tensor that torch does not read: {why}")


def _tensor(
    storage: Any, offset: int, size: Any, stride: Any, requires_grad: bool, *hooks: Any
) -> Tensor:
    if any(hooks):
        refuse("a tensor with hooks or metadata")
    # torch enlarges a storage that is too small for what a file states; a view of it must fit.
    torch._utils._rebuild_tensor_v2(storage, 0, (0,), (1,), False, {}).as_strided(
        size, stride, offset
    )
    return torch._utils._rebuild_tensor_v2(storage, offset, size, stride, requires_grad, {})


def _parameter(data: Tensor, requires_grad: bool, hooks: Any) -> Tensor:
    if hooks:
        refuse("a parameter with hooks")
    return torch.nn.Parameter(data, requires_grad)


NAMES = {
    ("torch._utils", "_rebuild_tensor_v2"): Name(None, _tensor),
    ("torch._utils", "_rebuild_parameter"): Name(None, _parameter),
    ("torch.storage", "_load_from_bytes"): Name(None, _storage),
    ("torch", "Size"): made_of(torch.Size, list, tuple),
    ("torch", "device"): made_of(torch.device, str, int),
    **{("torch", name): Name(getattr(torch, name)) for name in DTYPES.split()},
}
