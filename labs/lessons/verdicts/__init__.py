"""When is a difference a result?"""
