"""Lab: can gradient descent find its own nonlinearity?"""
