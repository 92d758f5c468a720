"""Texts that are no config, or one too deep, too long, or with numbers that are none."""

from corpus import attack, attacks, bomb, dense

DEEP = {
    "lists": ("[", "]"),
    "dicts": ('{"a":', "}"),
    "configs": ('{"class_name":"Sequential","module":"keras","registered_name":null,"config":', "}"),
    "tuples": ('{"class_name":"__tuple__","items":[', "]}"),
}


@attacks("CWE-674: deep nesting", DEEP)
def hundred_thousand_deep(lab, row):
    opening, closing = row
    return lab.text(opening * 100_000 + "1" + closing * 100_000)


@attacks("CWE-674: nesting that JSON can read, where what walks it next cannot", DEEP)
def eight_hundred_deep(lab, row):
    opening, closing = row
    deep = opening * 800 + "1" + closing * 800
    return lab.text(
        '{"module":"keras","class_name":"Sequential","registered_name":null,"config":{"layers":[' + deep + "]}}"
    )


@attack("CWE-674: a deep value in the config of a layer")
def deep_argument(lab):
    value = 1
    for _ in range(300):
        value = {"class_name": "__tuple__", "items": [value]}
    return lab.layer(units=value)


LONG = {"lists": b"[],", "dicts": b"{},", "numbers": b"1,", "pairs": b'{"a":[]},'}


@attacks("CWE-770: a long text, small when packed", LONG)
def long_text(lab, item):
    return lab.pack({**lab.members(), "config.json": b"[" + item * (10 * 2**20 // len(item)) + b"1]"}, 8)


@attacks("CWE-770: a long text, as it is", LONG)
def long_stored_text(lab, item):
    return lab.text(b"[" + item * (10 * 2**20 // len(item)) + b"1]")


@attack("CWE-770: nothing but spaces")
def spaces(lab):
    return lab.text(bomb())


@attack("CVE-2020-10735: a number of a million digits")
def long_number(lab):
    return lab.text('{"class_name": "Sequential", "config": ' + "9" * 1_000_000 + "}")


@attacks(
    "bytes that are no text",
    {
        "latin": b'{"a": "\xff"}',
        "surrogate": b'"\\ud800"',
        "null": b"\0\0\0\0",
        "bom": b"\xef\xbb\xbf{}",
        "utf16": "{}".encode("utf-16"),
    },
)
def strange_bytes(lab, text):
    return lab.text(text)


@attacks(
    "CWE-1287: keys twice, of which readers take one or the other", {"class": '"class_name"', "config": '"config"'}
)
def key_twice(lab, key):
    text = lab.members()["config.json"].decode()
    return lab.text(text[:-1] + f", {key}: null" + "}")


NUMBERS = {"nan": float("nan"), "infinity": float("inf"), "minus": float("-inf")}


@attacks("RFC 8259: numbers that JSON does not have, as a size", NUMBERS)
def units_of(lab, number):
    return lab.layer(units=number)


@attacks("RFC 8259: numbers that JSON does not have, as a shape", NUMBERS)
def shape_of(lab, number):
    return lab.changed(lambda c: c["config"]["layers"][0]["config"].update(batch_shape=[None, number]))


@attacks("RFC 8259: numbers that JSON does not have, as a rate", NUMBERS)
def rate_of(lab, number):
    return lab.added("Dropout", {"name": "d", "rate": number})


@attacks("RFC 8259: numbers that JSON does not have, as a learning rate", {"nan": float("nan"), "minus": float("-inf")})
def learning_rate_of(lab, number):
    return lab.changed(lambda c: c["compile_config"]["optimizer"]["config"].update(learning_rate=number), "compiled")


@attack("a shape in the config and another in build_config")
def two_shapes(lab):
    return lab.changed(lambda c: dense(c).update(build_config={"input_shape": [None, 5]}))
