//! «¿Quería decir…?»: the name that someone probably meant.

/// `; ¿quería decir «x»?`, with the nearest of the names, or a list of them when none is near.
///
/// Near is what a typo makes: at most a third of the letters wrong (swapped neighbours count once), or the same letters in
/// another case, or one name within the other.
pub(crate) fn hint<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    match nearest(name, &known) {
        Some(meant) => format!("; ¿quería decir «{meant}»?"),
        None if known.is_empty() => String::new(),
        None => {
            const SHOWN: usize = 12;
            let more = if known.len() > SHOWN { "…" } else { "" };
            let list: Vec<&str> = known.iter().take(SHOWN).copied().collect();
            format!("; hay: {}{more}", list.join(", "))
        }
    }
}

/// The nearest of the names, if one is near enough to be meant.
fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    let letters = wanted.chars().count();
    known
        .iter()
        .map(|&candidate| {
            let lower = candidate.to_lowercase();
            let distance = strsim::damerau_levenshtein(&wanted, &lower);
            let within = letters >= 3
                && (lower.contains(&wanted) || (lower.len() >= 3 && wanted.contains(&lower)));
            (distance, within, candidate)
        })
        .filter(|(distance, within, _)| *within || *distance <= (letters / 3).max(1))
        .min_by_key(|(distance, _, candidate)| (*distance, *candidate))
        .map(|(_, _, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn una_errata_encuentra_su_nombre_y_un_disparate_la_lista() {
        let columns = ["monto", "region", "fecha_alta"];
        assert_eq!(nearest("mnto", &columns), Some("monto"));
        assert_eq!(nearest("MONTO", &columns), Some("monto"));
        assert_eq!(nearest("regoin", &columns), Some("region"));
        assert_eq!(nearest("fecha", &columns), Some("fecha_alta"));
        assert_eq!(nearest("xyz", &columns), None);
        assert_eq!(hint("xyz", columns), "; hay: monto, region, fecha_alta");
        assert_eq!(hint("xyz", []), "");
    }
}
