"""Lab: do winning tickets exist, do they transfer, and is locality what they carry?"""
