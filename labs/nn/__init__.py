"""The oven: many small networks trained at once, as tensors with a leading member axis."""


def devices() -> tuple[str, ...]:
    """The devices that torch can train on here: ``"cpu"``, and ``"cuda"`` where there is one."""
    import torch  # here, because judging and drawing stored results goes without it

    return ("cpu", "cuda") if torch.cuda.is_available() else ("cpu",)
