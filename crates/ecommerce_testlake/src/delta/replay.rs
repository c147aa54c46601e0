//! A second opinion that needs nothing installed: the log's lines replayed one by one, and every live file opened.
//!
//! No Delta library takes part, and no Arrow: JSON, and parquet's row reader. It knows what tables of plain columns need
//! and nothing else (no deletion vectors, no column mapping, no log that was cut off below a checkpoint): what it does not know
//! makes a table unreadable, never wrong.

use super::content;
use super::findings::{Broken, DayFound, Findings, Table};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io;
use std::path::Path;

/// What is found at a directory that should hold a table, by replaying its log.
///
/// The findings are those of [`IndependentReader`](super::IndependentReader), which has the last word: it costs a Python and
/// knows the whole format.
///
/// # Errors
/// If the directory cannot be listed. A damaged table is a finding, no error.
///
/// # Cost
/// It reads every live file once, as rows of text in memory.
pub fn replayed(root: impl AsRef<Path>) -> io::Result<Findings> {
    let root = root.as_ref();
    let (mut on_disk, mut staging) = (BTreeSet::new(), Vec::new());
    list(root, root, &mut on_disk, &mut staging)?;
    staging.sort();
    let commits = commits(&root.join("_delta_log"))?;
    let log = if commits.is_empty() {
        Ok(None)
    } else {
        Log::of(&root.join("_delta_log"), commits).map(Some)
    };
    let (table, orphans) = match log {
        Ok(None) => (Table::Absent, on_disk),
        Err(reason) => (Table::Unreadable { reason }, on_disk),
        Ok(Some(log)) => {
            let orphans = &on_disk - &log.mentioned;
            (log.table(root, &on_disk), orphans)
        }
    };
    Ok(Findings {
        table,
        orphans: orphans.into_iter().collect(),
        staging,
    })
}

/// The numbers of the commits that are there, ascending.
fn commits(log: &Path) -> io::Result<Vec<u64>> {
    let mut found = Vec::new();
    let entries = match fs::read_dir(log) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(found),
        entries => entries?,
    };
    for entry in entries {
        let name = entry?.file_name();
        let number = name.to_str().and_then(|n| n.strip_suffix(".json"));
        found.extend(
            number
                .filter(|n| n.len() == 20)
                .and_then(|n| n.parse::<u64>().ok()),
        );
    }
    found.sort_unstable();
    Ok(found)
}

/// Data files, and files half written, relative to the root.
fn list(
    root: &Path,
    directory: &Path,
    data: &mut BTreeSet<String>,
    staging: &mut Vec<String>,
) -> io::Result<()> {
    let entries = match fs::read_dir(directory) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            list(root, &path, data, staging)?;
            continue;
        }
        let relative = path.strip_prefix(root).unwrap_or(&path);
        let (name, text) = (entry.file_name(), relative.to_string_lossy().into_owned());
        let name = name.to_string_lossy();
        let numbered = name
            .rsplit_once('#')
            .is_some_and(|(_, n)| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
        if numbered || name.ends_with(".tmp") || name.starts_with("_commit_") {
            staging.push(text);
        } else if name.ends_with(".parquet") && !relative.starts_with("_delta_log") {
            data.insert(text);
        }
    }
    Ok(())
}

/// A live file as the log tells it.
struct Live {
    rows: Option<u64>,
    partition: BTreeMap<String, Option<String>>,
}

/// The log replayed to its end.
#[derive(Default)]
struct Log {
    versions: Vec<u64>,
    /// Name and type of each column.
    schema: Vec<(String, String)>,
    live: BTreeMap<String, Live>,
    mentioned: BTreeSet<String>,
    transactions: BTreeMap<String, i64>,
}

impl Log {
    fn of(directory: &Path, versions: Vec<u64>) -> Result<Self, String> {
        if versions[0] != 0 {
            return Err(format!("the commits before {} are gone", versions[0]));
        }
        let mut log = Self::default();
        for version in &versions {
            let name = format!("{version:020}.json");
            let text =
                fs::read_to_string(directory.join(&name)).map_err(|e| format!("{name}: {e}"))?;
            for line in text.lines().filter(|line| !line.trim().is_empty()) {
                let action = serde_json::from_str(line).map_err(|e| format!("{name}: {e}"))?;
                log.act(&action).map_err(|e| format!("{name}: {e}"))?;
            }
        }
        log.versions = versions;
        if log.schema.is_empty() {
            return Err("no commit says what the columns are".to_owned());
        }
        Ok(log)
    }

