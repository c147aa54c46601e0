//! What the tests wrote down, read back.

use std::fs;
use std::io;
use std::path::Path;

/// The variable under which tests find the file; `ecommerce_testkit::faults` says what stands in a line of it.
pub(crate) const VARIABLE: &str = "ECOMMERCE_FALTAS";

/// One report of a test.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Record {
    pub(super) number: u8,
    pub(super) part: String,
    pub(super) passed: bool,
    pub(super) landed: u64,
    pub(super) seconds: f64,
    pub(super) test: String,
    pub(super) injected: String,
    pub(super) outcome: String,
}

impl Record {
    /// Whether a test of the long tier wrote it.
    pub(super) fn is_long(&self) -> bool {
        self.test.starts_with("largo::") || self.test.contains("::largo::")
    }

    /// The report of a line; `None` if it is none.
    fn parse(line: &str) -> Option<Self> {
        let fields: Vec<&str> = line.split('\t').collect();
        let &[
            "falta",
            number,
            part,
            ending,
            landed,
            seconds,
            test,
            injected,
            outcome,
        ] = fields.as_slice()
        else {
            return None;
        };
        Some(Self {
            number: number.parse().ok()?,
            part: part.to_owned(),
            passed: ending == "pasa",
            landed: landed.parse().ok()?,
            seconds: seconds.parse().ok()?,
            test: test.to_owned(),
            injected: injected.to_owned(),
            outcome: outcome.to_owned(),
        })
    }
}

/// The reports in the file, in their order; none if there is no file.
///
/// # Errors
/// The file cannot be read.
pub(super) fn read(file: &Path) -> io::Result<Vec<Record>> {
    match fs::read_to_string(file) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        text => Ok(text?.lines().filter_map(Record::parse).collect()),
    }
}

#[cfg(test)]
pub(super) fn record(number: u8, part: &str, test: &str, passed: bool, landed: u64) -> Record {
    Record {
        number,
        part: part.to_owned(),
        passed,
        landed,
        seconds: 1.25,
        test: test.to_owned(),
        injected: "algo".to_owned(),
        outcome: "sale con 0".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_reports_are_read_and_others_are_not() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("faltas.tsv");
        assert_eq!(read(&file).unwrap(), []);
        let line = "falta\t5\tllena\tpasa\t80\t1.250\tlargo::mata\talgo\tsale con 0\n";
        fs::write(&file, format!("{line}otra cosa\nfalta\t5\n")).unwrap();
        let found = read(&file).unwrap();
        assert_eq!(found, [record(5, "llena", "largo::mata", true, 80)]);
        assert!(found[0].is_long());
    }
}
