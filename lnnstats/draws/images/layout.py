"""The binary version of CIFAR-10 (Krizhevsky 2009): names, sizes, and the archive's published checksum.

Source: https://www.cs.toronto.edu/~kriz/cifar.html.
"""

from __future__ import annotations

ARCHIVE = "cifar-10-binary.tar.gz"
MD5 = "c32a1d4ab5d03f1284b67883e8d87530"  # of the archive; no checksum of the files within is published
URL = f"https://www.cs.toronto.edu/~kriz/{ARCHIVE}"

FOLDER = "cifar-10-batches-bin"
TRAIN = tuple(f"data_batch_{number}.bin" for number in range(1, 6))
TEST = "test_batch.bin"
FILES = (*TRAIN, TEST)
EXTRAS = ("batches.meta.txt", "readme.html")  # what else the archive holds

LABELS = 10
PIXELS = 3072  # three planes (red, green, blue) of 32 rows of 32
RECORD = 1 + PIXELS  # bytes: the label comes first
RECORDS = 10_000  # a file
SIZE = RECORDS * RECORD

PYTHON_VERSION = ("cifar-10-python.tar.gz", "cifar-10-batches-py", "data_batch_1")  # pickles: never read
