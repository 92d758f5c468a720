"""`get_file`, against a server on this machine that breaks connections, lies and serves wrong bytes."""

import hashlib
import io
import os
import tarfile
import threading
import zipfile

import numpy as np
import pytest

from lamina import config
from lamina.utils import _download, _extract, get_file

CONTENT = np.random.default_rng(0).integers(0, 256, 300_000, dtype="uint8").tobytes()
SHA256 = hashlib.sha256(CONTENT).hexdigest()
MD5 = hashlib.md5(CONTENT).hexdigest()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "home" / "datasets"


@pytest.fixture(autouse=True)
def served(server):
    server.files["/data/a.bin"] = CONTENT
    return server


def read(path):
    with open(path, "rb") as file:
        return file.read()


# --- fetching ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("digest", [None, SHA256, MD5, SHA256.upper()])
def test_is_fetched_once_and_kept(server, folder, digest, capsys):
    for _ in range(2):
        path = get_file(origin=f"{server.url}/data/a.bin", file_hash=digest)
        assert path == str(folder / "a.bin") and read(path) == CONTENT
    assert len(server.asked) == 1 and os.listdir(folder) == ["a.bin"]
    assert capsys.readouterr().out == f"Downloading data from {server.url}/data/a.bin\n"


def test_names_and_folders(server, tmp_path, monkeypatch):
    url = f"{server.url}/data/a.bin"
    assert get_file("b.bin", url, cache_subdir="models") == str(tmp_path / "home" / "models" / "b.bin")
    assert get_file("b.bin", url, cache_dir=tmp_path / "c") == str(tmp_path / "c" / "datasets" / "b.bin")
    assert get_file("b.bin", url, cache_subdir=str(tmp_path / "d")) == str(tmp_path / "d" / "b.bin")
    monkeypatch.setenv("LAMINA_HOME", str(tmp_path / "e"))
    assert get_file("b.bin", url) == str(tmp_path / "e" / "datasets" / "b.bin")


