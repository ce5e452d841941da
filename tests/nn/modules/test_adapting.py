"""How modules are trained: one run, and the procedures that make several, with a run that is
recorded and moves every value by a known amount."""

from functools import partial
from math import cos, pi

import pytest
import torch

from labs.nn.losses import cross_entropy
from labs.nn.modules import adapting
from labs.nn.modules.adapted import Adapted
from labs.nn.modules.adapting import Schedule, Start, adapt
from labs.nn.modules.delta import Delta, Ticket
from labs.nn.modules.diff_pruning import DiffPruning
from labs.nn.modules.lora import LoRA
from labs.nn.modules.names import HEAD
from tests.nn.modules.kinds import TINY, base, generators, signals
from tests.nn.random_data import generator

OF = ("head.*", "norm.*")  # 106 numbers
KEEP = 9


class Run:
    """A `train` that moves every value by numbers of its own, and remembers what it was given."""

    def __init__(self):
        self.given = []
        self.paces = []

    def __call__(self, module, pace=1.0):
        self.given.append(module)
        self.paces.append(pace)
        g = generator(len(self.given))
        return module.with_values(
            {n: v + torch.randn(v.shape, generator=g).to(v) for n, v in module.values.items()}
        )


def begin(kind, bases=2):
    weights = base(bases)
    return Start(weights, kind.start(weights, TINY, generators()), generators(2, 30))


def flat(values, member=0):
    return torch.cat([v[member].flatten() for v in values.values()])


def kept(module, member):
    return flat(module.fixed, member).nonzero().flatten().tolist()


def largest(scores, k=KEEP):
    return sorted(scores.abs().topk(k).indices.tolist())


def test_once_is_one_run():
    run, start = Run(), begin(Delta(OF))
    result = adapting.once(run, start)
    assert [*map(id, run.given)] == [id(start.module)]
    assert all((v != 0).any() for v in result.values.values())


def test_twice_goes_on_where_it_ended():
    run, start = Run(), begin(Delta(OF))
    result = adapting.twice(run, start)
    first = Run()(start.module)
    assert len(run.given) == 2
    assert run.given[0] is start.module
    for name, value in first.values.items():
        assert torch.equal(run.given[1].values[name], value)
        assert not torch.equal(result.values[name], value)


def test_sparse_fine_tuning_goes_back_and_moves_what_moved_most():
    run, start = Run(), begin(Delta(OF))
    result = adapting.sparse_fine_tuning(run, start, keep=KEEP)
    assert len(run.given) == 2
    assert run.paces == [0.1, 1.0]  # the dense run is the slower one
    assert run.given[0] is start.module
    first = Run()(start.module)
    for m in range(2):
        assert kept(run.given[1], m) == kept(result, m) == largest(flat(first.values, m))
        assert (flat(run.given[1].values, m) == 0).all()
    assert result.count() == KEEP


def test_without_rewinding_the_second_run_goes_on():
    run, start = Run(), begin(Delta(OF))
    result = adapting.without_rewinding(run, start, keep=KEEP)
    assert len(run.given) == 2
    assert run.paces == [0.1, 1.0]  # the dense run is the slower one
    first = Run()(start.module)
    for m in range(2):
        assert kept(result, m) == largest(flat(first.values, m))
        expected = flat(first.values, m) * flat(result.fixed, m)
        assert torch.equal(flat(run.given[1].values, m), expected)


@pytest.mark.parametrize("bases", [1, 2])
def test_masked_by_size_keeps_what_is_large_in_the_base(bases):
    run, start = Run(), begin(Delta(OF), bases)
    result = adapting.masked_by_size(run, start, keep=KEEP)
    assert len(run.given) == 1
    for m in range(2):
        own = {name: start.weights[name] for name in start.module.values}
        assert kept(result, m) == largest(flat(own, m if bases == 2 else 0))
        assert (flat(run.given[0].values, m) == 0).all()
        assert result.of([m]).count() == KEEP


