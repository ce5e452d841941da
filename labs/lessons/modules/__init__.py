"""Is a modular architecture enough?"""
