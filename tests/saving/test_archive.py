"""Zip archives of strangers: good ones are read, and what no writer of models makes is refused. `attacks/` has more."""

import os
import stat
import zipfile

import pytest

from lamina.saving import ModelFileError
from lamina.saving._archive import Archive, check_is_file


def pack(path, parts, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return str(path)


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_members_are_read(tmp_path, compression):
    parts = [("a.json", b"{}"), ("b/c.txt", b"text" * 1000), ("b/", b""), ("empty", b""), ("ä.txt", b"x")]
    with Archive(pack(tmp_path / "a.zip", parts, compression), "a zip") as archive:
        assert {name: archive.read(name) for name in archive.members} == dict(parts)
        with pytest.raises(ModelFileError, match="'d': missing"):
            archive.read("d")


def test_an_archive_behind_other_bytes(tmp_path):
    path = tmp_path / "a.zip"
    pack(path, [("a", b"x" * 100)])
    path.write_bytes(b"#!/bin/sh\n" + path.read_bytes())
    with Archive(str(path), "a zip") as archive:
        assert archive.read("a") == b"x" * 100


def link():
    info = zipfile.ZipInfo("a")
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return info


@pytest.mark.parametrize(
    ("parts", "match"),
    [
        ([("../a", b"")], "leads out"),
        ([("/a", b"")], "leads out"),
        ([("C:\\a", b"")], "leads out"),
        ([(link(), b"/etc/passwd")], "a link"),
        ([("a", b""), ("./a", b"")], "more than once"),
    ],
)
def test_members_that_are_refused(tmp_path, parts, match):
    with pytest.raises(ModelFileError, match=match):
        Archive(pack(tmp_path / "a.zip", parts), "a zip")


def test_growth(tmp_path):
    with pytest.raises(ModelFileError, match="grows from"):
        Archive(pack(tmp_path / "a.zip", [("a", bytes(2**22))], zipfile.ZIP_DEFLATED), "a zip")
    many = [(f"{i}", bytes(900_000)) for i in range(100)]
    with pytest.raises(ModelFileError, match="claims to hold 90000000 bytes"):
        Archive(pack(tmp_path / "b.zip", many, zipfile.ZIP_DEFLATED), "a zip")


def test_what_is_no_file(tmp_path):
    with pytest.raises(ModelFileError, match="a folder"):
        check_is_file(str(tmp_path))
    with pytest.raises(ModelFileError, match="cannot be opened"):
        check_is_file(str(tmp_path / "none"))
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(ModelFileError, match="not a plain file"):
            Archive(str(tmp_path / "pipe"), "a zip")
