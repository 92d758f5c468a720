"""The ends of written files: what they do when they are run."""

from .._table import DATES, LEVELS, NUMBERS, TablePart

ARRAYS = '''\
def main(arguments):
    """`python {file} INPUTS OUTPUTS`: predicts what is in one file (.npy; .npz by name for several arrays) into another."""
    if len(arguments) != 2 or arguments[0] in ("-h", "--help"):
        print(__doc__)
        return 0 if arguments[:1] in (["-h"], ["--help"]) else 2
    inputs = [np.load(arguments[0], allow_pickle=False)]
    if isinstance(inputs[0], np.lib.npyio.NpzFile):
        with inputs[0] as stored:
            inputs = [stored[name] for name in INPUTS]
    result = predict(*inputs)
    if len(OUTPUTS) == 1:
        np.save(arguments[1], result)
    else:
        np.savez(arguments[1], **dict(zip(OUTPUTS, result.values() if isinstance(result, dict) else result)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
'''

TABLE = '''\
MISSING = {missing}
CLASSES = {classes}


def predict_table(columns):
    """Predictions for a table, a dict of columns by name: numbers, or the likeliest class and the probability of each."""
    outputs = predict(
{columns}
    )
    return answers(outputs, {target}, CLASSES, {threshold}, {weights})


def main(arguments):
    """`python {file} TABLE.csv OUT.csv`: a row of predictions for each row of the table."""
    if len(arguments) != 2 or arguments[0] in ("-h", "--help"):
        print(__doc__)
        return 0 if arguments[:1] in (["-h"], ["--help"]) else 2
    write_csv(arguments[1], predict_table(read_csv(arguments[0])))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
'''


def arrays_main(file: str) -> str:
    """What reads arrays."""
    return ARRAYS.replace("{file}", file)


def table_main(file: str, table: TablePart) -> str:
    """What reads a table."""
    lines = []
    for name, kind in table.columns:
        values = f"column_of(columns, {name!r}), MISSING"
        if kind == NUMBERS:
            lines.append(f"        as_numbers({values}, {name!r}),")
        elif kind == LEVELS:
            lines.append(f"        as_levels({values}, {table.levels[name]!r}, {name!r}),")
        elif kind == DATES:
            days = f"days_of(as_words({values})[:, 0], {table.styles[name]!r})"
            lines.append(f"        {days}[:, np.newaxis],")
        else:
            lines.append(f"        as_words({values}),")
    parts = {
        "missing": repr(table.missing), "classes": repr(table.classes), "columns": "\n".join(lines),
        "target": repr(table.target), "threshold": repr(table.threshold),
        "weights": repr(table.weights), "file": file,
    }  # fmt: skip
    text = TABLE
    for name, part in parts.items():
        text = text.replace(f"{{{name}}}", part)
    return text
