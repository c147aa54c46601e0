//! The run: every feature made by each, read by each, written by each; the contents compared with what they should be.

use crate::engine::{Action, Answer, Engine, RustEngine, Who};
use crate::matrix::{Matrix, Outcome, PAIRS, Row};
use crate::{Feature, Log, RunError};
use std::fs;
use std::path::Path;

/// Returns what the engines did with the features, in tables below `dir`.
///
/// # Errors
/// Those of [`RunError`]: what cannot be tried. What an engine refuses is an [`Outcome`].
pub fn run(
    engines: &mut [Box<dyn Engine>],
    features: &[Feature],
    dir: &Path,
    progress: &mut dyn FnMut(&Row),
) -> Result<Matrix, RunError> {
    let mut versions = Vec::new();
    for engine in engines.iter_mut() {
        versions.extend(engine.versions()?);
    }
    let mut rows = Vec::new();
    for feature in features {
        let row = try_feature(engines, feature, dir)?;
        progress(&row);
        rows.push(row);
    }
    Ok(Matrix { versions, rows })
}

/// Returns what Rust alone does: the cells of the others say that there is no table.
///
/// # Errors
/// As [`run`].
pub fn run_rust_alone(features: &[Feature], dir: &Path) -> Result<Matrix, RunError> {
    let mut engines: Vec<Box<dyn Engine>> = vec![Box::new(RustEngine::new()?)];
    run(&mut engines, features, dir, &mut |_| ())
}

fn try_feature(
    engines: &mut [Box<dyn Engine>],
    feature: &Feature,
    dir: &Path,
) -> Result<Row, RunError> {
    let own = dir.join(feature.key);
    let mut made = [Outcome::NoTable, Outcome::NoTable, Outcome::NoTable];
    let mut usable = [false; 3];
    for (at, who) in Who::ALL.into_iter().enumerate() {
        let Some(engine) = find(engines, who) else {
            continue;
        };
        let place = own.join(who.to_string());
        let table = place.join("t");
        create(&place)?;
        let (outcome, can_be_read) = make(engine, feature, &table, &own)?;
        made[at] = outcome;
        usable[at] = can_be_read;
    }
    let mut row = Row {
        key: feature.key.to_owned(),
        made,
        read: PAIRS.map(|_| Outcome::NoTable),
        written: PAIRS.map(|_| Outcome::NoTable),
    };
    for (at, (maker, other)) in PAIRS.into_iter().enumerate() {
        if feature.written().is_none() {
            row.written[at] = Outcome::Nothing;
        }
        let is_usable = Who::ALL.iter().position(|who| *who == maker);
        if !is_usable.is_some_and(|at| usable[at]) || find(engines, other).is_none() {
            continue;
        }
        let table = own.join(maker.to_string()).join("t");
        if let Some(engine) = find(engines, other) {
            let answer = engine.ask(Action::Leer, feature.key, &table)?;
            row.read[at] = read_as(&answer, &feature.made());
        }
        if feature.written().is_some() {
            row.written[at] = write(engines, feature, (maker, other), &own)?;
        }
    }
    Ok(row)
}

fn find(engines: &mut [Box<dyn Engine>], who: Who) -> Option<&mut dyn Engine> {
    for engine in engines.iter_mut() {
        if engine.who() == who {
            return Some(engine.as_mut());
        }
    }
    None
}