    fn act(&mut self, action: &Value) -> Result<(), String> {
        let path = |of: &Value| {
            of["path"]
                .as_str()
                .map(decoded)
                .ok_or("an action without path")
        };
        if let Some(meta) = action.get("metaData") {
            self.schema = schema(meta)?;
        }
        if let Some(txn) = action.get("txn") {
            let (Some(app), Some(version)) = (txn["appId"].as_str(), txn["version"].as_i64())
            else {
                return Err("a transaction without name or number".to_owned());
            };
            let seen = self.transactions.entry(app.to_owned()).or_insert(version);
            *seen = version.max(*seen);
        }
        if let Some(remove) = action.get("remove") {
            let path = path(remove)?;
            self.live.remove(&path);
            self.mentioned.insert(path);
        }
        if let Some(add) = action.get("add") {
            if !add["deletionVector"].is_null() {
                return Err("deletion vectors are not read here".to_owned());
            }
            let path = path(add)?;
            self.mentioned.insert(path.clone());
            self.live.insert(path, live(add)?);
        }
        Ok(())
    }

    fn table(self, root: &Path, on_disk: &BTreeSet<String>) -> Table {
        let mut days: BTreeMap<String, (u64, Vec<String>)> = BTreeMap::new();
        let mut broken = Vec::new();
        for (path, live) in &self.live {
            match self.rows(root, path, live) {
                Ok(rows) => {
                    let day = live.partition.get("fecha").cloned().flatten();
                    let (files, all) = days.entry(day.unwrap_or("\\N".to_owned())).or_default();
                    *files += 1;
                    all.extend(rows);
                }
                Err(reason) => broken.push(Broken {
                    path: path.clone(),
                    reason,
                }),
            }
        }
        let all: Vec<&String> = days.values().flat_map(|(_, rows)| rows).collect();
        Table::Table {
            version: self.versions.last().copied().unwrap_or_default(),
            rows: all.len() as u64,
            content: content::hash(all.into_iter().cloned()),
            days: days
                .iter()
                .map(|(day, (files, rows))| {
                    let found = DayFound {
                        rows: rows.len() as u64,
                        content: content::hash(rows.iter().cloned()),
                        files: *files,
                    };
                    (day.clone(), found)
                })
                .collect(),
            versions: self.versions,
            checkpoints: Vec::new(),
            columns: self.schema.into_iter().map(|(name, _)| name).collect(),
            broken,
            retired: on_disk
                .iter()
                .filter(|path| self.mentioned.contains(*path) && !self.live.contains_key(*path))
                .cloned()
                .collect(),
            transactions: self.transactions,
        }
    }

    /// The rows of a file as the content hash writes them, `_…` columns left out.
    fn rows(&self, root: &Path, path: &str, live: &Live) -> Result<Vec<String>, String> {
        if path.starts_with('/') || path.contains("://") || path.split('/').any(|p| p == "..") {
            return Err("the file lies outside the table".to_owned());
        }
        let file = File::open(root.join(path)).map_err(|e| e.to_string())?;
        let reader = SerializedFileReader::new(file).map_err(|e| e.to_string())?;
        let mut rows = Vec::new();
        for row in reader.get_row_iter(None).map_err(|e| e.to_string())? {
            let row = row.map_err(|e| e.to_string())?;
            let cells: BTreeMap<&str, &Field> = row
                .get_column_iter()
                .map(|(name, cell)| (name.as_str(), cell))
                .collect();
            let mut texts = Vec::new();
            for (name, dtype) in self.schema.iter().filter(|(n, _)| !n.starts_with('_')) {
                texts.push(match (live.partition.get(name), cells.get(name.as_str())) {
                    (Some(value), _) => value.clone(),
                    (None, None) => None,
                    (None, Some(cell)) => text(cell, dtype)?,
                });
            }
            rows.push(content::row(texts.iter().map(Option::as_deref)));
        }
        match live.rows {
            Some(said) if said != rows.len() as u64 => Err(format!(
                "the log says {said} rows, the file has {}",
                rows.len()
            )),
            _ => Ok(rows),
        }
    }
}

