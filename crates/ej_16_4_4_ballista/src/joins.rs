//! The ways to join two relations, which is where spreading a plan goes wrong.

use crate::queries::Query;

/// Returns `count` of all the ways to join two relations, spread evenly: each kind of join, with sides large, small, empty, aggregated,
/// distinct and united, on each kind of condition, as rows and counted.
pub fn joins(count: usize) -> Vec<Query> {
    const SIDES: [&str; 7] = [
        "SELECT id, k, s FROM a",
        "SELECT id, k, s FROM b",
        "SELECT id, k, s FROM b WHERE id < 40",
        "SELECT id, k, s FROM a WHERE id < -1",
        "SELECT max(id) AS id, k, s FROM a GROUP BY k, s",
        "SELECT DISTINCT id % 50 AS id, k, s FROM b WHERE w > 900",
        "SELECT id, k, s FROM a WHERE id % 2 = 0 UNION ALL SELECT id, k, s FROM b WHERE id % 3 = 0",
    ];
    const CONDITIONS: [&str; 4] = [
        "x.k = y.k",
        "x.id = y.id",
        "x.k = y.k AND x.s = y.s",
        "x.k = y.k AND x.id < y.id",
    ];
    const KINDS: [&str; 8] = [
        "SELECT x.id, x.k, y.id AS j, y.s FROM ({x}) x JOIN ({y}) y ON {on}",
        "SELECT x.id, x.k, y.id AS j, y.s FROM ({x}) x LEFT JOIN ({y}) y ON {on}",
        "SELECT x.id, x.k, y.id AS j, y.s FROM ({x}) x RIGHT JOIN ({y}) y ON {on}",
        "SELECT x.id, x.k, y.id AS j, y.s FROM ({x}) x FULL JOIN ({y}) y ON {on}",
        "SELECT x.id, x.k FROM ({x}) x WHERE EXISTS (SELECT 1 FROM ({y}) y WHERE {on})",
        "SELECT x.id, x.k FROM ({x}) x WHERE NOT EXISTS (SELECT 1 FROM ({y}) y WHERE {on})",
        "SELECT x.id, x.k FROM ({x}) x WHERE x.k IN (SELECT y.k FROM ({y}) y)",
        "SELECT x.id, x.k FROM ({x}) x WHERE x.k NOT IN (SELECT y.k FROM ({y}) y)",
    ];
    let all = SIDES.len() * SIDES.len() * CONDITIONS.len() * KINDS.len() * 2;
    (0..count.min(all))
        .map(|number| {
            // A step that shares no factor with the number of all visits them without repetition.
            let mut at = number * 1009 % all;
            let mut pick = |of: usize| {
                let picked = at % of;
                at /= of;
                picked
            };
            let (kind, on) = (KINDS[pick(8)], CONDITIONS[pick(4)]);
            let (x, y) = (SIDES[pick(7)], SIDES[pick(7)]);
            let rows = kind.replace("{x}", x).replace("{y}", y).replace("{on}", on);
            let counted = pick(2) == 1;
            Query {
                name: "unión de dos relaciones",
                sql: if counted {
                    format!("SELECT count(*) AS n, count(k) AS nk, sum(id) AS s FROM ({rows})")
                } else {
                    rows
                },
                ordered: false,
            }
        })
        .collect()
}
