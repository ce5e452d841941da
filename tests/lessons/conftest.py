"""Lessons' tests begin sessions, too."""

from tests.course.conftest import style_at_home

__all__ = ["style_at_home"]