def test_a_home_that_cannot_be_written_to(server, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "file"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert get_file(origin=f"{server.url}/data/a.bin") == str(tmp_path / ".keras" / "datasets" / "a.bin")
    with pytest.raises(OSError):
        get_file(origin=f"{server.url}/data/a.bin", cache_dir=tmp_path / "file")


def test_again_if_it_changed_or_is_forced(server, folder, capsys):
    url = f"{server.url}/data/a.bin"
    path = get_file(origin=url, file_hash=SHA256)
    with open(path, "wb") as file:
        file.write(b"changed")
    assert read(get_file(origin=url)) == b"changed"
    assert read(get_file(origin=url, md5_hash=MD5)) == CONTENT and len(server.asked) == 2
    assert "a.bin has another MD5 than it should; it is fetched again" in capsys.readouterr().out
    get_file(origin=url, force_download=True)
    assert len(server.asked) == 3


def test_silent_where_logging_is_off(server, capsys):
    config.disable_interactive_logging()
    try:
        get_file(origin=f"{server.url}/data/a.bin")
    finally:
        config.enable_interactive_logging()
    assert capsys.readouterr().out == ""


def test_a_bar_on_a_terminal(server, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setattr(_download, "CHUNK", 1000)
    assert read(get_file(origin=f"{server.url}/data/a.bin")) == CONTENT
    assert "300" in capsys.readouterr().out


def test_by_file_urls(tmp_path):
    (tmp_path / "x.bin").write_bytes(b"abc")
    assert read(get_file(origin=(tmp_path / "x.bin").as_uri())) == b"abc"


# --- broken connections -----------------------------------------------------------------------------------------------


def test_a_broken_download_goes_on_where_it_stopped(server, folder):
    server.faults += ["break", "break"]
    assert read(get_file(origin=f"{server.url}/data/a.bin", file_hash=SHA256)) == CONTENT
    assert [span for _, span in server.asked] == [None, "bytes=150000-", "bytes=225000-"]
    assert os.listdir(folder) == ["a.bin"]


@pytest.mark.parametrize("fault", ["cut headers", "long", "busy", "wrong part", "whole", "no length"])
@pytest.mark.parametrize("digest", [None, SHA256])
def test_other_faults_are_got_over(server, folder, fault, digest):
    server.faults += ["break", fault]
    assert read(get_file(origin=f"{server.url}/data/a.bin", file_hash=digest)) == CONTENT
    assert os.listdir(folder) == ["a.bin"]


def test_the_next_call_goes_on(server, folder):
    server.faults += ["break"] * 5
    url = f"{server.url}/data/a.bin"
    message = (
        r"Could not fetch .*a\.bin \(the connection ended after 290,625 of 300,000 bytes, 5 times; what came is kept"
    )
    with pytest.raises(OSError, match=message):
        get_file(origin=url, file_hash=SHA256)
    assert os.listdir(folder) == ["a.bin.part"]
    assert read(get_file(origin=url, file_hash=SHA256)) == CONTENT
    assert server.asked[-1][1] == "bytes=290625-" and os.listdir(folder) == ["a.bin"]


def test_without_a_digest_nothing_is_kept_of_what_broke(server, folder):
    server.faults += ["break"] * 5
    with pytest.raises(OSError, match=r"5 times\)\. Put the file at .*a\.bin yourself, or set KERAS_HOME"):
        get_file(origin=f"{server.url}/data/a.bin")
    assert os.listdir(folder) == []


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("digest", [None, SHA256])
def test_ctrl_c_waits_for_no_server(server, folder, pressed, digest, times):
    url = f"{server.url}/data/a.bin"
    get_file(origin=url)
    server.faults += ["stall"]
    fetch = lambda: get_file(origin=url, file_hash=digest, force_download=True)  # noqa: E731
    assert pressed(fetch, 0.1, times, server.stalled.is_set) < 20
    # The file is the one of before, and what came is kept only where the next call can check it.
    assert read(folder / "a.bin") == CONTENT
    assert sorted(os.listdir(folder)) == ["a.bin", "a.bin.part"][: 2 if digest else 1]
    assert read(fetch()) == CONTENT and os.listdir(folder) == ["a.bin"]
    assert server.asked[-1][1] == (None if digest is None else "bytes=131072-")


def test_more_was_kept_than_there_is(server, folder):
    folder.mkdir(parents=True)
    (folder / "a.bin.part").write_bytes(CONTENT + b"more")
    assert read(get_file(origin=f"{server.url}/data/a.bin", file_hash=SHA256)) == CONTENT


def test_what_was_kept_is_of_another_file(server, folder):
    folder.mkdir(parents=True)
    (folder / "a.bin.part").write_bytes(b"other" * 10)
    url = f"{server.url}/data/a.bin"
    with pytest.raises(ValueError, match=rf"the content has SHA-256 [0-9a-f]+, expected {SHA256}; it was not kept"):
        get_file(origin=url, file_hash=SHA256)
    assert os.listdir(folder) == []
    assert read(get_file(origin=url, file_hash=SHA256)) == CONTENT


def test_wrong_bytes_are_not_kept(server, folder):
    url = f"{server.url}/data/a.bin"
    get_file(origin=url)
    server.faults.append("wrong bytes")
    with pytest.raises(ValueError, match=f"MD5 [0-9a-f]+, expected {MD5}; it was not kept"):
        get_file(origin=url, md5_hash=MD5, force_download=True)
    assert os.listdir(folder) == ["a.bin"] and read(folder / "a.bin") == CONTENT


def test_no_such_file_and_no_such_server(server, folder):
    with pytest.raises(
        OSError, match=r"Could not fetch .*none\.bin \(HTTP Error 404.*Put the file at .*none\.bin yourself"
    ):
        get_file(origin=f"{server.url}/none.bin")
    assert len(server.asked) == 1
    with pytest.raises(
        OSError, match=r"Could not fetch http://127\.0\.0\.1:1/b\.bin .*Put the file at .*datasets.b\.bin"
    ):
        get_file(origin="http://127.0.0.1:1/b.bin")


def test_many_at_once(server, folder):
    url, found = f"{server.url}/data/a.bin", []
    threads = [
        threading.Thread(target=lambda: found.append(read(get_file(origin=url, file_hash=SHA256)))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [CONTENT] * 4 and os.listdir(folder) == ["a.bin"]


@pytest.mark.parametrize(
    "how, message",
    [
        (dict(origin=None), "origin, the URL of the file, is missing"),
        (dict(origin="http://127.0.0.1/"), "does not end in the name of a file; give fname"),
        (dict(origin="http://127.0.0.1/.."), "does not end in the name of a file"),
        (dict(fname="../a"), "fname must be a name, not a path"),
        (dict(fname="/etc/a"), "fname must be a name, not a path"),
        (dict(file_hash="abc"), "file_hash must be a hexadecimal SHA-256 or MD5; got 'abc'"),
        (dict(file_hash=MD5, hash_algorithm="sha256"), "file_hash must be a hexadecimal"),
        (dict(hash_algorithm="crc"), "hash_algorithm must be one of 'auto', 'sha256', 'md5'; got 'crc'"),
    ],
)
def test_bad_arguments(how, message):
    with pytest.raises(ValueError, match=f"get_file: .*{message}"):
        get_file(**{"origin": "http://127.0.0.1/a.bin", **how})


# --- archives ---------------------------------------------------------------------------------------------------------


def tar(entries, mode="w:gz"):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as file:
        for name, content in entries:
            info = tarfile.TarInfo(name)
            if isinstance(content, bytes):
                info.size = len(content)
                file.addfile(info, io.BytesIO(content))
            else:
                info.type, info.linkname = content
                file.addfile(info)
    return buffer.getvalue()


def zipped(entries):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries:
            file.writestr(name, content)
    return buffer.getvalue()


GOOD = [("top/", (tarfile.DIRTYPE, "")), ("top/a.txt", b"one"), ("./top/deep/b.txt", b"two")]


@pytest.mark.parametrize(
    "name, content",
    [("d.tar.gz", tar(GOOD)), ("d.tar", tar(GOOD, "w")), ("d.tgz", tar(GOOD)), ("d.zip", zipped(GOOD[1:]))],
    ids=["tar.gz", "tar", "tgz", "zip"],
)
def test_taken_apart(server, folder, name, content):
    server.files[f"/{name}"] = content
    path = get_file(origin=f"{server.url}/{name}", extract=True)
    assert path == str(folder / name) and sorted(os.listdir(folder)) == [name, f"{name}_archive"]
    assert read(folder / name / "top" / "a.txt") == b"one" and read(folder / name / "top" / "deep" / "b.txt") == b"two"
    assert get_file("d", f"{server.url}/{name}", extract=True) == str(folder / "d")
    assert get_file("e.x", f"{server.url}/{name}", extract=True) == str(folder / "e_extracted")
    assert (folder / "e_extracted" / "top" / "a.txt").exists() and (folder / "e.x").is_file()


def test_taken_apart_once_and_again_when_fetched_again(server, folder):
    server.files["/d.tar"] = tar(GOOD, "w")
    path = get_file("d", f"{server.url}/d.tar", untar=True)
    os.remove(os.path.join(path, "top", "a.txt"))
    get_file("d", f"{server.url}/d.tar", untar=True)
    assert not os.path.exists(os.path.join(path, "top", "a.txt"))
    get_file("d", f"{server.url}/d.tar", untar=True, force_download=True)
    assert os.path.exists(os.path.join(path, "top", "a.txt"))


def test_what_is_no_archive(server):
    with pytest.warns(UserWarning, match="is no archive of the format 'auto'"):
        get_file("d", f"{server.url}/data/a.bin", extract=True)
    server.files["/d.zip"] = zipped(GOOD[1:])
    with pytest.warns(UserWarning, match="is no archive of the format 'tar'"):
        get_file("e", f"{server.url}/d.zip", untar=True)
    with pytest.raises(ValueError, match="archive_format must be 'auto', 'tar', 'zip'"):
        get_file("f", f"{server.url}/d.zip", extract=True, archive_format="rar")


BAD_ZIP_LINK = zipfile.ZipInfo("link")
BAD_ZIP_LINK.external_attr = 0o120777 << 16


@pytest.mark.parametrize(
    "content, message",
    [
        (tar([("ok", b"1"), ("../out", b"x")]), r"'\.\./out' leads out of the folder"),
        (tar([("a/../../out", b"x")]), "leads out of the folder"),
        (tar([("/abs", b"x")]), "'/abs' leads out of the folder"),
        (tar([("link", (tarfile.SYMTYPE, "/etc/passwd"))]), "'link' is a link"),
        (tar([("hard", (tarfile.LNKTYPE, "ok"))]), "'hard' is a link"),
        (tar([("null", (tarfile.CHRTYPE, ""))]), "'null' is no file but a device or pipe"),
        (tar([("pipe", (tarfile.FIFOTYPE, ""))]), "'pipe' is no file but a device or pipe"),
        (zipped([("../out", b"x")]), r"'\.\./out' leads out of the folder"),
        (zipped([("..\\out", b"x")]), "leads out of the folder"),
        (zipped([(BAD_ZIP_LINK, b"/etc/passwd")]), "'link' is a link or device"),
        (zipped(GOOD[1:])[:-40] + zipped(GOOD[1:])[-22:], "is damaged|no archive"),
        (tar([("big", CONTENT)])[:9000], "is damaged"),
    ],
    ids="up,up later,absolute,symlink,hardlink,device,pipe,zip up,zip backslash,zip link,zip cut,tar cut".split(","),
)  # fmt: skip
def test_archives_that_would_do_harm(tmp_path, content, message):
    archive, target = tmp_path / "a", tmp_path / "in" / "there"
    archive.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        if not _extract.extract(str(archive), str(target)):
            raise ValueError("no archive")
    assert not target.exists() and sorted(p.name for p in tmp_path.iterdir()) in (["a"], ["a", "in"])
    assert not (tmp_path / "in").exists() or not any((tmp_path / "in").iterdir())


@pytest.mark.parametrize("make", [lambda e: tar(e), zipped])
def test_bombs(tmp_path, monkeypatch, make):
    archive = tmp_path / "a"
    archive.write_bytes(make([("big", bytes(3_000_000))]))
    assert _extract.extract(str(archive), str(tmp_path / "there"))  # below what is always allowed
    monkeypatch.setattr(_extract, "MIN_BYTES", 1000)
    with pytest.raises(ValueError, match="grows to more than 200 times its size, at 'big'; that is what a bomb does"):
        _extract.extract(str(archive), str(tmp_path / "other"))
    assert not (tmp_path / "other").exists()
    monkeypatch.setattr(_extract, "MAX_FILES", 1)
    archive.write_bytes(make([("a", b"1"), ("b", b"2")]))
    with pytest.raises(ValueError, match="it holds more than 1 files"):
        _extract.extract(str(archive), str(tmp_path / "other"))


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # a file is opened and its block not entered
def test_ctrl_c_leaves_an_archive_untouched_or_taken_apart(tmp_path, pressed):
    source = tmp_path / "a.zip"
    source.write_bytes(zipped([(f"{i}.txt", CONTENT[:1000]) for i in range(300)]))
    target = tmp_path / "out"
    target.mkdir()
    (target / "old").write_text("here")
    for after in (0.0, 0.001, 0.01, 0.05):
        pressed(lambda: _extract.extract(str(source), str(target)), after, 2)
        names = os.listdir(target)
        assert names == ["old"] or len(names) == 300
        assert sorted(os.listdir(tmp_path)) == ["a.zip", "out"]


def test_an_error_leaves_what_was_there(tmp_path):
    archive, target = tmp_path / "a", tmp_path / "there"
    archive.write_bytes(tar(GOOD))
    _extract.extract(str(archive), str(target))
    archive.write_bytes(tar([("new", b"1"), ("/abs", b"x")]))
    with pytest.raises(ValueError):
        _extract.extract(str(archive), str(target))
    assert (target / "top" / "a.txt").exists() and not (target / "new").exists()
