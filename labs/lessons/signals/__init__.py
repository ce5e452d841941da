"""Can you read these digits, and what makes them hard?"""
