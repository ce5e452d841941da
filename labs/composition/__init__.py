"""Do modules that were trained apart work together?"""
