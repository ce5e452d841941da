"""Lab: can gradient descent find its own learning rate?"""
