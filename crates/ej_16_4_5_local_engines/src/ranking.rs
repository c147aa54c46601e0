//! Who is first, by a rule that stands before the run.

use crate::race::{Contestant, Race, State};

/// The guide's three, as the race names them.
pub const GUIDE: [&str; 3] = ["duckdb", "datafusion-python", "pyspark"];

/// How places are given.
///
/// 1. Whoever finished with the right answer stands before whoever did not: an engine that dies has no time.
/// 2. Among those, the faster median of the whole process.
/// 3. Times closer than `tie` to the first of their group, or than the noise of the run if that is more, share its place; within
///    a place the smaller peak is named first.
/// 4. Who did not finish shares the last place. Who is not installed has none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// Part of the time below which two are equal.
    pub tie: f64,
}

impl Default for Rule {
    fn default() -> Self {
        Self { tie: 0.05 }
    }
}

/// A place, and who has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// From 1; several may share it.
    pub number: usize,
    /// Who.
    pub name: String,
    /// Seconds, where it finished.
    pub seconds: Option<f64>,
    /// Peak in MB.
    pub peak_mb: Option<u64>,
    /// What became of it.
    pub state: State,
}

/// The places of those among `names` that ran, best first; of everybody if `names` is empty.
///
/// ```
/// use ej_16_4_5_local_engines::{Race, Rule, rank};
/// let json = r#"{"trabajo": "motores", "filas": 1, "hilos": 2, "limite_mb": 1024, "entrada": {"mb": 1.0, "decodificado_mb": 2.0}, "contendientes": [
///     {"nombre": "a", "estado": "sin_memoria", "mediana_s": null, "cpu_s": null, "pico_mb": 1024},
///     {"nombre": "b", "estado": "ok", "mediana_s": 10.2, "cpu_s": 20.0, "pico_mb": 300},
///     {"nombre": "c", "estado": "ok", "mediana_s": 10.0, "cpu_s": 20.0, "pico_mb": 700}]}"#;
/// let places = rank(&Race::read(json)?[0], &[], Rule::default());
/// let told: Vec<_> = places.iter().map(|p| (p.number, p.name.as_str())).collect();
/// assert_eq!(told, [(1, "b"), (1, "c"), (3, "a")]);
/// # Ok::<(), ej_16_4_5_local_engines::RaceError>(())
/// ```
pub fn rank(race: &Race, names: &[&str], rule: Rule) -> Vec<Place> {
    let asked = |c: &&Contestant| names.is_empty() || names.contains(&c.nombre.as_str());
    let ran = |c: &&Contestant| c.estado != State::Ausente;
    let mut all: Vec<&Contestant> = race
        .contendientes
        .iter()
        .filter(asked)
        .filter(ran)
        .collect();
    let key = |c: &Contestant| c.seconds().unwrap_or(f64::INFINITY);
    all.sort_by(|a, b| key(a).total_cmp(&key(b)));
    let tie = 1.0 + rule.tie.max(race.noise());
    let mut places: Vec<Place> = Vec::with_capacity(all.len());
    let mut leader: Option<(usize, Option<f64>)> = None;
    for (index, contestant) in all.iter().enumerate() {
        let seconds = contestant.seconds();
        let same = |(_, first): &(usize, Option<f64>)| match (first, seconds) {
            (Some(first), Some(seconds)) => seconds < first * tie,
            (first, seconds) => first.is_none() && seconds.is_none(),
        };
        let number = match leader.filter(same) {
            Some((number, _)) => number,
            None => {
                leader = Some((index + 1, seconds));
                index + 1
            }
        };
        places.push(Place {
            number,
            name: contestant.nombre.clone(),
            seconds,
            peak_mb: contestant.pico_mb,
            state: contestant.estado,
        });
    }
    places.sort_by_key(|place| (place.number, place.peak_mb));
    places
}

/// The best of those that the guide does not consider, with its place among all; `None` if none of them finished.
pub fn fourth_option(race: &Race, rule: Rule) -> Option<Place> {
    let all = rank(race, &[], rule);
    let others = all
        .into_iter()
        .filter(|p| !GUIDE.contains(&p.name.as_str()));
    others
        .filter(|place| place.seconds.is_some())
        .min_by(|a, b| {
            let key = |place: &Place| place.seconds.unwrap_or(f64::INFINITY);
            key(a).total_cmp(&key(b))
        })
}
