"""One exercise with two wrong answers."""

from labs.course.plan import Check, Exercise


def _run(answer, seed):
    raise NotImplementedError


EXERCISES = (
    Exercise(
        name="half",
        signature="(x: float) -> float",
        minutes=1,
        checks=(Check(name="value", run=_run),),
        wrong={
            "double": (lambda x: 2 * x, "twice as much"),
            "itself": (lambda x: x, "the number itself"),
        },
    ),
)
