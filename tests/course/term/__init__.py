"""A register of two small lessons, that classes are tested with."""

LESSONS = {"gain": "tests.course.term.gain", "many": "tests.course.term.many"}
