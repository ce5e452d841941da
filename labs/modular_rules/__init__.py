"""Lab: is a modular architecture enough?"""
