"""Training what a plan lacks: the stacks that are not stored yet, look by look."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, replace

from labs.kit import console, files, outputs, owner
from labs.kit.digest import digest
from labs.kit.execute import Outcome, Stack, Work, describe, execute, expected
from labs.kit.lab import AnyLab, Deferred
from labs.kit.plan import Plan, results, undecided
from labs.kit.progress import Progress
from labs.kit.sessions import Session


def continued(plan: Plan) -> Plan:
    """Return the plan with the looks of the run that it continues, if that has any: they were fixed
    when it started.

    Raises:
        ValueError: a session's file is damaged.
    """
    earlier = _session(plan, "cpu", 1).earlier()
    if earlier is None or not earlier["looks"]:
        return plan
    return replace(plan, looks=tuple(earlier["looks"]), replicates=earlier["replicates"])


def pending(plan: Plan, shard: tuple[int, int] = (1, 1)) -> tuple[list[Stack], list[str]]:
    """Return the stacks of a shard with any missing cell, and what is wrong with damaged files.

    Shard (i, n), i from 1 to n, is every n-th stack of the full list.

    Raises:
        ValueError: no such shard.
    """
    index, count = shard
    if not 1 <= index <= count:
        raise ValueError(f"shard must be (i, n) with i from 1 to n, got {shard}")
    records, damage = plan.store.load(plan.cells)
    mine = plan.stacks[index - 1 :: count]
    return [stack for stack in mine if any(cell not in records for cell in stack)], damage


def run(
    plan: Plan,
    todo: Sequence[Stack],
    *,
    device: str = "cpu",
    jobs: int = 1,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> None:
    """Train the stacks of a plan that are given, as one session; `progress` counts them, by default
    one of this run alone.

    Raises:
        TrainingError: a stack failed, or its worker died.
    """
    run_all([(plan, todo)], device=device, jobs=jobs, executor=executor, progress=progress)


def run_all(
    parts: Sequence[tuple[Plan, Sequence[Stack]]],
    *,
    device: str = "cpu",
    jobs: int = 1,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> None:
    """Train the stacks of several plans, each of another lab, in one pool, longest first over all
    of them, counted by `progress`, by default a bar of their own; each plan has a session of its
    own.

    Raises:
        TrainingError: a stack failed, or its worker died.
    """
    begun = [(plan, todo, _begun(plan, todo, device, jobs)) for plan, todo in parts]
    home = {stack: (plan, session) for plan, todo, session in begun for stack in todo}
    if not any(session for *_, session in begun):
        return
    own = None
    if progress is None:
        progress = own = Progress(
            list(home),
            expected=lambda stack: expected(home[stack][0].lab, stack),
            describe=lambda stack: _named(home[stack][0], stack, len(parts) > 1),
            jobs=min(jobs, max(len(home), 1)),
        )
    progress.expect(list(home))

    def finished(stack: Stack, outcome: Outcome) -> None:
        session = home[stack][1]
        if session is not None:
            session.count(outcome)
        progress.finished(stack, outcome)

    try:
        execute(
            [Work(plan.lab, plan.store, stack) for stack, (plan, _) in home.items()],
            device=device,
            jobs=jobs,
            executor=executor,
            started=progress.started,
            beat=progress.beat,
            finished=finished,
        )
    finally:
        if own is not None:
            own.close()
        for *_, session in begun:
            if session is not None:
                session.save()


def _begun(plan: Plan, todo: Sequence[Stack], device: str, jobs: int) -> Session | None:
    # None where there is nothing to train and nothing else to remember.
    files.sweep(plan.store.folder)
    session = _session(plan, device, jobs)
    if old := session.trained_otherwise():
        console.say(
            f"lab {plan.lab.name!r}: `train` is another than the one that trained {old} networks "
            f"in {plan.folder}; they are kept, a higher version of the lab trains them again"
        )
    owner.sign(plan.folder.parent, plan.lab)
    if not todo and session.repeats():
        return None
    if session.earlier() is None:
        outputs.remove(plan.lab, plan.folder)  # those of other settings
    session.start()
    return session


def _named(plan: Plan, stack: Stack, several: bool) -> str:
    return f"{plan.lab.name}, {describe(stack)}" if several else describe(stack)


def train(
    plan: Plan,
    announce: Callable[[Plan, list[Stack], list[str], int | None], None],
    *,
    shard: tuple[int, int] = (1, 1),
    until_decided: bool = False,
    device: str = "cpu",
    jobs: int = 1,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Train what a plan lacks, and its further looks while published claims are open.

    Args:
        plan: what to train.
        announce: called before each look with its plan, the stacks to train, what is wrong with
            damaged files, and how many published claims are open (None at the first look).
        shard: (i, n), as `pending` takes it.
        until_decided: whether to go on to further looks.
        device, jobs, executor, progress: as `run` takes them.

    Returns:
        The plan of the last look.

    Raises:
        TrainingError: a stack failed, or its worker died.
    """
    further = [n for n in plan.looks if n > plan.replicates]
    still_open = None
    while True:
        todo, damage = pending(plan, shard)
        announce(plan, todo, damage, still_open)
        run(plan, todo, device=device, jobs=jobs, executor=executor, progress=progress)
        if not (until_decided and further):
            return plan
        found = results(plan)
        still_open = undecided(found)
        if not still_open or found.missing:
            return plan
        plan = replace(plan, replicates=further.pop(0))


def _session(plan: Plan, device: str, jobs: int) -> Session:
    header = {
        "lab": plan.lab.name,
        "version": plan.lab.version,
        "preset": plan.preset,
        "settings": asdict(plan.base),
    }
    state = {
        "looks": list(plan.looks),
        "replicates": plan.replicates,
        "judged_at": max(cell.replicate for cell in plan.cells) + 1,
        "networks": len(plan.cells),
    }
    rules = {claim.id: claim.digests for claim in plan.lab.claims}
    return Session(plan.folder, header, state, rules, device, jobs, _code(plan.lab))


def _code(lab: AnyLab) -> str:
    if isinstance(lab.train, Deferred):  # would load torch
        return ""
    try:
        return digest(lab.train)
    except TypeError:  # it uses something of which nobody can say whether it is the same
        return ""
