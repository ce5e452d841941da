"""MNIST's and CIFAR-10's own formats, read from small files that the tests write."""

import gzip

import numpy as np
import pytest

from labs.data.images import READERS, cifar10, held, mnist
from tests.data.image_files import idx, write_cifar10, write_mnist


@pytest.fixture
def folder(tmp_path):
    write_mnist(tmp_path)
    (tmp_path / "cifar-10-batches-bin").mkdir()
    write_cifar10(tmp_path / "cifar-10-batches-bin")
    return tmp_path


def test_mnist_has_one_channel_and_its_labels(folder):
    train, test = mnist(folder)
    assert (train.x.shape, train.x.dtype) == ((20, 1, 28, 28), np.float32)
    assert (test.x.shape, test.y.tolist()) == ((10, 1, 28, 28), list(range(10)))
    raw = np.frombuffer((folder / "train-images-idx3-ubyte").read_bytes()[16:], np.uint8)
    assert np.array_equal((train.x * 255).round().astype(np.uint8).ravel(), raw)


def test_cifar10_lies_channel_by_channel_after_its_label(folder):
    train, test = cifar10(folder)
    assert (train.x.shape, test.x.shape) == ((50, 3, 32, 32), (10, 3, 32, 32))
    assert (train.y.dtype, train.y.tolist()) == (np.int64, list(range(10)) * 5)
    raw = (folder / "cifar-10-batches-bin" / "data_batch_2.bin").read_bytes()[3073:][:3073]
    assert raw[0] == train.y[11]
    assert np.isclose(train.x[11, 2, 0, 5] * 255, raw[1 + 2 * 1024 + 5])


def test_gzipped_and_dotted_names_are_the_same_files(folder):
    plain = mnist(folder)
    for path in list(folder.glob("*-ubyte")):
        packed = path.with_name(path.name.replace("-idx", ".idx") + ".gz")
        packed.write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    again = mnist(folder)
    for a, b in zip(plain, again, strict=True):
        assert np.array_equal(a.x, b.x)
        assert np.array_equal(a.y, b.y)
    (folder / "train-labels.idx1-ubyte.gz").write_bytes(b"<html>")
    with pytest.raises(ValueError, match=r"train-labels.idx1-ubyte.gz must be a whole gzip file"):
        mnist(folder)


def test_of_several_copies_the_nearest_counts_and_none_is_preferred(folder):
    (folder / "train-labels-idx1-ubyte.gz").write_bytes(
        gzip.compress((folder / "train-labels-idx1-ubyte").read_bytes())
    )
    (folder / "deeper").mkdir()
    write_mnist(folder / "deeper", train=5)
    (folder / "t10k-images-idx3-ubyte").rename(folder / "t10k-images.idx3-ubyte")
    (folder / "t10k-images-idx3-ubyte").mkdir()  # a folder of that name, as one archive has it
    assert len(mnist(folder)[0].x) == 20
    above = folder / "all"
    for name in ("FashionMNIST", "MNIST"):
        (above / name).mkdir(parents=True)
        write_mnist(above / name)
    for reader in (mnist, held):
        with pytest.raises(ValueError, match=r"one train-images-idx3-ubyte, .*FashionMNIST.*MNIST"):
            reader(above)


def test_held_names_what_is_there(folder, tmp_path_factory):
    assert held(folder) == tuple(READERS)
    only = tmp_path_factory.mktemp("only")
    write_cifar10(only)
    assert held(only) == ("cifar10",)


def test_what_is_missing_is_named(folder, tmp_path):
    with pytest.raises(ValueError, match=r"must be a folder .* 'nowhere'"):
        held("nowhere")
    with pytest.raises(ValueError, match="with neither"):
        held(folder.joinpath("empty").mkdir() or folder / "empty")
    (folder / "t10k-labels-idx1-ubyte").unlink()
    for reader in (mnist, held):
        with pytest.raises(ValueError, match=r"must hold t10k-labels-idx1-ubyte .* for mnist"):
            reader(folder)


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>", idx(np.zeros((2, 28, 28), np.uint8))[:-1], idx(np.zeros(3, np.uint8))],
)
def test_a_file_of_another_kind_is_refused(folder, content):
    (folder / "train-images-idx3-ubyte").write_bytes(content)
    with pytest.raises(ValueError, match="train-images-idx3-ubyte must be an IDX file"):
        mnist(folder)


def test_records_labels_and_counts_are_checked(folder):
    (folder / "t10k-labels-idx1-ubyte").write_bytes(idx(np.zeros(9, np.uint8)))
    with pytest.raises(ValueError, match="one per image, got 9 for 10"):
        mnist(folder)
    (folder / "t10k-labels-idx1-ubyte").write_bytes(idx(np.full(10, 10, np.uint8)))
    with pytest.raises(ValueError, match="labels must be 0 to 9, got 10"):
        mnist(folder)
    (folder / "cifar-10-batches-bin" / "test_batch.bin").write_bytes(b"short")
    with pytest.raises(ValueError, match=r"test_batch.bin must hold records of 3073 bytes, .* 5"):
        cifar10(folder)
