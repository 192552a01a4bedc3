"""The CIFAR-10 source: the right images with the right labels, samples that nest, and the digits that stand in."""

from __future__ import annotations

import os

import numpy as np
import pytest
from sklearn.datasets import load_digits

from lnnstats.draws.data import origins, sample
from lnnstats.draws.streams import Stream, Tally
from lnnstats.errors import BadInput
from lnnstats.parts.sources import Cifar10, Digits
from tests.images import FILES, records, which

STREAM = Stream(11, np.arange(4), frozenset({"data"}))


def cats_and_dogs(made_up, **options) -> Cifar10:
    return Cifar10(classes=("cat", "dog"), path=str(made_up), **options)


def held(label: int, files: range) -> list[tuple[int, int]]:
    """File and record of every image of a class."""
    return [(file, record) for file in files for record in range(label, 10_000, 10)]


class TestAll:
    def test_every_image_of_the_classes_comes_in_the_order_of_the_files(self, made_up):
        data = sample(cats_and_dogs(made_up), STREAM)
        expected = sorted(held(3, range(5)) + held(5, range(5)))
        assert which(data.train.x[0]) == expected
        assert data.train.y.tolist() == [[0 if record % 10 == 3 else 1 for _, record in expected]]
        assert which(data.test.x[0]) == sorted(held(3, range(5, 6)) + held(5, range(5, 6)))

    def test_nothing_is_drawn_and_the_blocks_share_one_set(self, made_up):
        options = cats_and_dogs(made_up)
        assert not options.drawn
        data = sample(options, STREAM)
        shapes = [(split.x.shape, split.y.shape) for split in (data.train, data.test)]
        assert shapes == [((1, 10_000, 3072), (1, 10_000)), ((1, 2_000, 3072), (1, 2_000))]

    def test_labels_follow_the_declared_order(self, made_up):
        one = sample(cats_and_dogs(made_up), STREAM)
        other = sample(Cifar10(classes=("dog", "cat"), path=str(made_up)), STREAM)
        assert np.array_equal(one.train.x, other.train.x) and np.array_equal(one.train.y, 1 - other.train.y)


class TestSample:
    def test_it_is_balanced_and_each_block_draws_its_own(self, made_up):
        data = sample(cats_and_dogs(made_up, train_per_class=50, test_per_class=7), STREAM)
        assert data.train.x.shape == (4, 100, 3072) and data.test.x.shape == (4, 14, 3072)
        drawn = [which(x) for x in data.train.x]
        for images, labels in zip(drawn, data.train.y, strict=True):
            assert len(set(images)) == 100 and np.bincount(labels).tolist() == [50, 50]
            assert all(record % 10 == (3, 5)[label] for (_, record), label in zip(images, labels, strict=True))
        assert len({frozenset(images) for images in drawn}) == 4

    def test_the_official_split_is_kept(self, made_up):
        data = sample(cats_and_dogs(made_up, train_per_class=200, test_per_class=200), STREAM)
        assert {file for x in data.train.x for file, _ in which(x)} == {0, 1, 2, 3, 4}
        assert {file for x in data.test.x for file, _ in which(x)} == {5}

    def test_a_smaller_sample_is_the_start_of_a_larger(self, made_up):
        small, large = (sample(cats_and_dogs(made_up, train_per_class=k), STREAM) for k in (20, 60))
        assert np.array_equal(small.train.x, large.train.x[:, :40]) and np.array_equal(
            small.train.y, large.train.y[:, :40]
        )

    def test_a_classs_sample_does_not_depend_on_the_other_classes(self, made_up):
        two = sample(cats_and_dogs(made_up, train_per_class=30), STREAM)
        three = sample(
            Cifar10(classes=("dog", "ship", "cat"), train_per_class=30, path=str(made_up)),
            STREAM,
        )
        for b in range(4):
            assert np.array_equal(two.train.x[b][two.train.y[b] == 0], three.train.x[b][three.train.y[b] == 2])
            assert np.array_equal(two.train.x[b][two.train.y[b] == 1], three.train.x[b][three.train.y[b] == 0])

    def test_where_data_is_not_drawn_it_is_block_zeros(self, made_up):
        options = cats_and_dogs(made_up, train_per_class=30, test_per_class=5)
        shared, own = sample(options, Stream(11, np.arange(4), frozenset({"init"}))), sample(options, STREAM)
        assert np.array_equal(shared.train.x, own.train.x[:1]) and np.array_equal(shared.test.y, own.test.y[:1])


def test_pixels_are_scaled_exactly(made_up):
    unit, symmetric = (
        sample(cats_and_dogs(made_up, train_per_class=40, scaling=scaling), STREAM) for scaling in ("unit", "symmetric")
    )
    byte = np.rint(unit.train.x * 255)
    assert np.array_equal(unit.train.x, byte / 255)
    assert np.array_equal(symmetric.train.x, byte / 127.5 - 1)
    assert symmetric.train.x.min() == -1