fn schema(meta: &Value) -> Result<Vec<(String, String)>, String> {
    let text = meta["schemaString"].as_str().ok_or("no schema")?;
    let schema: Value = serde_json::from_str(text).map_err(|e| e.to_string())?;
    let fields = schema["fields"]
        .as_array()
        .ok_or("a schema without fields")?;
    fields
        .iter()
        .map(
            |field| match (field["name"].as_str(), field["type"].as_str()) {
                (Some(name), Some(dtype)) => Ok((name.to_owned(), dtype.to_owned())),
                _ => Err(format!("a column that is not plain: {field}")),
            },
        )
        .collect()
}

fn live(add: &Value) -> Result<Live, String> {
    let stats = add["stats"].as_str().map(serde_json::from_str::<Value>);
    let stats = stats.transpose().map_err(|e| e.to_string())?;
    let partition = add["partitionValues"].as_object().into_iter().flatten();
    Ok(Live {
        rows: stats.and_then(|stats| stats["numRecords"].as_u64()),
        partition: partition
            .map(|(name, value)| {
                let value = value.as_str().filter(|v| !v.is_empty());
                (name.clone(), value.map(str::to_owned))
            })
            .collect(),
    })
}

/// A cell as the content hash writes it.
fn text(cell: &Field, dtype: &str) -> Result<Option<String>, String> {
    Ok(Some(match cell {
        Field::Null => return Ok(None),
        Field::Str(text) => text.clone(),
        Field::Bool(value) => value.to_string(),
        Field::Byte(n) => n.to_string(),
        Field::Short(n) => n.to_string(),
        Field::Int(n) => n.to_string(),
        Field::Long(n) if dtype.starts_with("decimal(") => decimal(i128::from(*n), scale(dtype)),
        Field::Long(n) => n.to_string(),
        Field::Decimal(value) => {
            let wide = value.data().iter().fold(
                if value.data().first().is_some_and(|b| b & 0x80 != 0) {
                    -1i128
                } else {
                    0
                },
                |wide, byte| wide << 8 | i128::from(*byte),
            );
            decimal(wide, scale(dtype))
        }
        Field::TimestampMicros(micros) => micros.to_string(),
        Field::TimestampMillis(millis) => (millis * 1_000).to_string(),
        Field::Float(value) => float(f64::from(*value)),
        Field::Double(value) => float(*value),
        other => return Err(format!("a {dtype} that is not read here: {other}")),
    }))
}

fn scale(dtype: &str) -> usize {
    let digits = dtype.trim_end_matches(')').rsplit(',').next();
    digits.and_then(|d| d.trim().parse().ok()).unwrap_or(0)
}

fn decimal(value: i128, scale: usize) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let digits = format!("{:0>1$}", value.unsigned_abs(), scale + 1);
    match digits.split_at(digits.len() - scale) {
        (whole, "") => format!("{sign}{whole}"),
        (whole, part) => format!("{sign}{whole}.{part}"),
    }
}

fn float(value: f64) -> String {
    let bits = if value.is_nan() {
        0x7ff8_0000_0000_0000
    } else {
        value.to_bits()
    };
    format!("{bits:016x}")
}

