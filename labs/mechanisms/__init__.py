"""Lab: do competing experts find the causes apart?"""
