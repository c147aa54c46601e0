//! The catalogue and the reports side by side: what passed, what failed, and what nobody reported.

use super::catalogue::{FAULTS, Fault, Part};
use super::records::Record;

/// What became of one form of one part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Passed,
    Failed,
    /// No test of this run reported it.
    Missing,
}

impl State {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Passed => "pasa",
            Self::Failed => "FALLA",
            Self::Missing => "FALTA",
        }
    }
}

/// One row of the table.
pub(super) struct Row {
    pub(super) number: u8,
    pub(super) title: &'static str,
    pub(super) part: String,
    pub(super) long: bool,
    pub(super) state: State,
    pub(super) landed: u64,
    pub(super) seconds: f64,
    pub(super) test: String,
    pub(super) injected: String,
    pub(super) outcome: String,
}

/// Every row of a run: for each part the forms that the run should have, in the catalogue's order, then what the catalogue
/// does not know.
pub(super) fn rows(records: &[Record], with_long: bool) -> Vec<Row> {
    let mut rows = Vec::new();
    for fault in &FAULTS {
        for part in fault.parts {
            if let Some(tier) = part.tier {
                rows.extend(form(fault, *part, false, &format!("nivel {tier}"), records));
            }
            if part.long && with_long {
                rows.extend(form(fault, *part, true, "forma larga", records));
            }
        }
    }
    let known = |record: &&Record| {
        let fault = FAULTS.iter().find(|fault| fault.number == record.number);
        fault.is_some_and(|fault| fault.parts.iter().any(|part| part.name == record.part))
    };
    rows.extend(
        records
            .iter()
            .filter(|record| !known(record))
            .map(|record| row(record, "fuera de la lista")),
    );
    rows
}

fn form(fault: &Fault, part: Part, long: bool, whence: &str, records: &[Record]) -> Vec<Row> {
    let found: Vec<Row> = records
        .iter()
        .filter(|r| r.number == fault.number && r.part == part.name && r.is_long() == long)
        .map(|record| row(record, fault.title))
        .collect();
    if !found.is_empty() {
        return found;
    }
    vec![Row {
        number: fault.number,
        title: fault.title,
        part: part.name.to_owned(),
        long,
        state: State::Missing,
        landed: 0,
        seconds: 0.0,
        test: String::new(),
        injected: String::new(),
        outcome: format!("ninguna prueba la ha informado ({whence})"),
    }]
}

fn row(record: &Record, title: &'static str) -> Row {
    Row {
        number: record.number,
        title,
        part: record.part.clone(),
        long: record.is_long(),
        state: if record.passed {
            State::Passed
        } else {
            State::Failed
        },
        landed: record.landed,
        seconds: record.seconds,
        test: record.test.clone(),
        injected: record.injected.clone(),
        outcome: record.outcome.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::records::record;
    use super::*;

    fn of<'a>(rows: &'a [Row], number: u8, part: &str) -> Vec<&'a Row> {
        rows.iter()
            .filter(|row| row.number == number && row.part == part)
            .collect()
    }

    #[test]
    fn what_nobody_reported_stands_in_the_table() {
        let records = [
            record(5, "llena", "escritores::a", true, 80),
            record(5, "ausente", "escritores::b", false, 0),
            record(5, "otra", "escritores::c", true, 1),
        ];
        let rows = rows(&records, false);
        assert_eq!(of(&rows, 5, "llena")[0].state, State::Passed);
        assert_eq!(of(&rows, 5, "ausente")[0].state, State::Failed);
        assert_eq!(of(&rows, 5, "vacía")[0].state, State::Missing);
        assert_eq!(of(&rows, 5, "otra")[0].title, "fuera de la lista");
        assert_eq!(
            of(&rows, 14, "tabla")[0].outcome,
            "ninguna prueba la ha informado (nivel strace)"
        );
        assert!(of(&rows, 16, "5 GiB").is_empty());
    }

    #[test]
    fn a_long_run_wants_both_forms() {
        let rows = rows(&[record(1, "pasos", "largo::mata", true, 9)], true);
        let states: Vec<_> = of(&rows, 1, "pasos")
            .iter()
            .map(|row| (row.long, row.state))
            .collect();
        assert_eq!(states, [(false, State::Missing), (true, State::Passed)]);
        assert_eq!(of(&rows, 16, "5 GiB")[0].state, State::Missing);
    }
}