/// A path as the log writes it, its `%xx` decoded.
fn decoded(path: &str) -> String {
    let (bytes, mut out) = (path.as_bytes(), Vec::new());
    let mut i = 0;
    while i < bytes.len() {
        let code = (bytes[i] == b'%')
            .then(|| path.get(i + 1..i + 3))
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        out.push(code.unwrap_or(bytes[i]));
        i += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use super::super::{Day, Expected};
    use super::*;
    use std::fs;

    /// A table of texts by day, written by hand: one file a commit.
    fn table(root: &Path, days: &[(&str, &[&str])]) {
        use parquet::data_type::{ByteArray, ByteArrayType};
        use parquet::file::writer::SerializedFileWriter;
        use parquet::schema::parser::parse_message_type;
        use std::sync::Arc;
        let log = root.join("_delta_log");
        fs::create_dir_all(&log).unwrap();
        let schema =
            Arc::new(parse_message_type("message m { optional binary region (UTF8); }").unwrap());
        for (version, (day, regions)) in days.iter().enumerate() {
            let name = format!("fecha={day}/part-{version}.parquet");
            fs::create_dir_all(root.join(format!("fecha={day}"))).unwrap();
            let file = File::create(root.join(&name)).unwrap();
            let mut writer =
                SerializedFileWriter::new(file, Arc::clone(&schema), Default::default()).unwrap();
            let mut group = writer.next_row_group().unwrap();
            let mut column = group.next_column().unwrap().unwrap();
            let values: Vec<ByteArray> = regions.iter().map(|r| ByteArray::from(*r)).collect();
            column
                .typed::<ByteArrayType>()
                .write_batch(&values, Some(&vec![1; values.len()]), None)
                .unwrap();
            column.close().unwrap();
            group.close().unwrap();
            writer.close().unwrap();
            let schema = r#"{\"type\":\"struct\",\"fields\":[{\"name\":\"fecha\",\"type\":\"date\"},{\"name\":\"region\",\"type\":\"string\"}]}"#;
            let meta = format!(r#"{{"metaData":{{"schemaString":"{schema}"}}}}"#);
            let add = format!(
                r#"{{"add":{{"path":"{}","partitionValues":{{"fecha":"{day}"}},"stats":"{{\"numRecords\":{}}}"}}}}"#,
                name.replace('=', "%3D"),
                regions.len()
            );
            let txn = format!(r#"{{"txn":{{"appId":"x","version":{version}}}}}"#);
            fs::write(
                log.join(format!("{version:020}.json")),
                format!("{meta}\n{txn}\n{add}\n"),
            )
            .unwrap();
        }
    }

    fn expected() -> Expected {
        let row = |day, region| content::row([Some(day), Some(region)]);
        Expected::new()
            .day(
                "2024-01-01",
                Day::exactly([row("2024-01-01", "a"), row("2024-01-01", "b")]),
            )
            .day("2024-01-02", Day::exactly([row("2024-01-02", "c")]))
    }

    fn written() -> ecommerce_testkit::temp::TempDir {
        let dir = ecommerce_testkit::temp::dir().unwrap();
        table(
            dir.path(),
            &[("2024-01-01", &["a", "b"]), ("2024-01-02", &["c"])],
        );
        dir
    }

    #[test]
    fn a_whole_table_is_what_its_log_says() {
        let dir = written();
        let found = replayed(dir.path()).unwrap();
        assert_eq!(found.violations(&expected()), []);
        assert_eq!(
            (
                found.version(),
                found.transaction("x"),
                found.residue().len()
            ),
            (Some(1), Some(1), 0)
        );
    }

    #[test]
    fn what_is_missing_torn_or_left_over_is_noticed() {
        let dir = written();
        let data = dir.path().join("fecha=2024-01-02/part-1.parquet");
        fs::copy(&data, dir.path().join("fecha=2024-01-02/part-9.parquet")).unwrap();
        fs::write(
            dir.path().join("_delta_log/00000000000000000002.json#1"),
            "x",
        )
        .unwrap();
        let found = replayed(dir.path()).unwrap();
        assert_eq!(found.violations(&expected()), []);
        assert_eq!(
            found.residue(),
            [
                "fecha=2024-01-02/part-9.parquet",
                "_delta_log/00000000000000000002.json#1"
            ]
        );
        fs::copy(dir.path().join("fecha=2024-01-01/part-0.parquet"), &data).unwrap();
        assert!(
            !replayed(dir.path())
                .unwrap()
                .violations(&expected())
                .is_empty()
        );
        fs::remove_file(&data).unwrap();
        assert!(
            !replayed(dir.path())
                .unwrap()
                .violations(&expected())
                .is_empty()
        );
        fs::write(
            dir.path().join("_delta_log/00000000000000000001.json"),
            "{\"add",
        )
        .unwrap();
        assert!(matches!(
            replayed(dir.path()).unwrap().table,
            Table::Unreadable { .. }
        ));
        fs::remove_file(dir.path().join("_delta_log/00000000000000000000.json")).unwrap();
        assert!(matches!(
            replayed(dir.path()).unwrap().table,
            Table::Unreadable { .. }
        ));
        assert_eq!(
            replayed(dir.path().join("nowhere")).unwrap().table,
            Table::Absent
        );
    }

    #[test]
    fn numbers_are_written_as_the_definition_says() {
        assert_eq!(decimal(-7, 2), "-0.07");
        assert_eq!(decimal(123_450, 2), "1234.50");
        assert_eq!(decimal(5, 0), "5");
        assert_eq!(scale("decimal(18,2)"), 2);
        assert_eq!(float(1.5), "3ff8000000000000");
        assert_eq!(float(-f64::NAN), "7ff8000000000000");
        assert_eq!(decoded("fecha%3D1/a%25b%"), "fecha=1/a%b%");
    }
}
