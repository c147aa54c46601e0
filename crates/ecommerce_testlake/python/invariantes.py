"""What an independent reader finds in a Delta table: the facts behind the invariant that every fault test ends with.

    python invariantes.py TABLE CONTENIDO_DIR
    python invariantes.py - CONTENIDO_DIR       # tables by their paths, one a line; an answer a line

prints one JSON object: {"state": "absent"}, {"state": "unreadable", "reason"} or {"state": "table", "version", "versions",
"checkpoints", "columns", "rows", "content", "days", "broken", "retired", "transactions"}, each with "orphans" and
"staging". It judges nothing: the Rust side compares with what should be there. It reads with deltalake and pyarrow and
shares no code with the project's own readers and writers; what "content" means is defined in CONTENIDO_DIR
(CONTENIDO.md and contenido.py).

Three witnesses must agree for a row to be believed: the log as deltalake replays it, the files themselves opened one by
one with pyarrow, and the table as deltalake reads it whole.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as pq

COMMIT = re.compile(r"(\d{20})\.json")
CHECKPOINT = re.compile(r"(\d{20})\.checkpoint(\.[^.]+)*\.(parquet|json)")
# object_store writes `name#1` beside its target and renames; deltalake stages commits under these names.
STAGING = re.compile(r"#\d+$|\.tmp$|^_commit_")
NO_DAY = "\\N"


def facts(root: Path) -> dict:
    from deltalake import DeltaTable

    residue = {"staging": staging(root), "orphans": data_files(root)}
    if not DeltaTable.is_deltatable(str(root)):
        return {"state": "absent", **residue}
    try:
        return table_facts(root, DeltaTable(str(root)))
    except Exception as error:  # noqa: BLE001: whatever a damaged log does is a finding
        return {"state": "unreadable", "reason": f"{type(error).__name__}: {error}", **residue}


def table_facts(root: Path, table) -> dict:
    schema = pa.schema(table.schema().to_arrow())
    active = active_files(table, schema)
    days, whole, broken = read_days(root, active, schema)
    broken += disagreement(table, whole)
    log = root / "_delta_log"
    versions = sorted(int(m[1]) for m in map(COMMIT.fullmatch, names(log)) if m)
    checkpoints = sorted({int(m[1]) for m in map(CHECKPOINT.fullmatch, names(log)) if m})
    on_disk, mentioned = set(data_files(root)), mentioned_files(log)
    return {
        "state": "table",
        "version": table.version(),
        "versions": versions,
        "checkpoints": checkpoints,
        "columns": [field.name for field in schema],
        "rows": len(whole),
        "content": CONTENIDO.resumen(whole),
        "days": days,
        "broken": broken,
        "orphans": sorted(on_disk - mentioned - {file["path"] for file in active}),
        "retired": sorted(on_disk & mentioned - {file["path"] for file in active}),
        "staging": staging(root),
        "transactions": transactions(log),
    }


def active_files(table, schema: pa.Schema) -> list[dict]:
    """Path, row count by the log and typed partition values of every live file."""
    adds = pa.table(table.get_add_actions(flatten=True)).to_pylist()
    partitions = table.metadata().partition_columns
    return [
        {
            "path": unquote(add["path"]),
            "rows": add.get("num_records"),
            "partition": {name: add.get(f"partition.{name}") for name in partitions},
            "schema": schema,
        }
        for add in adds
    ]


def read_days(root: Path, active: list[dict], schema: pa.Schema) -> tuple[dict, list[bytes], list[dict]]:
    """Per value of `fecha` (or of nothing, where the table has no such partition): rows, content, files; all rows; what broke."""
    tables: dict[str, list[pa.Table]] = {}
    broken = []
    for file in active:
        try:
            data = read_file(root, file, schema)
            if file["rows"] is not None and file["rows"] != data.num_rows:
                broken.append({"path": file["path"], "reason": f"the log says {file['rows']} rows, the file has {data.num_rows}"})
            tables.setdefault(day_of(file["partition"]), []).append(data)
        except Exception as error:  # noqa: BLE001: whatever a damaged file does is a finding
            broken.append({"path": file["path"], "reason": f"{type(error).__name__}: {error}"})
    days, whole = {}, []
    for day, parts in sorted(tables.items()):
        lines = CONTENIDO.lineas(pa.concat_tables(parts))
        days[day] = {"rows": len(lines), "content": CONTENIDO.resumen(lines), "files": len(parts)}
        whole += lines
    return days, sorted(whole), broken


def read_file(root: Path, file: dict, schema: pa.Schema) -> pa.Table:
    """One file as the table shows it: partition values added, columns it does not have yet null, the table's order and types."""
    path = Path(file["path"])
    if path.is_absolute() or ".." in path.parts or not Path(root, path).resolve().is_relative_to(root.resolve()):
        raise ValueError("the file lies outside the table")
    data = pq.ParquetFile(Path(root, path)).read()
    columns = []
    for field in schema:
        if field.name in file["partition"]:
            values = pa.array([file["partition"][field.name]] * data.num_rows)
        elif field.name in data.column_names:
            values = data.column(field.name)
        else:
            values = pa.nulls(data.num_rows)
        columns.append(values.cast(field.type))
    return pa.table(columns, schema=schema)


