"""Failures: the lab's own frames and those below them, in bounded text."""

import json

import pytest

from labs.kit.checks import check_sizes
from labs.kit.failure import LINE, SCREEN, failure
from labs.kit.lab import Deferred


def trouble():
    return json.loads("{")


def tell(function, *arguments):
    # called by the kit, as `train` is
    try:
        Deferred(f"{__name__}:{function}")(*arguments)
    except Exception as error:
        return failure(error)


def chained():
    try:
        Deferred(f"{__name__}:trouble")()
    except ValueError as error:
        raise RuntimeError("no digits") from error


def grouped():
    try:
        Deferred(f"{__name__}:trouble")()
    except ValueError as error:
        raise ExceptionGroup("both arms", [error]) from None


def lengthy():
    raise ValueError("x" * 10**7)


def missing():
    raise KeyError("loss")


class MuteError(Exception):
    def __str__(self):
        raise RuntimeError("no words")


def mute():
    raise MuteError


def test_frames_of_the_lab_and_below_it_are_shown_and_none_of_the_kit():
    found = tell("trouble")
    assert found.error.startswith("json.decoder.JSONDecodeError: Expecting property name")
    lines = found.trace.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    frames = [line for line in lines if line.startswith("  File")]
    assert __file__ in frames[1]  # the first is `tell`, which stands for the worker here
    assert "decoder.py" in frames[-1]
    assert "labs/kit/lab.py" not in found.trace
    assert lines[-1] == found.error


@pytest.mark.parametrize(("function", "words"), [("chained", "direct cause"), ("grouped", "both")])
def test_causes_and_groups_are_cleaned_too(function, words):
    trace = tell(function).trace
    assert words in trace
    assert "JSONDecodeError" in trace
    assert "labs/kit" not in trace


def test_an_error_does_not_bring_its_data_along():
    found = tell("lengthy")
    assert len(found.error) < LINE + 10
    assert len(found.trace) < SCREEN + 1000


def test_errors_without_words_or_with_few():
    assert tell("missing").error == "KeyError: 'loss'"
    assert "MuteError" in tell("mute").error


def test_an_error_of_the_kit_alone_has_no_trace():
    with pytest.raises(ValueError, match="steps") as caught:
        check_sizes(steps=0)
    error = caught.value
    error.__traceback__ = error.__traceback__.tb_next  # as if the kit had called it
    assert failure(error) == ("ValueError: steps must be a whole number of at least 1, got 0", "")
