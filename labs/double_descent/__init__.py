"""Lab: does test error fall a second time past the interpolation threshold?"""
