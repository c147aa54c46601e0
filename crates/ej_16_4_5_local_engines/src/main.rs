//! Ranks a run of `duelo motores` and says what ten times the data would change.
#![forbid(unsafe_code)]

use ej_16_4_5_local_engines::{Race, Rule, figures, markdown};
use std::process::ExitCode;

const USAGE: &str =
    "uso: ej_16_4_5_local_engines APRETADO.json [HOLGADO.json] [--md F] [--cifras F]";

fn main() -> ExitCode {
    match run(std::env::args().skip(1).collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(said) => {
            eprintln!("error: {said}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: Vec<String>) -> Result<(), String> {
    let (mut files, mut document, mut named) = (Vec::new(), None, None);
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        let mut value = || {
            words
                .next()
                .ok_or_else(|| format!("falta el archivo de {word}\n{USAGE}"))
        };
        match word.as_str() {
            "--md" => document = Some(value()?),
            "--cifras" => named = Some(value()?),
            "--help" | "-h" => {
                println!("{USAGE}");
                return Ok(());
            }
            other if other.starts_with('-') => {
                return Err(format!("no hay opción {other}\n{USAGE}"));
            }
            file => files.push(file.to_owned()),
        }
    }
    let races = files
        .iter()
        .map(|file| read(file))
        .collect::<Result<Vec<_>, _>>()?;
    let (tight, loose) = match races.as_slice() {
        [tight] => (tight, None),
        [tight, loose] => (tight, Some(loose)),
        _ => return Err(USAGE.into()),
    };
    let rule = Rule::default();
    let told = markdown(tight, loose, rule).map_err(|e| e.to_string())?;
    print!("{told}");
    if let Some(file) = document {
        write(&file, &told)?;
    }
    if let Some(file) = named {
        let named = figures(tight, loose, rule).map_err(|e| e.to_string())?;
        let text = serde_json::to_string_pretty(&named).map_err(|e| e.to_string())?;
        write(&file, &(text + "\n"))?;
    }
    Ok(())
}

/// The only race of a file.
fn read(file: &str) -> Result<Race, String> {
    let text =
        std::fs::read_to_string(file).map_err(|e| format!("no se puede leer {file}: {e}"))?;
    let mut races = Race::read(&text).map_err(|e| format!("{file}: {e}"))?;
    match races.len() {
        1 => Ok(races.remove(0)),
        n => Err(format!("{file} tiene {n} carreras y hace falta una")),
    }
}

fn write(file: &str, text: &str) -> Result<(), String> {
    std::fs::write(file, text).map_err(|e| format!("no se puede escribir {file}: {e}"))
}
