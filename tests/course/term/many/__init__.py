"""Thirteen intervals, so that a calibration has enough of a student."""
