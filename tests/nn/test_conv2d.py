"""The stacked convolution over images against torch's own."""

import pytest
import torch
from torch import nn

from labs.nn.conv2d import Conv2d


@pytest.mark.parametrize(
    ("kernel", "stride", "padding"), [(3, 2, 1), (3, 1, 0), (1, 1, 0), (2, 2, 0)]
)
def test_it_is_torch_s_convolution(kernel, stride, padding):
    stack = Conv2d(2, 3, 5, kernel, stride, padding)
    x = torch.randn(2, 4, 7, 6, 3, generator=torch.Generator().manual_seed(0))
    twins = [nn.Conv2d(3, 5, kernel, stride, padding) for _ in range(2)]
    for member, twin in enumerate(twins):
        stack.load(member, *twin.parameters())
    stack_out = stack(x)
    stack_out.square().sum().backward()
    for member, twin in enumerate(twins):
        out = twin(x[member].permute(0, 3, 1, 2))
        out.square().sum().backward()
        torch.testing.assert_close(stack_out[member].permute(0, 3, 1, 2), out)
        grad = stack.weight.grad[member].T.reshape(5, kernel, kernel, 3).permute(0, 3, 1, 2)
        torch.testing.assert_close(grad, twin.weight.grad, rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(stack.bias.grad[member, 0], twin.bias.grad, rtol=1e-4, atol=1e-4)


def test_it_starts_as_torch_s():
    stack = Conv2d(1, 2, 4, 3)
    stack.reset([torch.Generator().manual_seed(5)])
    with torch.random.fork_rng():
        torch.manual_seed(5)
        twin = nn.Conv2d(2, 4, 3)
    other = Conv2d(1, 2, 4, 3)
    other.load(0, *twin.parameters())
    torch.testing.assert_close(stack.weight, other.weight, rtol=0, atol=0)
    torch.testing.assert_close(stack.bias, other.bias, rtol=0, atol=0)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="padding must be at least 0"):
        Conv2d(1, 1, 1, 3, padding=-1)
    with pytest.raises(ValueError, match="kernel must fit the padded image"):
        Conv2d(1, 1, 1, 5)(torch.zeros(1, 1, 4, 9, 1))