def day_of(partition: dict) -> str:
    day = partition.get("fecha")
    return NO_DAY if day is None else str(day)


def disagreement(table, whole: list[bytes]) -> list[dict]:
    """Whether deltalake, reading the table whole, sees other rows than its files hold."""
    try:
        data = table.to_pyarrow_table()
        read = CONTENIDO.lineas(data.select([field.name for field in table.schema().fields]))
    except Exception as error:  # noqa: BLE001: as above
        return [{"path": ".", "reason": f"the table cannot be read whole: {type(error).__name__}: {error}"}]
    if read != whole:
        return [{"path": ".", "reason": f"read whole, the table has {len(read)} rows that are not the {len(whole)} of its files"}]
    return []


def entries(log: Path):
    """Every action of every commit and checkpoint that is still there."""
    for name in names(log):
        if COMMIT.fullmatch(name):
            with open(log / name, encoding="utf-8") as lines:
                yield from (json.loads(line) for line in lines if line.strip())
        elif CHECKPOINT.fullmatch(name) and name.endswith(".parquet"):
            yield from pq.read_table(log / name).to_pylist()


def mentioned_files(log: Path) -> set[str]:
    kinds = ("add", "remove")
    return {unquote(entry[kind]["path"]) for entry in entries(log) for kind in kinds if (entry.get(kind) or {}).get("path")}


def transactions(log: Path) -> dict[str, int]:
    """The highest version of each application transaction."""
    seen: dict[str, int] = {}
    for entry in entries(log):
        if (entry.get("txn") or {}).get("appId"):
            app, version = entry["txn"]["appId"], entry["txn"]["version"]
            seen[app] = max(version, seen.get(app, version))
    return seen


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir()) if directory.is_dir() else []


def staging(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file() and STAGING.search(path.name))


def data_files(root: Path) -> list[str]:
    """Parquet files that are neither log nor staging."""
    found = (path.relative_to(root) for path in root.rglob("*.parquet") if path.is_file())
    return sorted(str(path) for path in found if path.parts[0] != "_delta_log" and not STAGING.search(path.name))


def answer(root: Path) -> dict:
    """The facts; a table that changes while it is looked at is one that cannot be read."""
    try:
        return facts(root)
    except OSError as error:
        return {"state": "unreadable", "reason": f"{type(error).__name__}: {error}", "orphans": [], "staging": []}


def main() -> None:
    global CONTENIDO
    table, definition = sys.argv[1:]
    sys.path.insert(0, definition)
    import contenido as CONTENIDO

    for root in sys.stdin if table == "-" else [table]:
        print(json.dumps(answer(Path(root.rstrip("\n"))), ensure_ascii=False), flush=True)
    # All is said. Leaving the ordinary way aborted 3 times in 60 after `to_pyarrow_table` (deltalake 1.6.6, pyarrow 26.0.1:
    # "terminate called without an active exception"): threads of the dataset reader outlive the interpreter.
    os._exit(0)


if __name__ == "__main__":
    main()
