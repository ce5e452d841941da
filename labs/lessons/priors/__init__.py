"""Lesson: which priors does a model need?"""
