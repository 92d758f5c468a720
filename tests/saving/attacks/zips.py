"""Archives that lie about what they hold."""

import bz2
import io
import lzma
import struct
import warnings
import zipfile

from corpus import CONFIG, WEIGHTS, attack, attacks, bomb, end_record, patched

DEFLATED = zipfile.ZIP_DEFLATED


@attacks("CVE-2019-9674: zip bombs", {"config": CONFIG, "weights": WEIGHTS})
def deflated_bomb(lab, name):
    return lab.pack({**lab.members(), name: bomb()}, DEFLATED)


@attacks("CVE-2019-9674, by methods that pack tighter", {"bzip2": zipfile.ZIP_BZIP2, "lzma": zipfile.ZIP_LZMA})
def tighter_bomb(lab, method):
    return lab.pack({**lab.members(), CONFIG: bomb()}, method)


@attack("CVE-2019-9674: the header tells a small size")
def bomb_with_a_small_size(lab):
    path = lab.pack({**lab.members(), CONFIG: bomb()}, DEFLATED)
    return lab.write(patched(path.read_bytes(), CONFIG, 24, 1000))


@attack("CVE-2019-9674: the header tells a large size of the packed bytes, so that the ratio looks small")
def bomb_with_a_large_packed_size(lab):
    path = lab.pack({**lab.members(), CONFIG: bomb()}, DEFLATED)
    return lab.write(patched(path.read_bytes(), CONFIG, 20, 300 * 2**20))


@attack("CVE-2019-9674: a bomb within a bomb")
def nested_bomb(lab):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", DEFLATED) as archive:
        archive.writestr(CONFIG, bomb())
    return lab.pack({**lab.members(), CONFIG: inner.getvalue()}, DEFLATED)


@attack("Fifield 2019, CVE-2024-0450: members that overlap")
def overlapping_members(lab):
    content = bytearray(lab.pack(lab.members()).read_bytes())
    end = end_record(content)
    places = []
    place = struct.unpack_from("<L", content, end + 16)[0]
    while content[place : place + 4] == b"PK\1\2":
        places.append(place)
        place += 46 + sum(struct.unpack_from("<3H", content, place + 28))
    first = content[places[0] + 42 : places[0] + 46]
    for place in places:
        content[place + 42 : place + 46] = first
    return lab.write(bytes(content))


@attack("CVE-2019-9674: an asset that is a bomb")
def bomb_as_asset(lab):
    parts = lab.members("words")
    name = next(n for n in parts if n.startswith("assets/"))
    return lab.pack({**parts, name: bomb()}, DEFLATED)


@attack("CVE-2019-9674: a bomb that is no part of a model")
def bomb_beside(lab):
    return lab.pack({**lab.members(), "more.bin": bomb()}, DEFLATED)


@attack("a hundred thousand members")
def too_many_members(lab):
    names = ((f"{i}", b"") for i in range(100_001))
    return lab.pack([*lab.members().items(), *names])


@attack("CVE-2019-9674: many members that are large together")
def many_assets(lab):
    more = {f"assets/layers/x/{i}.txt": bytes(900_000) for i in range(400)}
    return lab.pack({**lab.members(), **more}, DEFLATED)


def _twice(lab, name, other=b"{}"):
    path = lab.pack(lab.members())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr(name, other)
    return path


@attacks(
    "CVE-2024-8088, Android master key (CVE-2013-4787): a member twice",
    {"config": CONFIG, "weights": WEIGHTS, "metadata": "metadata.json"},
)
def twice(lab, name):
    return _twice(lab, name)


@attack("a member twice, in another case of letters and with a slash")
def nearly_twice(lab):
    return lab.pack({**lab.members(), "./config.json": b"{}"})


@attacks("encrypted members", {"config": CONFIG, "weights": WEIGHTS})
def encrypted(lab, name):
    return lab.write(patched(lab.good["keras"], name, 8, 1, "<H"))


@attacks("unknown methods of compression", {"deflate64": 9, "implode": 6, "none": 77, "xz": 95})
def unknown_method(lab, method):
    return lab.write(patched(lab.good["keras"], CONFIG, 10, method, "<H"))


@attacks("declared sizes", {"config": CONFIG, "weights": WEIGHTS})
def declared_four_gigabytes(lab, name):
    return lab.write(patched(patched(lab.good["keras"], name, 24, 2**32 - 2), name, 20, 2**32 - 2))


@attack("a stored member whose two sizes differ")
def stored_with_two_sizes(lab):
    return lab.write(patched(lab.good["keras"], WEIGHTS, 24, 10))


@attack("a wrong checksum")
def wrong_checksum(lab):
    return lab.write(patched(lab.good["keras"], CONFIG, 16, 1))


@attack("CVE-2025-8291: a zip64 record elsewhere than its locator says")
def zip64_locator(lab):
    content = lab.good["keras"]
    end = end_record(content)
    locator = b"PK\6\7" + struct.pack("<LQL", 0, 2**62, 1)
    changed = bytearray(content[:end] + locator + content[end:])
    struct.pack_into("<HHLL", changed, end + len(locator) + 8, 0xFFFF, 0xFFFF, 2**32 - 1, 2**32 - 1)
    return lab.write(bytes(changed))


@attack("a directory that says to start behind the end")
def directory_behind_the_end(lab):
    content = bytearray(lab.good["keras"])
    struct.pack_into("<L", content, end_record(bytes(content)) + 16, 2**31)
    return lab.write(bytes(content))


@attack("a count of members that is not true")
def wrong_count(lab):
    content = bytearray(lab.good["keras"])
    struct.pack_into("<HH", content, end_record(bytes(content)) + 8, 60000, 60000)
    struct.pack_into("<L", content, end_record(bytes(content)) + 12, 2**30)
    return lab.write(bytes(content))


@attack("an archive cut in the middle, with its directory")
def cut_in_the_middle(lab):
    content = lab.good["keras"]
    return lab.write(content[:100] + content[400:])


@attack("CVE-2022-25882: a folder in the place of the weights")
def folder_as_member(lab):
    parts = lab.members()
    return lab.pack({CONFIG: parts[CONFIG], WEIGHTS + "/": b"", WEIGHTS + "/x": parts[WEIGHTS]})


@attacks(
    "other formats under this name",
    {"gzip": b"\x1f\x8b\x08" + bytes(50), "bz2": bz2.compress(b"x"), "xz": lzma.compress(b"x"), "tar": b"a" * 512},
)
def other_archive(lab, content):
    return lab.write(content)
