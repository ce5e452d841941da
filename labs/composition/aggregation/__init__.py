"""Aggregation: how modules that were trained apart become one network, one idea per file.

The third axis of the survey of modular deep learning (Pfeiffer, Ruder, Vulic and Ponti 2023,
arXiv:2302.11529). Of parameters: `arithmetic` (averages, paths, task vectors), `merging` (Fisher,
RegMean, TIES, DARE, sparse sums) and `barriers` (linear mode connectivity). Of representations:
`fusion` (weighted sums and attention over adapters). Of inputs and functions: `stacking` (prompts
end to end, modules in order, trees). All have the member axis first.

>>> import torch
>>> from labs.composition.aggregation.arithmetic import added, average, difference
>>> base = {"w": torch.zeros(1, 2)}  # shared by three members
>>> ones, twos = {"w": torch.ones(3, 2)}, {"w": torch.full((3, 2), 2.0)}
>>> average([ones, twos])["w"][0].tolist(), average([ones, twos], [0.75, 0.25])["w"][0].tolist()
([1.5, 1.5], [1.25, 1.25])
>>> task = difference(twos, base)
>>> added(base, task, -0.5)["w"][0].tolist()  # negation at half strength
[-1.0, -1.0]
"""
