"""Lesson: does test error fall a second time?"""
