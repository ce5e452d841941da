"""The external memory against hand-computed values and plain loops; its task."""

import numpy as np
import pytest
import torch

from labs.programs.grid import SYMBOLS
from labs.programs.memory import (
    INPUTS,
    LENGTH,
    MemoryNet,
    RecurrentNet,
    content,
    free,
    read,
    told,
    write,
)
from labs.programs.speed import Memory


def test_content_addressing_by_hand():
    memory = torch.tensor([[3.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
    found = content(memory, torch.tensor([2.0, 0.0]), torch.tensor([2.0]))
    scores = np.exp(2 * np.array([1.0, 0.0, 0.5**0.5]))  # cosines: heights play no part
    np.testing.assert_allclose(found, scores / scores.sum(), rtol=1e-5)


def test_an_empty_memory_is_read_evenly():
    found = content(torch.zeros(4, 3), torch.ones(3), torch.tensor([50.0]))
    assert found.tolist() == [0.25] * 4


def test_writing_by_hand():
    memory = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    weights, erase, word = (
        torch.tensor([1.0, 0.5]),
        torch.tensor([1.0, 0.5]),
        torch.tensor([5.0, 6]),
    )
    # first slot: 1 (1 - 1) + 5, 2 (1 - 0.5) + 6; second: 3 (1 - 0.5) + 2.5, 4 (1 - 0.25) + 3
    assert write(memory, weights, erase, word).tolist() == [[5.0, 7.0], [4.0, 6.0]]
    assert read(memory, torch.tensor([0.5, 0.25])).tolist() == [1.25, 2.0]


def test_allocation_by_hand():
    # least used first: slot 1 (0.1), slot 2 (0.5), slot 0 (0.8)
    found = free(torch.tensor([0.8, 0.1, 0.5]))
    np.testing.assert_allclose(found, [0.2 * 0.05, 0.9, 0.5 * 0.1], rtol=1e-5)
    assert free(torch.tensor([1.0, 0.0, 0.0])).tolist() == [0, 1, 0]  # the first of those free
    assert free(torch.ones(3)).tolist() == [0, 0, 0]


def test_many_memories_are_as_one_at_a_time():
    draws = torch.Generator().manual_seed(0)
    shape = (2, 3)
    memory = torch.randn(*shape, 5, 4, generator=draws)
    key, word = (torch.randn(*shape, 4, generator=draws) for _ in range(2))
    erase, strength = (torch.rand(*shape, size, generator=draws) for size in (4, 1))
    usage = torch.rand(*shape, 5, generator=draws)
    weights = content(memory, key, strength)
    written = write(memory, weights, erase, word)
    for m in range(2):
        for b in range(3):
            own, one = memory[m, b], weights[m, b]
            cosines = [float(key[m, b] @ row / key[m, b].norm() / row.norm()) for row in own]
            scores = np.exp(float(strength[m, b, 0]) * np.array(cosines))
            np.testing.assert_allclose(one, scores / scores.sum(), rtol=1e-4)
            for i in range(5):
                for j in range(4):
                    kept = own[i, j] * (1 - one[i] * erase[m, b, j])
                    assert written[m, b, i, j] == pytest.approx(
                        float(kept + one[i] * word[m, b, j]), abs=1e-6
                    )
            left = 1.0
            for i in usage[m, b].argsort().tolist():
                found = free(usage)[m, b, i].item()
                assert found == pytest.approx(left * (1 - usage[m, b, i].item()), abs=1e-6)
                left *= usage[m, b, i].item()
            total = sum(one[i] * written[m, b, i] for i in range(5))
            torch.testing.assert_close(read(written, weights)[m, b], total)


def test_the_stack_gives_what_its_twins_give_step_by_step():
    net, twins = MemoryNet(2, 9, 6), [Memory(9, 6) for _ in range(2)]
    for member, twin in enumerate(twins):
        net.load(member, twin)
    x = torch.randn(2, 3, 5, INPUTS)
    found = net(x)
    assert found.shape == (2, 3, SYMBOLS)
    for member, twin in enumerate(twins):
        torch.testing.assert_close(found[member], twin(x[member]), atol=1e-6, rtol=1e-5)


def test_an_emptied_memory_knows_the_question_alone():
    net = MemoryNet(1, 9, 6).reset([0])
    x, other = torch.randn(2, 1, 3, 5, INPUTS).unbind(0)
    other[:, :, -1] = x[:, :, -1]
    assert not torch.allclose(net(x), net(other), atol=1e-5)
    net.emptied = True
    assert torch.equal(net(x), net(other))


def test_the_gru_has_at_least_as_many_parameters():
    assert RecurrentNet(1, 64).parameter_count() > 3 * MemoryNet(1, 48, 24).parameter_count()


def test_sequences_ask_for_what_was_told():
    signals = np.random.default_rng(0).normal(size=(2, 30, LENGTH)).astype(np.float32)
    x, y = (
        part.numpy() for part in told(signals, 5, 6, [np.random.default_rng(m) for m in (1, 2)])
    )
    assert x.shape == (2, 6, 6, INPUTS)
    assert (x[:, :, -1, LENGTH:] == 0).all()  # the question bears no symbol
    assert (x[:, :, :-1, LENGTH:].sum(-1) == 1).all()
    for member in range(2):
        for sequence, answer in zip(x[member], y[member], strict=True):
            same = (sequence[:-1, :LENGTH] == sequence[-1, :LENGTH]).all(1)
            assert same.sum() == 1  # all signals differ
            assert sequence[same.argmax(), LENGTH:].argmax() == answer
        own = {row.tobytes() for row in signals[member]}
        assert {row.tobytes() for row in x[member, :, :-1, :LENGTH].reshape(-1, LENGTH)} <= own


def test_every_place_and_symbol_is_asked_for_alike():
    signals = np.random.default_rng(0).normal(size=(1, 8000, LENGTH)).astype(np.float32)
    x, y = (part.numpy()[0] for part in told(signals, 4, 2000, [np.random.default_rng(1)]))
    places = (x[:, :-1, :LENGTH] == x[:, -1:, :LENGTH]).all(2).argmax(1)
    for found, kinds in ((places, 4), (y, SYMBOLS)):
        counts = np.bincount(found, minlength=kinds)
        assert ((counts - 2000 / kinds) ** 2 / (2000 / kinds)).sum() < 30  # chi squared
