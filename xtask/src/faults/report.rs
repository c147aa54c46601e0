//! The run in words: a line per fault for the terminal, a table to be read, and the same for programs.

use std::fmt::Write as _;

use super::suite::{Row, State};
use crate::place::Place;

/// One line per fault: its number, its name, how often it landed, by part, and what is wrong, if anything is.
pub(super) fn lines(rows: &[Row]) -> String {
    let mut out = String::new();
    let mut numbers: Vec<u8> = rows.iter().map(|row| row.number).collect();
    numbers.dedup();
    for number in numbers {
        let of: Vec<&Row> = rows.iter().filter(|row| row.number == number).collect();
        let landed: u64 = of.iter().map(|row| row.landed).sum();
        let seconds: f64 = of.iter().map(|row| row.seconds).sum();
        let parts: Vec<String> = of.iter().map(|row| part(row)).collect();
        let title = of.first().map_or("", |row| row.title);
        // Writing to a String cannot fail.
        let _ = writeln!(
            out,
            "falta {number}: {title}: {landed} veces ({}), {} s",
            parts.join(", "),
            decimal(seconds)
        );
    }
    out
}

fn part(row: &Row) -> String {
    let form = if row.long { " larga" } else { "" };
    match row.state {
        State::Passed => format!("{}{form} {}", row.part, row.landed),
        wrong => format!("{}{form} {}", row.part, wrong.word()),
    }
}

/// The table for people.
pub(super) fn markdown(rows: &[Row], place: &Place) -> String {
    let count = |state| rows.iter().filter(|row| row.state == state).count();
    let landed: u64 = rows.iter().map(|row| row.landed).sum();
    let mut out = format!(
        "# Faltas inyectadas\n\n{} · {}, {} núcleos, {} GiB · {} · commit `{}` · {}\n\n\
         {} formas de {} faltas: {} pasan, {} fallan, {} sin informar; {landed} inyecciones llegaron a su sitio. \
         Las hace `cargo xtask faults` con el binario de depuración; lo que queda lo juzga Python (deltalake y pyarrow).\n\n\
         | falta | parte | inyectado | veces | resultado | s |\n|---|---|---|---:|---|---:|\n",
        place.began,
        place.cpu,
        place.cores,
        decimal(place.ram_gb),
        place.system,
        place.commit,
        place.rustc,
        rows.len(),
        super::catalogue::FAULTS.len(),
        count(State::Passed),
        count(State::Failed),
        count(State::Missing),
    );
    for row in rows {
        let outcome = match row.state {
            State::Passed => row.outcome.clone(),
            wrong => format!("**{}**: {}", wrong.word(), row.outcome),
        };
        let _ = writeln!(
            out,
            "| {}. {} | {}{} | {} | {} | {} | {} |",
            row.number,
            cell(row.title),
            cell(&row.part),
            if row.long { " (larga)" } else { "" },
            cell(&row.injected),
            row.landed,
            cell(&outcome),
            decimal(row.seconds)
        );
    }
    out
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// With a comma, and one place.
fn decimal(value: f64) -> String {
    format!("{value:.1}").replace('.', ",")
}

/// The same for programs; the keys are described in `docs/resultados/README.md`.
pub(super) fn json(rows: &[Row], place: &Place) -> String {
    let faults: Vec<String> = rows
        .iter()
        .map(|row| {
            format!(
                "    {{\"falta\": {}, \"titulo\": {}, \"parte\": {}, \"forma\": {}, \"inyectado\": {}, \"veces\": {}, \
                 \"estado\": {}, \"resultado\": {}, \"segundos\": {:.3}, \"prueba\": {}}}",
                row.number,
                text(row.title),
                text(&row.part),
                text(if row.long { "larga" } else { "corta" }),
                text(&row.injected),
                row.landed,
                text(row.state.word()),
                text(&row.outcome),
                row.seconds,
                text(&row.test),
            )
        })
        .collect();
    format!(
        "{{\n  \"fecha\": {},\n  \"maquina\": {{\"cpu\": {}, \"nucleos\": {}, \"ram_gb\": {:.1}, \"sistema\": {}}},\n  \
         \"commit\": {},\n  \"rustc\": {},\n  \"faltas\": [\n{}\n  ]\n}}\n",
        text(&place.began),
        text(&place.cpu),
        place.cores,
        place.ram_gb,
        text(&place.system),
        text(&place.commit),
        text(&place.rustc),
        faults.join(",\n")
    )
}

/// A JSON string.
fn text(value: &str) -> String {
    let mut out = String::from('"');
    for char in value.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::super::records::record;
    use super::super::suite::rows;
    use super::*;

    fn place() -> Place {
        Place {
            began: "2026-11-22T15:00:00Z".to_owned(),
            cpu: "EPYC \"x\"".to_owned(),
            cores: 2,
            ram_gb: 23.5,
            system: "Debian".to_owned(),
            commit: "abc".to_owned(),
            rustc: "rustc 1.95.0".to_owned(),
        }
    }

    #[test]
    fn each_fault_has_one_line_with_its_count_and_what_is_wrong() {
        let records = [
            record(5, "ausente", "a", true, 80),
            record(5, "vacía", "b", false, 0),
        ];
        let lines = lines(&rows(&records, false));
        let fifth = lines.lines().find(|l| l.starts_with("falta 5:")).unwrap();
        assert_eq!(
            fifth,
            "falta 5: N escritores, el mismo día: 80 veces (ausente 80, vacía FALLA, llena FALTA), 2,5 s"
        );
        assert_eq!(lines.lines().count(), super::super::catalogue::FAULTS.len());
    }

    #[test]
    fn the_table_shows_what_is_missing() {
        let records = [record(20, "celdas", "a", true, 8)];
        let table = markdown(&rows(&records, false), &place());
        assert!(
            table.contains("| 20. exportar a CSV | celdas | algo | 8 | sale con 0 | 1,2 |"),
            "{table}"
        );
        assert!(table.contains("| 5. N escritores, el mismo día | llena |  | 0 | **FALTA**: "));
    }

    #[test]
    fn texts_are_json_whatever_is_in_them() {
        assert_eq!(text("a\"b\\c\u{1}ñ"), "\"a\\\"b\\\\c\\u0001ñ\"");
        let json = json(&rows(&[], false), &place());
        assert!(json.contains("\"cpu\": \"EPYC \\\"x\\\"\""));
        assert_eq!(json.matches('{').count(), json.matches('}').count());
    }
}
