"""Copies of CIFAR-10: found where they are named, read as they are, refused in one clear error where they are not."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import shutil
import tarfile
import zlib
from pathlib import Path

import numpy as np
import pytest

from lnnstats.draws.images import origins
from lnnstats.draws.images.cifar10 import read
from lnnstats.draws.images.layout import MD5, SIZE
from lnnstats.draws.images.origins import fingerprint, origin, save_receipt
from lnnstats.draws.images.places import cache, locate
from lnnstats.errors import BadInput
from tests.images import FILES, FOLDER, pack, records


@pytest.fixture(autouse=True)
def unnamed(monkeypatch, tmp_path):
    """A user who has named no copy and fetched none."""
    monkeypatch.delenv("LNNSTATS_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def linked(made_up, tmp_path) -> Path:
    """A folder of links to the made-up files, free to be harmed."""
    folder = tmp_path / FOLDER
    folder.mkdir()
    for name in FILES:
        (folder / name).symlink_to(made_up / name)
    return folder


def replaced(folder: Path, name: str, content: bytes) -> Path:
    (folder / name).unlink()
    (folder / name).write_bytes(content)
    return folder


def refused(path: Path) -> str:
    """The one-line error of reading what lies at a path."""
    with pytest.raises(BadInput) as error:
        read(locate(str(path)))
    assert len(str(error.value).splitlines()) == len(error.value.problems)
    return str(error.value)


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]


def unlike(one: bytes, other: bytes) -> bool:
    """Whether two gzip files unpack to other bytes, or one not at all: black pixels may be copied from other ones."""
    try:
        return gzip.decompress(one) != gzip.decompress(other)
    except (OSError, EOFError, zlib.error):
        return True


class TestLocate:
    def test_a_folder_is_found_by_itself_and_from_above(self, made_up):
        assert locate(str(made_up)) == locate(str(made_up.parent)) == made_up

    def test_an_archive_is_found_by_itself_and_from_above(self, made_up_archive):
        assert locate(str(made_up_archive)) == locate(str(made_up_archive.parent)) == made_up_archive

    def test_the_path_comes_before_the_variable_and_that_before_the_cache(self, made_up, linked, monkeypatch):
        fetched = shutil.copytree(linked, cache() / FOLDER, symlinks=True)
        assert locate(None) == fetched
        monkeypatch.setenv("LNNSTATS_DATA", str(linked.parent))
        assert locate(None) == linked
        assert locate(str(made_up)) == made_up

    def test_an_empty_variable_names_nothing(self, linked, monkeypatch):
        fetched = shutil.copytree(linked, cache() / FOLDER, symlinks=True)
        monkeypatch.setenv("LNNSTATS_DATA", "")
        assert locate(None) == fetched

    def test_the_home_folder_may_be_a_tilde(self, linked, monkeypatch):
        monkeypatch.setenv("HOME", str(linked.parent))
        assert locate("~") == linked

    @pytest.mark.parametrize(("named", "asker"), [("path", "data.path"), ("variable", "LNNSTATS_DATA"), ("", "data")])
    def test_where_nothing_is_the_error_says_who_named_the_place_and_what_to_do(
        self, named, asker, tmp_path, monkeypatch
    ):
        if named == "variable":
            monkeypatch.setenv("LNNSTATS_DATA", str(tmp_path))
        with pytest.raises(BadInput) as error:
            locate(str(tmp_path) if named == "path" else None)
        said = str(error.value)
        assert said.startswith(f"{asker}: CIFAR-10's binary version is not there, found {tmp_path}")
        assert "`lnnstats data get cifar10`" in said and "data.stand_in=digits" in said

    @pytest.mark.parametrize("name", ["cifar-10-python.tar.gz", "cifar-10-batches-py", "data_batch_1"])
    def test_the_pickled_version_is_recognised_and_never_read(self, name, tmp_path):
        (tmp_path / name).mkdir() if name.endswith("py") else (tmp_path / name).write_bytes(b"\x80\x02}q")
        assert "pickled Python version is never read" in refused(tmp_path)


class TestFolder:
    def test_records_are_the_files_bytes(self, made_up):
        train, test = read(made_up)
        assert len(train.labels) == 50_000 and len(test.labels) == 10_000
        chosen = np.array([[49_999, 0, 10_001], [3, 20_000, 9_999]])
        expected = [[records(i // 10_000)[i % 10_000, 1:] for i in row] for row in chosen.tolist()]
        assert np.array_equal(train.pixels(chosen), expected)
        assert np.array_equal(test.pixels(np.array([7])), records(5)[[7], 1:])

    def test_a_missing_file_is_named(self, linked):
        (linked / "data_batch_3.bin").unlink()
        said = refused(linked)
        assert "data_batch_3.bin: the file is missing" in said and "data_batch_2" not in said

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "the file is cut off, found 0 bytes, allowed 30,730,000"),
            (b"\0" * 3073, "the file is cut off, found 3,073"),
            (b"\0" * (SIZE + 1), "the file is too long, found 30,730,001"),
        ],
    )
    def test_a_file_of_another_size_is_named(self, linked, content, said):
        assert f"test_batch.bin: {said}" in refused(replaced(linked, "test_batch.bin", content))

    def test_every_wrong_file_is_named_at_once(self, linked):
        replaced(linked, "data_batch_1.bin", b"")
        (linked / "data_batch_5.bin").unlink()
        assert len(refused(linked).splitlines()) == 2

    def test_a_label_above_nine_is_found(self, linked):
        wrong = records(1)
        wrong[41, 0] = 10
        said = refused(replaced(linked, "data_batch_2.bin", wrong.tobytes()))
        assert "found 10 in record 42 of data_batch_2.bin, allowed 0 to 9" in said

    def test_classes_that_are_not_balanced_are_found(self, linked):
        wrong = records(5)
        wrong[0, 0] = 1
        said = refused(replaced(linked, "test_batch.bin", wrong.tobytes()))
        assert "the test images are not CIFAR-10's, found 999 to 1,001 a class, allowed 1,000 of each" in said


class TestArchive:
    def test_it_holds_what_the_folder_holds(self, made_up, made_up_archive):
        for one, other in zip(read(made_up), read(made_up_archive), strict=True):
            assert all(map(np.array_equal, one.files, other.files))

    @pytest.mark.parametrize("keep", [2, 1000, 0.5, 0.99])
    def test_a_truncated_archive_is_one_error(self, made_up_archive, tmp_path, keep):
        cut = tmp_path / "cut.tar.gz"
        cut.write_bytes(made_up_archive.read_bytes())
        os.truncate(cut, int(keep if keep > 1 else keep * cut.stat().st_size))
        assert "the archive is damaged or cut off" in refused(cut)

    @pytest.mark.parametrize("place", [0.2, 0.5, 0.8, -8])  # 8 bytes from its end a gzip file has its checksum
    def test_a_flipped_byte_is_one_error(self, made_up_archive, tmp_path, place):
        whole = made_up_archive.read_bytes()
        first = len(whole) + place if place < 0 else int(place * len(whole))
        broken = tmp_path / "broken.tar.gz"
        broken.write_bytes(next(flip for at in range(first, len(whole)) if unlike(flip := flipped(whole, at), whole)))
        assert "the archive is damaged or cut off" in refused(broken)

    @pytest.mark.parametrize("content", [b"", b"no archive at all", b"PK\x03\x04"])
    def test_a_file_of_another_kind_is_one_error(self, tmp_path, content):
        (tmp_path / "images.zip").write_bytes(content)
        assert "images.zip: a file of another kind, found images.zip" in refused(tmp_path / "images.zip")

    def test_one_of_the_six_files_is_not_the_folder(self, made_up):
        assert "name the folder that it lies in" in refused(made_up / FILES[0])

    def test_the_pickled_archive_is_recognised(self, made_up, tmp_path):
        archive = made(tmp_path, member("cifar-10-batches-py/data_batch_1", b"\x80"))
        assert "pickled Python version is never read" in refused(archive)

    def test_every_file_is_needed(self, tmp_path):
        assert "files are missing from the archive, found data_batch_1.bin, data_batch_2.bin" in refused(made(tmp_path))

    @pytest.mark.parametrize(
        "name",
        [
            "../evil",
            "/etc/evil",
            f"{FOLDER}/../evil",
            f"{FOLDER}/extra.bin",
            "other/data_batch_1.bin",
            "data_batch_1.bin",
        ],
    )
    def test_a_member_of_another_name_is_refused(self, tmp_path, name):
        said = refused(made(tmp_path, member(name, b"x")))
        assert f"the archive holds what CIFAR-10's does not, found {name!r}" in said

    @pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE])
    def test_a_member_that_is_no_plain_file_is_refused(self, tmp_path, kind):
        info, _ = member(f"{FOLDER}/test_batch.bin", b"")
        info.type, info.linkname = kind, "/etc/passwd"
        assert "the archive holds what CIFAR-10's does not" in refused(made(tmp_path, (info, b"")))

    def test_a_member_of_another_size_is_refused_unread(self, tmp_path):
        said = refused(made(tmp_path, member(f"{FOLDER}/test_batch.bin", b"short")))
        assert "test_batch.bin: wrong size, found 5 bytes, allowed 30,730,000" in said

    def test_a_member_that_comes_twice_is_refused(self, tmp_path):
        twice = member(f"{FOLDER}/test_batch.bin", b"\0" * SIZE)
        assert "a file is twice in the archive" in refused(made(tmp_path, twice, twice))


class TestOrigin:
    def test_the_fingerprint_is_of_the_six_files_in_order(self, made_up, made_up_archive):
        expected = hashlib.sha256(b"".join((made_up / name).read_bytes() for name in FILES)).hexdigest()
        assert fingerprint(made_up) == fingerprint(made_up_archive) == expected

    def test_one_pixel_makes_another_fingerprint(self, made_up, linked):
        other = records(5)
        other[9_999, 3072] = 1
        assert fingerprint(replaced(linked, "test_batch.bin", other.tobytes())) != fingerprint(made_up)

    def test_an_archive_is_official_by_its_md5(self, made_up_archive, monkeypatch):
        found = origin(made_up_archive)
        assert not found.official and f"not {MD5}" in found.about
        monkeypatch.setattr(origins, "MD5", hashlib.md5(made_up_archive.read_bytes()).hexdigest())
        assert origin(made_up_archive).official

    def test_a_folder_is_official_by_a_receipt_of_these_very_files(self, linked):
        assert not origin(linked).official
        assert "a checksum is published of the archive alone" in origin(linked).about
        save_receipt(linked, "0" * 32)  # of another archive
        assert not origin(linked).official
        save_receipt(linked, MD5)
        assert origin(linked).official

    def test_a_receipt_of_other_files_is_worth_nothing(self, made_up, linked, tmp_path):
        save_receipt(linked, MD5)
        other = tmp_path / "other"
        shutil.copytree(linked, other, symlinks=True)
        changed = records(0)
        changed[0, 1] = 200
        assert not origin(replaced(other, "data_batch_1.bin", changed.tobytes())).official
        (linked / origins.RECEIPT).write_text("{")
        assert not origin(linked).official


def member(name: str, content: bytes) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    return info, content


def made(folder: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    """An archive of these members alone."""
    path = folder / "made.tar.gz"
    with tarfile.open(path, "w:gz", compresslevel=1) as tar:
        for info, content in members:
            tar.addfile(info, io.BytesIO(content))
    return path


def test_what_the_real_archive_holds_beside_the_images_is_no_offence(made_up, tmp_path):
    folder = shutil.copytree(made_up, tmp_path / "copy")
    for name in ("batches.meta.txt", "readme.html"):
        (folder / name).write_text("words")
    assert len(read(pack(folder, tmp_path / "all.tar.gz"))) == 2
