"""The lesson on adapters: what may a small module change?"""