def test_masked_at_random_draws_from_each_members_generator():
    run, start = Run(), begin(Delta(OF))
    result = adapting.masked_at_random(run, start, keep=KEEP)
    assert len(run.given) == 1
    assert result.count() == KEEP
    assert kept(result, 0) != kept(result, 1)
    alone = begin(Delta(OF))
    alone = Start(alone.weights, alone.module.of([1]), generators(2, 30)[1:])
    assert kept(adapting.masked_at_random(Run(), alone, keep=KEEP), 0) == kept(result, 1)


def test_diff_pruning_goes_on_with_the_largest_gated_differences():
    run, start = Run(), begin(DiffPruning(OF, speed=1.0))  # gates that chance would move
    result = adapting.diff_pruning(run, start, keep=KEEP)
    assert len(run.given) == 2
    assert run.paces == [0.1, 1.0]  # the dense run is the slower one
    assert run.given[0] is start.module
    gated = Run()(start.module).settled()
    differences = gated.kind.differences(gated)
    assert result.kind == Delta(OF)
    for m in range(2):
        assert kept(result, m) == largest(flat(differences, m))
        expected = flat(differences, m) * flat(result.fixed, m)
        assert torch.equal(flat(run.given[1].values, m), expected)
    assert (result.count(), result.bits()) == (KEEP, KEEP * (32 + 7))


@pytest.mark.parametrize("rounds", [1, 2, 3])
def test_magnitude_pruning_rewinds_to_the_base_and_shrinks_by_equal_factors(rounds):
    run, start = Run(), begin(Ticket(OF))
    result = adapting.magnitude_pruning(run, start, keep=KEEP, rounds=rounds)
    assert len(run.given) == rounds + 1
    assert run.given[0] is start.module
    shares = [106 * (KEEP / 106) ** (done / rounds) for done in range(rounds + 1)]
    assert [module.count() for module in run.given] == [round(share) for share in shares]
    assert result.count() == KEEP
    assert isinstance(result.kind, Ticket)
    again = Run()
    for before, after in zip(run.given[:-1], run.given[1:], strict=True):
        trained = again(before).weights(start.weights)
        for m in range(2):
            own = {name: trained[name] for name in before.values}
            assert kept(after, m) == largest(flat(own, m), after.count())
            assert set(kept(after, m)) <= set(kept(before, m))
            assert (flat(after.values, m) == 0).all()


PROCEDURES = {
    "sparse_fine_tuning": Delta(OF),
    "without_rewinding": Delta(OF),
    "masked_by_size": Delta(OF),
    "masked_at_random": Delta(OF),
    "diff_pruning": DiffPruning(OF),
    "magnitude_pruning": Ticket(OF),
}


@pytest.mark.parametrize(("name", "kind"), PROCEDURES.items())
def test_procedures_refuse_before_the_first_run(name, kind):
    run, procedure = Run(), getattr(adapting, name)
    with pytest.raises(ValueError, match=r"keep must be a whole number of at least 1, got 0"):
        procedure(run, begin(kind), keep=0)
    with pytest.raises(ValueError, match=r"keep must be in 1..106, got 107"):
        procedure(run, begin(kind), keep=107)
    with pytest.raises(ValueError, match=r"module must be a .*, got LoRA"):
        procedure(run, begin(LoRA()), keep=3)
    assert run.given == []


def test_magnitude_pruning_refuses_what_is_no_ticket_and_no_round():
    with pytest.raises(ValueError, match="module must be a Ticket, got Delta"):
        adapting.magnitude_pruning(Run(), begin(Delta(OF)), keep=3)
    with pytest.raises(ValueError, match="rounds must be a whole number of at least 1, got 0"):
        adapting.magnitude_pruning(Run(), begin(Ticket(OF)), keep=3, rounds=0)


