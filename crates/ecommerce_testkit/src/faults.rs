//! What a test of a fault reports: which fault, what was injected, how often it landed, and what came of it.
//!
//! A report is one line on standard output, and one in the file that `ECOMMERCE_FALTAS` names, if it names one: that is how
//! `cargo xtask faults` makes one table out of many test binaries. The words are the reader's, so they are Spanish.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::Instant;

/// The variable that names the file to which every report of a run is appended, one line each, fields separated by tabs:
/// `falta`, number, part, `pasa` or `falla`, landed, seconds, test, what was injected, outcome.
pub const FILE: &str = "ECOMMERCE_FALTAS";

/// A fault that a test is injecting. Dropped before it has [passed](FaultReport::passed), it reports a failure.
#[derive(Debug)]
#[must_use = "dropped at once, it reports a failure"]
pub struct FaultReport {
    number: u8,
    part: &'static str,
    injected: String,
    started: Instant,
    file: Option<PathBuf>,
    done: bool,
}

impl FaultReport {
    /// The fault with this number in the list of faults, one part of it, and what is injected in a few words.
    pub fn begin(number: u8, part: &'static str, injected: impl Into<String>) -> Self {
        let file = std::env::var_os(FILE).filter(|path| !path.is_empty());
        Self {
            number,
            part,
            injected: injected.into(),
            started: Instant::now(),
            file: file.map(PathBuf::from),
            done: false,
        }
    }

    /// Reports that the system survived `landed` injections, and how.
    ///
    /// # Panics
    /// If none landed: then the test has proved nothing, and says so.
    #[track_caller]
    pub fn passed(mut self, landed: usize, outcome: impl AsRef<str>) {
        assert!(
            landed > 0,
            "falta {} ({}): nothing landed, so nothing is proved",
            self.number,
            self.part
        );
        self.done = true;
        self.tell("pasa", landed, outcome.as_ref());
    }

    fn tell(&self, ending: &str, landed: usize, outcome: &str) {
        let seconds = self.started.elapsed().as_secs_f64();
        let Self {
            number,
            part,
            injected,
            ..
        } = self;
        println!("falta {number} ({part}): {injected}: {landed} veces; {outcome} ({seconds:.1} s)");
        let Some(path) = &self.file else { return };
        let thread = std::thread::current();
        let line = line(&[
            "falta",
            &number.to_string(),
            part,
            ending,
            &landed.to_string(),
            &format!("{seconds:.3}"),
            thread.name().unwrap_or_default(),
            injected,
            outcome,
        ]);
        // One write to a file opened for appending: lines of several processes do not mix.
        let written = OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .and_then(|mut file| file.write_all(line.as_bytes()));
        if let Err(error) = written {
            println!("falta {number}: {}: {error}", path.display());
        }
    }
}

impl Drop for FaultReport {
    fn drop(&mut self) {
        if !self.done {
            self.tell("falla", 0, "la prueba no llegó al final");
        }
    }
}

/// The fields on one line; what would break it is a blank.
fn line(fields: &[&str]) -> String {
    let clean = |field: &&str| field.replace(['\t', '\n', '\r'], " ");
    let mut line = fields.iter().map(clean).collect::<Vec<_>>().join("\t");
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use super::*;

    fn in_file(file: &std::path::Path) -> FaultReport {
        let mut report = FaultReport::begin(5, "vacía", "ocho\tprocesos");
        report.file = Some(file.to_path_buf());
        report
    }

    #[test]
    fn what_passed_and_what_was_given_up_are_both_told() {
        let dir = crate::temp::dir().unwrap();
        let file = dir.path().join("faltas");
        in_file(&file).passed(240, "80 compromisos\n0 filas dobles");
        drop(in_file(&file));
        let text = std::fs::read_to_string(&file).unwrap();
        let lines: Vec<Vec<&str>> = text.lines().map(|l| l.split('\t').collect()).collect();
        assert_eq!(lines[0][..5], ["falta", "5", "vacía", "pasa", "240"]);
        assert_eq!(
            lines[0][7..],
            ["ocho procesos", "80 compromisos 0 filas dobles"]
        );
        assert_eq!(lines[1][..5], ["falta", "5", "vacía", "falla", "0"]);
        assert_eq!(lines.len(), 2);
    }

    #[test]
    fn a_fault_that_never_landed_is_no_pass() {
        let dir = crate::temp::dir().unwrap();
        let file = dir.path().join("faltas");
        let report = in_file(&file);
        let outcome = std::panic::catch_unwind(|| report.passed(0, "todo bien"));
        assert!(outcome.is_err());
        assert!(
            std::fs::read_to_string(&file)
                .unwrap()
                .contains("\tfalla\t0\t")
        );
    }
}