def test_the_checksum_of_the_draws_depends_on_the_copy(made_up, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    for name in FILES:
        (other / name).symlink_to(made_up / name)
    changed = records(5)
    changed[0, 3072] = 1  # an airplane's: no image that is handed out differs
    (other / "test_batch.bin").unlink()
    changed.tofile(other / "test_batch.bin")
    sums = []
    for folder in (made_up, other, made_up):
        tally = Tally(4)
        sample(cats_and_dogs(folder, train_per_class=5), Stream(11, np.arange(4), frozenset({"data"}), (), tally))
        sums.append(tally.sums.tolist())
    assert sums[0] == sums[2] and not set(sums[0]) & set(sums[1])


def test_without_images_a_sample_is_refused(tmp_path):
    with pytest.raises(BadInput, match=r"data\.path: CIFAR-10's binary version is not there"):
        sample(Cifar10(path=str(tmp_path)), STREAM)


def test_origins_are_told_once_of_images_alone(made_up):
    options = cats_and_dogs(made_up)
    found = origins([options, Digits(), cats_and_dogs(made_up, train_per_class=5), Cifar10(stand_in="digits")])
    assert [(origin.source, origin.official) for origin in found] == [("cifar10", False), ("cifar10, stand-in", False)]


class TestStandIn:
    def test_a_class_becomes_the_digit_of_its_number(self):
        pixels, digits = load_digits(return_X_y=True)
        digit = {tuple(image): label for image, label in zip(pixels / 16, digits, strict=True)}
        data = sample(Cifar10(classes=("cat", "dog"), stand_in="digits"), STREAM)
        for split in (data.train, data.test):
            assert all(digit[tuple(x)] == (3, 5)[y] for x, y in zip(split.x[1], split.y[1], strict=True))

    # 183 threes and 182 fives, of which 1 in 6 are held out as in the official split: round(182 / 6) = 30.
    @pytest.mark.parametrize(
        ("train", "test", "expected"),
        [(5000, 1000, (152, 30)), (100, 20, (100, 20)), (160, 30, (153, 29)), (100, 1000, (17, 165)), (1, 1, (1, 1))],
    )
    def test_it_has_as_many_images_as_there_are_in_the_ratio_asked_for(self, train, test, expected):
        options = Cifar10(classes=("cat", "dog"), train_per_class=train, test_per_class=test, stand_in="digits")
        data = sample(options, STREAM)
        assert data.train.x.shape == (4, 2 * expected[0], 64) and data.test.x.shape == (4, 2 * expected[1], 64)
        assert (options.train, options.test, options.inputs, options.image) == (
            *(2 * n for n in expected),
            64,
            (1, 8, 8),
        )
        assert all(np.bincount(y).tolist() == [expected[0]] * 2 for y in data.train.y)

    def test_training_and_test_images_are_other_ones(self):
        data = sample(Cifar10(classes=("cat", "dog"), stand_in="digits"), STREAM)
        train, test = ({tuple(image) for image in split.x[2]} for split in (data.train, data.test))
        assert len(train) == 304 and len(test) == 60 and not train & test

    def test_blocks_draw_their_own_and_scaling_is_kept(self):
        unit, symmetric = (sample(Cifar10(stand_in="digits", scaling=s), STREAM) for s in ("unit", "symmetric"))
        assert np.array_equal(symmetric.train.x, 2 * unit.train.x - 1)  # sixteenths: exact
        assert len(np.unique(unit.train.x.reshape(4, -1), axis=0)) == 4


class TestReal:
    """The images themselves, where this machine has them."""

    def test_each_class_has_its_official_number_of_images(self, cifar):
        data = sample(Cifar10(classes=("cat", "dog"), path=str(cifar)), STREAM)
        assert np.bincount(data.train.y[0]).tolist() == [5000, 5000]
        assert np.bincount(data.test.y[0]).tolist() == [1000, 1000]

    def test_records_read_by_numpy_alone_are_the_points(self, cifar):
        folder = cifar if (cifar / FILES[0]).is_file() else cifar / "cifar-10-batches-bin"
        if not folder.is_dir():
            pytest.skip(f"{os.fspath(cifar)} holds an archive, which this test does not unpack")
        raw = np.fromfile(folder / "data_batch_1.bin", np.uint8, 30 * 3073).reshape(30, 3073)
        chosen = raw[np.isin(raw[:, 0], (3, 5))]
        data = sample(Cifar10(classes=("cat", "dog"), path=str(cifar)), STREAM)
        assert len(chosen) > 0
        assert np.array_equal(np.rint(255 * data.train.x[0, : len(chosen)]), chosen[:, 1:])
        assert data.train.y[0, : len(chosen)].tolist() == [int(label == 5) for label in chosen[:, 0]]

    def test_they_are_photographs(self, cifar):
        """Neighbouring pixels of a plane are alike, of a plane's end and the next one's start are not: the layout is
        planes of rows.
        """
        data = sample(Cifar10(train_per_class=100, test_per_class=5, path=str(cifar)), STREAM)
        planes = data.train.x[0].reshape(-1, 3, 32, 32)
        for axis in (2, 3):
            near, far = (np.abs(planes - np.roll(planes, shift, axis)).mean() for shift in (1, 16))
            assert near < far / 2
