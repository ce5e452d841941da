"""The lesson on sketches: how much of a scene fits into one vector?"""
