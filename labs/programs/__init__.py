"""Lab: do modules learnt on short programs run longer ones?"""
