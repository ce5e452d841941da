"""The networks that run programs, against plain ones and against one program at a time."""

import pytest
import torch
from torch import nn

from labs.programs.examples import group
from labs.programs.grid import ARMS, RUNNERS
from labs.programs.nets import Bank, Iterated, Modular, Monolith, Recurrent
from labs.programs.operations import LENGTH, run
from labs.programs.speed import Modular as PlainModular
from labs.programs.speed import Monolith as PlainMonolith
from labs.programs.training import NETS, carried, errors

M, B = 2, 5
NEAR = {"atol": 2e-6, "rtol": 1e-5}


def signals(members=M, count=B, seed=0):
    return torch.randn(members, count, LENGTH, generator=torch.Generator().manual_seed(seed))


PROGRAMS = torch.tensor([[[0, 4, 2], [5, 5, 1]], [[3, 2, 0], [1, 4, 4]]])  # (M, 2, 3)


def test_networks_have_as_many_parameters():
    counts = {arm: NETS[arm](1, *ARMS[arm].sizes).parameter_count() for arm in RUNNERS}
    assert counts["modular"] == counts["affine"] == 6 * (81 * 64 + 40)
    assert counts["iterated"] == 139 * (138 + 40) + 138 * 48
    assert max(counts.values()) < 1.02 * min(counts.values())


@pytest.mark.parametrize(
    ("stacked", "plain"),
    [
        (lambda: Modular(M, 7), lambda: PlainModular(7)),
        (lambda: Monolith(M, 9, 4), lambda: PlainMonolith(9, 4)),
    ],
    ids=["modular", "monolith"],
)
def test_a_stack_gives_what_its_twins_give_program_by_program(stacked, plain):
    net, twins = stacked(), [plain() for _ in range(M)]
    for member, twin in enumerate(twins):
        net.load(member, twin)
    x = signals()
    found = net.run(x, PROGRAMS)
    assert found.shape == (M, 2, B, LENGTH)
    for member, twin in enumerate(twins):
        for place, program in enumerate(PROGRAMS[member].tolist()):
            expected = twin(x[member], program)
            torch.testing.assert_close(found[member, place], expected, **NEAR)
    found.square().sum().backward()
    for member, twin in enumerate(twins):
        outputs = [twin(x[member], program) for program in PROGRAMS[member].tolist()]
        torch.stack(outputs).square().sum().backward()
        other = stacked()
        for parameter in twin.parameters():
            unused = parameter.grad is None  # the operation is in no program
            parameter.data = torch.zeros_like(parameter) if unused else parameter.grad
        other.load(member, twin)
        for own, wanted in zip(net.parameters(), other.parameters(), strict=True):
            torch.testing.assert_close(own.grad[member], wanted[member], atol=1e-3, rtol=1e-4)


def test_a_stack_starts_as_torch_starts_its_twin():
    net = Modular(2, 7).reset([3, 4])
    torch.manual_seed(4)
    twin = PlainModular(7)
    for own, plain in zip((net.first, net.second), (twin.first, twin.second), strict=True):
        for place in range(6):
            torch.testing.assert_close(own.weight[1, place], plain[place].weight.T)
            torch.testing.assert_close(own.bias[1, place, 0], plain[place].bias)


def test_the_recurrent_layer_is_torchs():
    layer, twin = Recurrent(M, 3, 4), nn.GRU(3, 4)
    layer.reset([torch.Generator().manual_seed(m) for m in range(M)])
    layer.load(1, *twin.parameters())
    x = torch.randn(6, M, 3, B)
    found = layer(x)[:, 1]
    torch.testing.assert_close(found.transpose(1, 2), twin(x[:, 1].transpose(1, 2))[0], **NEAR)


def test_an_iterated_network_takes_its_own_output_and_the_code_of_the_step():
    net = Iterated(M, 9).reset([1, 2])
    x = signals()
    h = x.unsqueeze(1).expand(-1, 2, -1, -1)
    for step in range(3):
        one = PROGRAMS[:, :, step]
        # every program a member of its own
        parts = [net.run(h[:, place], one[:, place : place + 1, None]) for place in range(2)]
        h = torch.cat(parts, 1)
    torch.testing.assert_close(net.run(x, PROGRAMS), h, **NEAR)
    assert not torch.allclose(net.run(x, PROGRAMS), net.run(x, PROGRAMS.flip(2)), atol=1e-3)


def exact():
    """Modules that are the operations."""
    net = Modular(M, LENGTH, linear=True)
    single = group([torch.arange(6).unsqueeze(1).numpy()] * M, "cpu")
    with torch.no_grad():
        net.first.weight.copy_(torch.eye(LENGTH).expand(M, 6, -1, -1))
        net.first.bias.zero_()
        net.second.weight.copy_(single.matrix - torch.eye(LENGTH))
        net.second.bias.copy_(single.shift)
    return net


def test_modules_that_are_the_operations_make_no_error():
    asked = group([own.numpy() for own in PROGRAMS], "cpu")
    x = signals(count=70)
    for member in range(M):
        for place, program in enumerate(PROGRAMS[member].tolist()):
            wanted = torch.from_numpy(run(x[member].numpy(), program))
            torch.testing.assert_close(asked.targets(x)[member, place], wanted, atol=1e-5, rtol=0)
    assert errors(exact(), x, asked).max() < 1e-9
    assert errors(exact(), x, asked, asked.programs.flip(2)).max() > 1


def test_an_error_is_relative_to_the_spread_of_what_it_should_be():
    asked = group([own.numpy() for own in PROGRAMS], "cpu")
    x, net = signals(count=70), exact()
    with torch.no_grad():
        net.second.bias[1, 4] += 0.5  # diff, of member 1 alone, which is the last of program 1
    found = errors(net, x, asked)
    targets = asked.targets(x)
    variance = targets.var(2, correction=0).mean(2)
    torch.testing.assert_close(asked.variance(x), variance, rtol=1e-4, atol=1e-6)
    assert found[0].max() < 1e-9
    off = (net.run(x, asked.programs)[1, 1] - targets[1, 1]).detach()
    wanted = 100 * off.square().mean() / targets[1, 1].var(0, correction=0).mean()
    assert found[1, 1] == pytest.approx(wanted.item(), rel=1e-3)
    # the difference of a constant is 0: what is left is 0.5 of the last step
    assert off.square().mean().item() == pytest.approx(0.25, rel=1e-3)


def test_carried_errors_are_exact_of_one_step_and_of_an_error_that_nothing_changes():
    net = exact()
    with torch.no_grad():
        net.second.bias[:, 5] += 0.3  # ramp
    x = signals(count=70)
    for program in ([[5]], [[5, 0]], [[0, 5]], [[5, 1, 2]], [[5, 4]], [[5, 3]]):
        asked = group([torch.tensor(program).numpy()] * M, "cpu")
        found = errors(net, x, asked)
        torch.testing.assert_close(carried(net, x, asked), found, rtol=1e-3, atol=1e-6)
    both = group([torch.tensor([[5, 5]]).numpy()] * M, "cpu")
    # two equal errors are one of twice the height, and are foretold as if they were not equal
    torch.testing.assert_close(2 * carried(net, x, both), errors(net, x, both), rtol=1e-3, atol=0)


def test_a_bank_refuses_no_members():
    with pytest.raises(ValueError, match="members must be a whole number of at least 1, got 0"):
        Bank(0, 3, 4)


def test_groups_must_have_as_many_programs():
    with pytest.raises(ValueError, match="members must have as many programs"):
        group([PROGRAMS[0].numpy(), PROGRAMS[1, :1].numpy()], "cpu")
