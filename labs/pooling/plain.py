"""The lab's net as an ordinary `torch.nn` module: oracle of the tests, baseline of the bench."""

from torch import Tensor, nn

from labs.nn.nets import CLASSES, LENGTH


class PoolNet(nn.Module):
    """Two convolutions, each rectified and pooled ("max", "avg" or "l2"), or neither ("none"), or
    of stride 2 ("stride"). Input (B, length) float32, output logits (B, classes)."""

    def __init__(self, pool: str, channels: int = 20) -> None:
        super().__init__()
        stride = 2 if pool == "stride" else 1
        self.pool = {
            "max": nn.MaxPool1d(2),
            "avg": nn.AvgPool1d(2),
            "l2": nn.LPPool1d(2, 2),
        }.get(pool, nn.Identity())
        self.first = nn.Conv1d(1, channels, 3, stride=stride, padding=1)
        self.second = nn.Conv1d(channels, channels, 3, stride=stride, padding=1)
        positions = LENGTH if pool == "none" else LENGTH // 4
        self.head = nn.Linear(channels * positions, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        h = self.pool(self.first(x.unsqueeze(1)).relu())
        h = self.pool(self.second(h).relu())
        return self.head(h.flatten(1))