def data(examples=12):
    return signals(2, examples), torch.randint(10, (2, examples), generator=generator(3))


def net(kind=Delta(HEAD)):  # noqa: B008  (kinds are frozen)
    return Adapted(base(), [kind.start(base(), TINY, generators())], heads=2)


def test_adapt_is_adam_with_a_cosine():
    (x, y), ours, theirs = data(), net(), net()
    adapt(ours, x, y, rates=[0.1, 0.02], shuffles=generators(), schedule=Schedule(6, 4, 6))
    for m, rate in enumerate((0.1, 0.02)):
        g, queue = generators()[m], []
        moving = [p[m : m + 1].detach().clone().requires_grad_() for p in theirs.parameters()]
        optimizer = torch.optim.Adam(moving, lr=rate)
        for step in range(6):
            queue = queue or [*torch.randperm(12, generator=g).split(4)]
            here = queue.pop(0)
            with torch.no_grad():
                for p, own in zip(theirs.parameters(), moving, strict=True):
                    p[m : m + 1] = own
            theirs.zero_grad()
            cross_entropy(theirs(x[:, here]), y[:, here])[m].backward()
            for p, own in zip(theirs.parameters(), moving, strict=True):
                own.grad = p.grad[m : m + 1]
            optimizer.param_groups[0]["lr"] = rate * (1 + cos(pi * step / 6)) / 2
            optimizer.step()
        for p, own in zip(ours.parameters(), moving, strict=True):
            torch.testing.assert_close(p[m : m + 1], own, rtol=0, atol=1e-7)


def test_adapt_looks_at_every_so_many_steps_and_at_the_end():
    (x, y), seen = data(), []
    adapt(
        net(),
        x,
        y,
        rates=0.1,
        shuffles=generators(),
        schedule=Schedule(7, 4, 3),
        look=seen.append,
    )
    assert seen == [3, 6, 7]


def test_the_penalty_closes_gates():
    (x, y), open_gates = data(), {}
    for rate in (0.0, 10.0):
        kind = DiffPruning(HEAD, penalty_rate=rate)
        ours = net(kind)
        adapt(ours, x, y, rates=0.02, shuffles=generators(), schedule=Schedule(20, 4, 20))
        values = ours.result()[0].values
        open_gates[rate] = sum(v.mean().item() for n, v in values.items() if n[0] == "g")
    assert open_gates[10.0] < open_gates[0.0] - 0.1


def test_adapt_takes_another_loss():
    (x, y), ours = data(), net()
    before = [p.detach().clone() for p in ours.parameters()]
    nothing = lambda outputs, targets: 0 * outputs.sum((1, 2))  # noqa: E731
    adapt(ours, x, y, rates=1.0, shuffles=generators(), schedule=Schedule(2, 4, 1), loss=nothing)
    assert all(torch.equal(p, q) for p, q in zip(ours.parameters(), before, strict=True))


@pytest.mark.parametrize(
    ("message", "change"),
    [
        ("steps must be .* got 0", {"schedule": Schedule(steps=0)}),
        ("batch must be .* got -1", {"schedule": Schedule(batch=-1)}),
        ("every must be .* got 0", {"schedule": Schedule(every=0)}),
        (r"lr must be one value or one per member \(2\)", {"rates": [0.1] * 3}),
        (r"shuffles must have one entry per member \(2\), got 1", {"shuffles": generators(1)}),
        (r"x and y must begin with the same axes", {"y": data()[1][:, :3]}),
    ],
)
def test_adapt_refuses_before_it_trains(message, change):
    (x, y), ours = data(), net()
    before = [p.detach().clone() for p in ours.parameters()]
    arguments = {"x": x, "y": y, "rates": 0.1, "shuffles": generators(), **change}
    with pytest.raises(ValueError, match=message):
        partial(adapt, ours)(**arguments)
    assert all(torch.equal(p, q) for p, q in zip(ours.parameters(), before, strict=True))
