"""A register of one small lesson, that machinery is tested with."""

LESSONS = {"toy": "tests.course.toy_lessons.toy"}
