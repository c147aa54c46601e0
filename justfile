# Short names for what people type. Each is one line over cargo or cargo xtask; `just` alone lists them.

_default:
    @just --list

# The main job end to end on data it makes, with its result in the terminal and as a report
demo *args:
    cargo demo {{args}}

# The tests of every tier (--largo adds soaks and mass kills)
test *args:
    cargo xtask test {{args}}

# A scheduler and N executors on this machine, until Ctrl-C: just cluster 2
cluster executors="2" *args:
    cargo run --locked -p ej_16_4_4_ballista -- levantar --ejecutores {{executors}} {{args}}

# The tests of one exercise: just ej 16.2.3
ej id *args:
    cargo xtask ej {{id}} {{args}}

# The repository's rules (--arreglar rewrites the README tables)
tidy *args:
    cargo xtask tidy {{args}}

# Real data: just data cdnow, just data completejourney
data set *args:
    cargo xtask data {{set}} {{args}}

# Engines against each other: just duelo etl --filas 1000000 --contendientes rust,polars-python
duelo *args:
    cargo xtask duelo {{args}}

# The criterion benches of a section, or all: just bench --bench 16_2
bench *args:
    cargo bench --package benches {{args}}

# The figures of the pages measured again and archived in docs/resultados (--lista, --solo revenue, --continuar); a section's benches alone: just medir 16.1
medir *args:
    cargo xtask medir {{args}}

# Every fault of the list injected until the table breaks, archived as one table (--corto: as continuous integration does)
faults *args:
    cargo xtask faults {{args}}

# docs/matriz-delta.md: each function of Delta tried by Rust, Python and Spark on each other's tables (--continuar goes on where it stopped)
matriz-delta *args:
    ECOMMERCE_PYTHON="$(cargo xtask venv python)" ECOMMERCE_PYTHON_SPARK="$(cargo xtask venv spark)" \
    ECOMMERCE_SPARK_JARS="$(cargo xtask venv spark --jars)" \
    cargo run --locked -p ej_16_5_3_delta_rs_vs_spark -- matriz --salida docs/matriz-delta.md {{args}}

# AddressSanitizer over the crates with vector kernels (the tests that read machine code are for ordinary builds)
asan:
    RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Zsanitizer=address CARGO_TARGET_DIR=target/asan cargo test --target x86_64-unknown-linux-gnu -p ecommerce_simd -p ej_16_1_4_simd --tests -- --skip codigo::

# The same tests under valgrind, which knows AVX2 and not AVX-512
valgrind:
    CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER="valgrind -q --error-exitcode=99" cargo test -p ecommerce_simd -p ej_16_1_4_simd --tests -- --test-threads=1

# The binary that people copy, for any Linux of the last ten years
dist:
    cargo xtask dist

# The tool of 16.3.5 as it is copied: without symbols, and the same compressed behind a program that unpacks it in memory
transforma-dist:
    cargo build --locked --profile dist-min -p ej_16_3_5_yaml_cli --features comprimida --bins
    strip -o target/dist-min/transforma-copia target/dist-min/transforma
    strip -o target/dist-min/arranque-copia target/dist-min/transforma-arranque
    cargo run --locked -p ej_16_3_5_yaml_cli --features comprimida --example comprimir -- target/dist-min/arranque-copia target/dist-min/transforma-copia target/dist-min/transforma-comprimida
    cargo run --locked -p ej_16_3_5_yaml_cli --example medir -- tamano target/dist-min/transforma target/dist-min/transforma-copia target/dist-min/transforma-comprimida
    TRANSFORMA_BIN={{justfile_directory()}}/target/dist-min/transforma-comprimida cargo test --locked -p ej_16_3_5_yaml_cli --test it

# The book in target/libro/html, its links checked (--comprobar: the pages' links only, without mdBook)
book *args:
    cargo xtask libro {{args}}

# 16.7.5, case a: the daily batch at several sizes, and what 500 GB would take on this machine
sintesis-a *args:
    cargo run --locked --release -p ej_16_7_5_synthesis -- a {{args}}

# 16.7.5, case b: windows over a stream at a fixed pace, and how long events wait
sintesis-b *args:
    cargo run --locked --release -p ej_16_7_5_synthesis -- b {{args}}

# 16.7.5, case c: the command-line tool alone, in an environment without a variable
sintesis-c *args:
    cargo build --locked -p ej_16_7_3_analytics_ecommerce --bins
    cargo run --locked -p ej_16_7_5_synthesis -- c {{args}}

# 16.7.5, case d: from events to a training set without anything of the future (--salida F.parquet writes it)
sintesis-d *args:
    cargo run --locked -p ej_16_7_5_synthesis -- d {{args}}

# Rustdoc of the workspace, opened
doc:
    cargo doc --workspace --no-deps --open

# What continuous integration runs
ci:
    .ci/run
