"""Sketches: what can one short vector remember of a modular network's work?"""