/// Makes the table and goes on with it in a copy; also says whether others can try it.
fn make(
    engine: &mut dyn Engine,
    feature: &Feature,
    table: &Path,
    own: &Path,
) -> Result<(Outcome, bool), RunError> {
    if let Err(said) = engine.ask(Action::Hacer, feature.key, table)? {
        return Ok((Outcome::Failed(said), false));
    }
    // What was made without an error and left no log is no table.
    if !table.join("_delta_log").is_dir() {
        return Ok((Outcome::Wrong("no hay tabla".into()), false));
    }
    let is_used = feature.is_used(&Log::read(table)?)?;
    feature.prepare(table)?;
    let answer = engine.ask(Action::Leer, feature.key, table)?;
    match read_as(&answer, &feature.made()) {
        Outcome::Yes if !is_used => return Ok((Outcome::Unused, false)),
        Outcome::Yes => {}
        other => return Ok((other, false)),
    }
    let Some(written) = feature.written() else {
        return Ok((Outcome::Yes, true));
    };
    let place = own.join(format!("{}_sigue", engine.who()));
    copy(table, &place.join("t"))?;
    let table = place.join("t");
    let outcome = match engine.ask(Action::Escribir, feature.key, &table)? {
        Err(said) => Outcome::Failed(format!("al seguir escribiendo: {said}")),
        Ok(_) => {
            let answer = engine.ask(Action::Leer, feature.key, &table)?;
            read_as(&answer, &written)
        }
    };
    Ok((outcome, true))
}

/// The second writes in a copy of the first one's table; both must then read what was to be written.
fn write(
    engines: &mut [Box<dyn Engine>],
    feature: &Feature,
    (maker, other): (Who, Who),
    own: &Path,
) -> Result<Outcome, RunError> {
    let place = own.join(format!("{maker}_{other}"));
    let table = place.join("t");
    copy(&own.join(maker.to_string()).join("t"), &table)?;
    let mut ask = |who, action| -> Result<Answer, RunError> {
        find(engines, who).map_or(Ok(Ok(None)), |engine| {
            engine.ask(action, feature.key, &table)
        })
    };
    let wanted = feature.written().unwrap_or_else(|| feature.made());
    if let Err(said) = ask(other, Action::Escribir)? {
        // Who refuses must leave the table as it was.
        let after = read_as(&ask(maker, Action::Leer)?, &feature.made());
        return Ok(match after {
            Outcome::Yes => Outcome::Failed(said),
            _ => Outcome::Wrong(format!("falla a medias: {said}")),
        });
    }
    let by_maker = read_as(&ask(maker, Action::Leer)?, &wanted);
    if let Outcome::Failed(said) = by_maker {
        return Ok(Outcome::Wrong(format!("{maker} ya no la lee: {said}")));
    }
    if by_maker != Outcome::Yes {
        return Ok(by_maker);
    }
    let by_writer = read_as(&ask(other, Action::Leer)?, &wanted);
    if by_writer != Outcome::Yes {
        return Ok(by_writer);
    }
    Ok(if feature.is_kept(&Log::read(&table)?)? {
        Outcome::Yes
    } else {
        Outcome::Wrong("las filas están, pero el commit no lleva lo que la función promete".into())
    })
}

fn read_as(answer: &Answer, wanted: &crate::Content) -> Outcome {
    match answer {
        Err(said) => Outcome::Failed(said.clone()),
        Ok(None) => Outcome::Wrong("no dijo qué hay".into()),
        Ok(Some(found)) => match wanted.difference(found) {
            None => Outcome::Yes,
            Some(difference) => Outcome::Wrong(difference),
        },
    }
}

fn create(dir: &Path) -> Result<(), RunError> {
    fs::create_dir_all(dir).map_err(|source| RunError::File {
        path: dir.to_owned(),
        source,
    })
}

/// Copies a directory; files keep their dates, which time travel goes by.
fn copy(from: &Path, to: &Path) -> Result<(), RunError> {
    create(to)?;
    let broken = |source| RunError::File {
        path: from.to_owned(),
        source,
    };
    for entry in fs::read_dir(from).map_err(broken)? {
        let entry = entry.map_err(broken)?;
        let target = to.join(entry.file_name());
        if entry.file_type().map_err(broken)?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target).map_err(broken)?;
            let modified = entry.metadata().and_then(|found| found.modified());
            let date = |when| {
                fs::File::options()
                    .write(true)
                    .open(&target)?
                    .set_modified(when)
            };
            modified.and_then(date).map_err(broken)?;
        }
    }
    Ok(())
}
