"""Lab: when does pooling help?"""
