"""The other end of an exchange, in pyarrow: it builds the same table from the same formula and compares it cell by cell."""

import decimal
import socket
import sys

import pyarrow as pa

CODECS = {"ninguno": None, "lz4": "lz4", "zstd": "zstd"}


def table(start, stop):
    rows = range(start, stop)
    regions = pa.array(["norte", "sur", "este"])
    item = pa.field("item", pa.int32())
    columns = {
        "numero": pa.array(rows, pa.int64()),
        "precio": pa.array([None if i % 7 == 0 else i * 0.5 for i in rows], pa.float64()),
        "texto": pa.array([None if i % 3 == 0 else f"ñ{i}" for i in rows], pa.string()),
        "region": pa.DictionaryArray.from_arrays(pa.array([i % 3 for i in rows], pa.int32()), regions),
        "lista": pa.array([None if i % 2 == 0 else [i, None, i + 1] for i in rows], pa.list_(item)),
        "instante": pa.array([i * 1_000_000 for i in rows], pa.timestamp("us", tz="UTC")),
        "decimal": pa.array([decimal.Decimal(i).scaleb(-2) for i in rows], pa.decimal128(18, 2)),
    }
    return pa.table(columns)


def check(found, rows):
    found.validate(full=True)
    wanted = table(0, rows)
    assert found.schema.equals(wanted.schema), f"{found.schema}\n{wanted.schema}"
    assert found.equals(wanted), "distintos"
    print(f"{found.num_rows} filas iguales")


def write(kind, sink, rows, codec, batches=3):
    options = pa.ipc.IpcWriteOptions(compression=CODECS[codec])
    new = pa.ipc.new_stream if kind == "flujo" else pa.ipc.new_file
    with new(sink, table(0, 0).schema, options=options) as writer:
        for i in range(batches):
            writer.write_table(table(rows * i // batches, rows * (i + 1) // batches))


def grow(sink):
    """Two batches whose second dictionary has two values more: pyarrow sends those alone."""
    schema = pa.schema([("region", pa.dictionary(pa.int32(), pa.string()))])
    options = pa.ipc.IpcWriteOptions(emit_dictionary_deltas=True)
    with pa.ipc.new_stream(sink, schema, options=options) as writer:
        for keys, values in (([0, 1, 0], ["norte", "sur"]), ([2, 0, 3], ["norte", "sur", "este", "oeste"])):
            column = pa.DictionaryArray.from_arrays(pa.array(keys, pa.int32()), pa.array(values))
            writer.write_batch(pa.record_batch([column], schema=schema))


def mapped(path, rows):
    before = pa.total_allocated_bytes()
    with pa.memory_map(path) as source:
        found = pa.ipc.open_file(source).read_all()
        taken = pa.total_allocated_bytes() - before
        assert taken < 64 << 10, f"{taken} bytes copiados"
        check(found, rows)


def main(what, *arguments):
    if what == "comprobar":
        kind, path, rows = arguments
        with pa.OSFile(path) as source:
            reader = pa.ipc.open_stream(source) if kind == "flujo" else pa.ipc.open_file(source)
            check(reader.read_all(), int(rows))
    elif what == "mapa":
        mapped(arguments[0], int(arguments[1]))
    elif what == "escribir":
        kind, path, rows, codec = arguments
        with pa.OSFile(path, "wb") as sink:
            write(kind, sink, int(rows), codec)
    elif what == "crecer":
        with pa.OSFile(arguments[0], "wb") as sink:
            grow(sink)
    elif what == "regiones":
        with pa.OSFile(arguments[0]) as source:
            print(pa.ipc.open_stream(source).read_all()["region"].to_pylist())
    elif what == "tuberia":
        reader = pa.ipc.open_stream(sys.stdin.buffer)
        found = reader.read_all()
        found.validate(full=True)
        with pa.ipc.new_stream(sys.stdout.buffer, found.schema) as writer:
            writer.write_table(found)
    elif what == "socket":
        path, rows = arguments
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(path)
            with connection.makefile("wb") as sink:
                write("flujo", sink, int(rows), "ninguno")
    else:
        sys.exit(f"{what}?")


main(*sys.argv[1:])
