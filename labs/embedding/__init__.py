"""Lab: are neighbours in signal space of one kind?"""
