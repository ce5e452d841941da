"""Products of stacks and the affine map against torch's own."""

import pytest
import torch

from labs.nn import products
from labs.nn.products import affine, matmul, product, summed, tanh
from tests.nn.random_data import generator

SHAPES = [(1, 1, 1, 1), (3, 100, 10, 40), (2, 7, 5, 3), (4, 1, 6, 2)]


def random(*shape, dtype=torch.float32):
    return torch.randn(shape, generator=generator(), dtype=dtype)


@pytest.mark.parametrize(("members", "n", "k", "m"), SHAPES)
@pytest.mark.parametrize("turned", [(False, False), (True, False), (False, True), (True, True)])
def test_a_product_is_torchs_whatever_lies_transposed(members, n, k, m, turned):
    a, b = random(members, n, k), random(members, k, m)
    left, right = (
        x.transpose(1, 2).contiguous().transpose(1, 2) if t else x
        for x, t in zip((a, b), turned, strict=True)
    )
    torch.testing.assert_close(product(left, right), torch.bmm(a, b), rtol=0, atol=1e-5)
    out = torch.full((members, n, m), torch.nan)
    assert product(left, right, out) is out
    torch.testing.assert_close(out, torch.bmm(a, b), rtol=0, atol=1e-5)


def test_a_product_is_written_into_a_part_of_a_tensor_and_nowhere_else():
    a, b, whole = random(3, 4, 5), random(3, 5, 6), torch.zeros(3, 9, 6)
    product(a, b, whole[:, 2:6])
    torch.testing.assert_close(whole[:, 2:6], torch.bmm(a, b), rtol=0, atol=1e-5)
    assert not whole[:, :2].any()
    assert not whole[:, 6:].any()


def test_infinities_pass_without_a_word():
    a = torch.full((1, 2, 2), 1e30)
    assert product(a, a).isinf().all()


def test_tanh_in_place_of_a_part():
    x = 3 * random(3, 4, 5)
    expected = x.clone()
    expected[:, 1] = expected[:, 1].tanh()
    tanh(x[:, 1], x[:, 1])
    torch.testing.assert_close(x, expected, rtol=1e-6, atol=1e-6)


def test_a_sum_over_rows():
    x = random(3, 50, 4)
    torch.testing.assert_close(summed(x), x.sum(1, keepdim=True), rtol=0, atol=1e-5)


@pytest.mark.parametrize(("members", "n", "k", "m"), SHAPES)
def test_the_gradient_of_an_affine_map(members, n, k, m):
    arguments = [
        random(*shape, dtype=torch.float64).requires_grad_()
        for shape in ((members, min(n, 7), k), (members, k, m), (members, 1, m))
    ]
    assert torch.autograd.gradcheck(affine, arguments)
    assert torch.autograd.gradgradcheck(affine, arguments)


@pytest.mark.parametrize(("members", "n", "k", "m"), SHAPES)
@pytest.mark.parametrize("bias", [(1, 0), (0, 1), (1, 1), (0, 0)], ids=str)
def test_the_gradient_of_an_affine_map_of_columns(members, n, k, m, bias):
    n = min(n, 7)
    offset = (members, 1 if bias[0] else n, 1 if bias[1] else m)
    weight, x, bias = (
        random(*shape, dtype=torch.float64).requires_grad_()
        for shape in ((members, n, k), (members, k, m), offset)
    )
    torch.testing.assert_close(affine(weight, x, bias), torch.baddbmm(bias, weight, x))
    assert torch.autograd.gradcheck(affine, (weight, x, bias))
    assert torch.autograd.gradgradcheck(affine, (weight, x, bias))


@pytest.mark.parametrize(("members", "n", "k", "m"), SHAPES)
def test_the_gradient_of_a_product(members, n, k, m):
    a, b = (
        random(*shape, dtype=torch.float64).requires_grad_()
        for shape in ((members, min(n, 7), k), (members, k, m))
    )
    torch.testing.assert_close(matmul(a, b), torch.bmm(a, b))
    assert torch.autograd.gradcheck(matmul, (a, b))
    assert torch.autograd.gradgradcheck(matmul, (a, b))


def test_a_gradient_that_nobody_asks_for_is_not_computed(monkeypatch):
    a, b = random(2, 6, 5), random(2, 5, 3).requires_grad_()
    y = matmul(a, b).sum()
    made = []
    monkeypatch.setattr(products, "product", lambda *_: made.append(_) or product(*_))
    y.backward()
    assert len(made) == 1
    assert b.grad is not None


def test_the_gradient_by_rows_that_lie_last_in_memory():
    x, weight, bias = random(2, 6, 5).transpose(1, 2), random(2, 6, 3), random(2, 1, 3)
    x.requires_grad_()
    affine(x, weight, bias).square().sum().backward()
    expected = 2 * (x @ weight + bias) @ weight.transpose(1, 2)
    torch.testing.assert_close(x.grad, expected.detach(), rtol=1e-5, atol=1e-5)
