"""Modules: what is added to a frozen base (`labs.nn.base`) to adapt it, one idea per file.

A kind says at which places of the forward pass it acts, what it trains, how it starts and whether
it merges; a module is a kind with the values of M members. To add a kind, write one class with the
methods of `labs.nn.modules.module.Kind` that it needs.

>>> import torch
>>> from labs.nn.base import SMALL, Base, logits
>>> from labs.nn.modules.adapter import Adapter
>>> from labs.nn.modules.lora import LoRA
>>> from labs.nn.modules.module import merge
>>> members = [torch.Generator().manual_seed(seed) for seed in (0, 1, 2)]
>>> weights = Base(1, SMALL).reset([0]).frozen()  # one base, which three members share
>>> x = torch.zeros(3, 5, 40)  # five signals each
>>> domain, task = (kind.start(weights, SMALL, members) for kind in (LoRA(), Adapter()))
>>> logits(weights, x, [domain, task], SMALL.heads).shape, domain.count(), task.count()
(torch.Size([3, 5, 10]), 512, 584)
>>> plain = merge(weights, [domain])  # parameters of three plain networks
>>> torch.allclose(logits(plain, x, heads=SMALL.heads), logits(weights, x, [domain], SMALL.heads))
True

`labs.nn.modules.adapting` trains them.
"""
