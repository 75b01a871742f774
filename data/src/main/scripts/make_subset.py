#!/usr/bin/env python3
"""Writes the embedded data sets of Cortado into the folder given as the first argument.

fashion-mnist-small: the first 500 training and 100 test images of every class, in the order of the originals, from Debian's
package dataset-fashion-mnist. digits: the file of Debian's package python3-sklearn as it is. Needs Python 3 alone.
"""
import gzip
import shutil
import struct
import sys
from pathlib import Path

FASHION = Path("/usr/share/datasets/fashion-mnist")
DIGITS = Path("/usr/lib/python3/dist-packages/sklearn/datasets/data/digits.csv.gz")


def subset(part: str, per_class: int, to: Path) -> None:
    images = gzip.open(FASHION / f"{part}-images-idx3-ubyte.gz").read()
    labels = gzip.open(FASHION / f"{part}-labels-idx1-ubyte.gz").read()[8:]
    taken = [0] * 10
    chosen = []
    for i, label in enumerate(labels):
        if taken[label] < per_class:
            taken[label] += 1
            chosen.append(i)
    pixels = b"".join(images[16 + 784 * i:16 + 784 * (i + 1)] for i in chosen)
    write(to / f"{part}-images-idx3-ubyte.gz", struct.pack(">IIII", 0x803, len(chosen), 28, 28) + pixels)
    write(to / f"{part}-labels-idx1-ubyte.gz", struct.pack(">II", 0x801, len(chosen)) + bytes(labels[i] for i in chosen))


def write(path: Path, data: bytes) -> None:
    path.write_bytes(gzip.compress(data, compresslevel=9, mtime=0))


if __name__ == "__main__":
    root = Path(sys.argv[1])
    fashion = root / "fashion-mnist-small"
    fashion.mkdir(parents=True, exist_ok=True)
    subset("train", 500, fashion)
    subset("t10k", 100, fashion)
    shutil.copyfile(DIGITS, root / "digits.csv.gz")
