use super::*;
use crate::ReadProblem;
use proptest::prelude::*;
use std::fs;

fn text(dir: &Path, content: &[u8]) -> Result<Vec<RecordBatch>, ReadError> {
    let path = dir.join("d.csv");
    fs::write(&path, content).unwrap();
    read(&path)
}

const HEADER: &str =
    "evento_id,tipo,user_id,session_id,producto_id,monto,region,pagina,mensaje,timestamp,lat,lon\n";
const GOOD: &str = "e1,compra,u1,s1,p1,10.5,norte,/pago,,2024-01-15T10:00:00Z,,\n";

#[test]
fn a_bad_csv_line_is_named_by_number() {
    let dir = tempfile::tempdir().unwrap();
    let cases: [(&[u8], &str); 7] = [
        (b"e2,click\n", "d.csv: line 3: 2 fields instead of 12"),
        (
            b"e2,compra,u1,s1,p1,abc,norte,/p,,2024-01-15T10:00:00Z,,\n",
            "d.csv: line 3: column 'monto' should be a number, not 'abc'",
        ),
        (
            b"e2,compra,u1,s1,p1,1,norte,/p,,2024-01-15,,\n",
            "d.csv: line 3: column 'timestamp' should be an instant with its offset, not '2024-01-15'",
        ),
        (
            b"e2,compra,u1,s1,p1,1,norte,/p,,,,\n",
            "d.csv: line 3: column 'timestamp' should be an instant with its offset, not ''",
        ),
        (
            b"e2,\xFFclick,u1,s1,p1,,norte,/p,,2024-01-15T10:00:00Z,,\n",
            "d.csv: line 3: column 'tipo' is not UTF-8",
        ),
        (
            b"e2,cl\0ick,u1,s1,p1,,norte,/p,,2024-01-15T10:00:00Z,,\n",
            "d.csv: line 3: NUL byte in column 'tipo'",
        ),
        (
            b"e2,\"click,u1,s1,p1,,norte,/p,,2024-01-15T10:00:00Z,,\n",
            "d.csv: line 3: 2 fields instead of 12",
        ),
    ];
    for (line, message) in cases {
        let content = [HEADER.as_bytes(), GOOD.as_bytes(), line, GOOD.as_bytes()].concat();
        assert_eq!(text(dir.path(), &content).unwrap_err().to_string(), message);
    }
}

#[test]
fn a_csv_in_another_encoding_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let utf16: Vec<u8> = [0xFF, 0xFE]
        .into_iter()
        .chain(HEADER.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    assert!(matches!(
        text(dir.path(), &utf16).unwrap_err().problem,
        ReadProblem::BadRecord { line: 1, .. }
    ));
    let bom = ["\u{FEFF}", HEADER, GOOD].concat();
    assert_eq!(text(dir.path(), bom.as_bytes()).unwrap()[0].num_rows(), 1);
    assert!(matches!(
        text(dir.path(), b"").unwrap_err().problem,
        ReadProblem::MissingColumn {
            column: "evento_id",
            ..
        }
    ));
}

#[test]
fn a_record_that_does_not_end_is_stopped() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("d.csv");
    let mut content = format!("{HEADER}\"").into_bytes();
    content.resize(3 << 20, b'x');
    fs::write(&path, content).unwrap();
    let limits = Limits {
        record_bytes: 1 << 20,
        ..Limits::default()
    };
    let file = EventFile::open(&path, "d.csv", Format::Csv, crate::Columns::All, &limits).unwrap();
    let error = file
        .scan(&file.chunks()[0], crate::Columns::All, &limits)
        .unwrap()
        .next()
        .unwrap()
        .unwrap_err();
    assert!(
        matches!(
            error.problem,
            ReadProblem::TooLarge {
                limit: 1_048_576,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn what_is_no_regular_file_is_not_opened() {
    for path in ["/dev/zero", "/dev/null", "/tmp"] {
        let error = EventFile::open(
            Path::new(path),
            path,
            Format::Parquet,
            crate::Columns::All,
            &Limits::default(),
        )
        .unwrap_err();
        assert!(matches!(error.problem, ReadProblem::NotRegular), "{error}");
    }
    let error = EventFile::open(
        Path::new("/nowhere.parquet"),
        "n",
        Format::Parquet,
        crate::Columns::All,
        &Limits::default(),
    )
    .unwrap_err();
    assert!(matches!(error.problem, ReadProblem::Io(_)));
}

/// The bytes of a good file of 3,000 rows.
fn good() -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    fs::read(&day(dir.path(), Format::Parquet, 3_000)[0]).unwrap()
}

fn read_bytes(bytes: &[u8]) -> Result<Vec<RecordBatch>, ReadError> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.parquet");
    fs::write(&path, bytes).unwrap();
    read(&path)
}

#[test]
fn every_truncation_is_an_error() {
    let good = good();
    for length in (0..good.len())
        .step_by(4_096)
        .chain(good.len() - 40..good.len())
    {
        assert!(
            read_bytes(&good[..length]).is_err(),
            "{length} of {} bytes",
            good.len()
        );
    }
    assert_eq!(
        read_bytes(&good)
            .unwrap()
            .iter()
            .map(RecordBatch::num_rows)
            .sum::<usize>(),
        3_000
    );
}

#[test]
fn a_page_that_claims_too_much_is_refused_before_it_is_allocated() {
    let good = good();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.parquet");
    fs::write(&path, &good).unwrap();
    let tight = Limits {
        page_bytes: 1_000,
        ..Limits::default()
    };
    let error =
        EventFile::open(&path, "x", Format::Parquet, crate::Columns::All, &tight).unwrap_err();
    assert!(
        matches!(error.problem, ReadProblem::TooLarge { what: "a page", .. }),
        "{error}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]
    /// Flipped bytes give an error or rows, never a panic. (Pages of this writer carry no checksum.)
    #[test]
    fn flipped_bytes_never_panic(flips in prop::collection::vec((any::<prop::sample::Index>(), 1u8..), 1..4)) {
        static GOOD: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(good);
        let mut bytes = GOOD.clone();
        for (index, xor) in flips {
            bytes[index.index(GOOD.len())] ^= xor;
        }
        drop(read_bytes(&bytes));
    }
}
