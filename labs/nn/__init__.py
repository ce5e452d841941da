"""The oven: many small networks trained at once, as tensors with a leading member axis."""
