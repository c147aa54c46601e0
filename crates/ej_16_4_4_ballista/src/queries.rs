//! The queries whose answers are compared: the chapter's, and one per shape that spreading a plan could break.

use ej_16_4_1_datafusion::CONSULTA;

/// A query with its name.
#[derive(Clone, Debug)]
pub struct Query {
    /// What it is about.
    pub name: &'static str,
    /// Its text.
    pub sql: String,
    /// Whether its rows have one order.
    pub ordered: bool,
}

/// Returns the queries of section 16.4 over `ventas`, `clientes` and `entregas`.
pub fn chapter() -> Vec<Query> {
    vec![
        Query {
            name: "16.4.1 revenue por región",
            sql: CONSULTA.replace("$desde", "DATE '2024-01-01'"),
            ordered: true,
        },
        Query {
            name: "16.4.2 entregas a más de 50 km",
            sql: "SELECT id, haversine(lat_origen, lon_origen, lat_destino, lon_destino) AS distancia_km \
                  FROM entregas WHERE haversine(lat_origen, lon_origen, lat_destino, lon_destino) > 50"
                .to_owned(),
            ordered: false,
        },
        Query {
            name: "16.4.2 distancia media por grupo",
            sql: "SELECT id % 10 AS g, count(*) AS n, avg(haversine(lat_origen, lon_origen, 40.4168, -3.7038)) AS km \
                  FROM entregas GROUP BY id % 10 ORDER BY g"
                .to_owned(),
            ordered: true,
        },
        Query {
            name: "16.7.2 filtrar y agrupar",
            sql: "SELECT user_id, count(*) AS n, sum(CAST(monto * 100 AS BIGINT)) AS centavos FROM ventas \
                  WHERE monto > 0 GROUP BY user_id"
                .to_owned(),
            ordered: false,
        },
    ]
}

/// Returns one query per shape, over the awkward tables `a` and `b`.
pub fn shapes() -> Vec<Query> {
    SHAPES
        .iter()
        .map(|(name, sql)| Query {
            name,
            sql: (*sql).to_owned(),
            ordered: sql.trim_end().ends_with("-- en orden"),
        })
        .collect()
}

const SHAPES: &[(&str, &str)] = &[
    (
        "filtro",
        "SELECT id, k FROM a WHERE k > 50 AND s IS NOT NULL",
    ),
    ("filtro vacío", "SELECT id, k FROM a WHERE k > 5000"),
    ("filtro falso", "SELECT id, k FROM a WHERE 1 = 0"),
    ("contar", "SELECT count(*) FROM a"),
    (
        "contar distintos",
        "SELECT count(DISTINCT k), count(DISTINCT s), count(k) FROM a",
    ),
    (
        "agrupar",
        "SELECT k, count(*), sum(v), min(s), max(t) FROM a GROUP BY k",
    ),
    (
        "agrupar por dos con HAVING",
        "SELECT k, s, count(*) AS n FROM a GROUP BY k, s HAVING count(*) > 1",
    ),
    (
        "rollup",
        "SELECT k % 5 AS m, s, count(*) FROM a GROUP BY ROLLUP (k % 5, s)",
    ),
    (
        "cube",
        "SELECT k % 3 AS m, s, sum(v) FROM a GROUP BY CUBE (k % 3, s)",
    ),
    (
        "estadística",
        "SELECT s, stddev(id), var_pop(id), corr(id, k), median(id), approx_distinct(k) > 0 FROM a GROUP BY s",
    ),
    (
        "recoger",
        "SELECT k, array_agg(id ORDER BY id), string_agg(s, ',' ORDER BY id) FROM a GROUP BY k",
    ),
    (
        "primero y último",
        "SELECT k, first_value(id ORDER BY id DESC), last_value(s ORDER BY id) FROM a GROUP BY k",
    ),
    (
        "ordenar",
        "SELECT id, k, s FROM a ORDER BY k DESC NULLS LAST, id -- en orden",
    ),
    (
        "los primeros",
        "SELECT id, k FROM a ORDER BY k NULLS FIRST, id DESC LIMIT 17 -- en orden",
    ),
    (
        "los siguientes",
        "SELECT id, k FROM a ORDER BY id LIMIT 20 OFFSET 1033 -- en orden",
    ),
    (
        "limitar una agregación",
        "SELECT k, count(*) AS n FROM a GROUP BY k ORDER BY n DESC, k NULLS LAST LIMIT 5 -- en orden",
    ),
    ("distintos", "SELECT DISTINCT k, s FROM a"),
    (
        "unir interior",
        "SELECT a.id, b.id FROM a JOIN b ON a.k = b.k",
    ),
    (
        "unir por la izquierda",
        "SELECT a.id, b.id FROM a LEFT JOIN b ON a.k = b.k",
    ),
    (
        "unir por la derecha",
        "SELECT a.id, b.id FROM a RIGHT JOIN b ON a.k = b.k",
    ),
    (
        "unir del todo",
        "SELECT a.id, b.id FROM a FULL JOIN b ON a.k = b.k",
    ),
    (
        "unir pequeña por la izquierda",
        "SELECT x.id, a.id FROM (SELECT * FROM b WHERE id < 40) x LEFT JOIN a ON x.k = a.k",
    ),
    (
        "unir pequeña por la derecha",
        "SELECT x.id, a.id FROM a RIGHT JOIN (SELECT * FROM b WHERE id < 40) x ON x.k = a.k",
    ),
    (
        "unir pequeña del todo",
        "SELECT x.id, a.id FROM (SELECT * FROM b WHERE id < 40) x FULL JOIN a ON x.k = a.k",
    ),
    (
        "unir por la izquierda con filtro",
        "SELECT a.id, b.id FROM a LEFT JOIN b ON a.k = b.k AND b.w > 900",
    ),
    (
        "unir del todo con un lado vacío",
        "SELECT x.id, a.id FROM (SELECT * FROM b WHERE id < -1) x FULL JOIN a ON x.k = a.k",
    ),
    (
        "unir del todo con filtro",
        "SELECT a.id, b.id FROM a FULL JOIN b ON a.k = b.k AND a.id < b.id",
    ),
    (
        "sin pareja",
        "SELECT a.id, a.s FROM a LEFT JOIN b ON a.k = b.k WHERE b.id IS NULL",
    ),
    (
        "unir con nulos iguales",
        "SELECT a.id, b.id FROM a JOIN b ON (a.s IS NOT DISTINCT FROM b.s) AND a.id = b.id",
    ),
    (
        "unir por rango",
        "SELECT x.id, y.id FROM (SELECT * FROM a WHERE id < 60) x JOIN (SELECT * FROM b WHERE id < 60) y ON x.id < y.id",
    ),
    (
        "unir por rango por la izquierda",
        "SELECT x.id, y.id FROM (SELECT * FROM a WHERE id < 90) x LEFT JOIN (SELECT * FROM b WHERE id < 60) y ON x.id < y.id",
    ),
    (
        "unir por rango por la derecha",
        "SELECT x.id, y.id FROM (SELECT * FROM a WHERE id < 60) x RIGHT JOIN (SELECT * FROM b WHERE id < 90) y ON x.id > y.id",
    ),
    (
        "unir por rango del todo",
        "SELECT x.id, y.id FROM a x FULL JOIN (SELECT * FROM b WHERE id < 40) y ON x.id < y.id",
    ),
    (
        "unir por rango, la mayor a la izquierda",
        "SELECT x.id, y.id FROM a x LEFT JOIN (SELECT * FROM b WHERE id < 20) y ON x.id < y.id",
    ),
    (
        "producto",
        "SELECT count(*), sum(x.id), sum(y.id) FROM a x CROSS JOIN (SELECT * FROM b WHERE id < 30) y",
    ),
    (
        "existe",
        "SELECT id FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.k = a.k AND b.w > 500)",
    ),
    (
        "no existe",
        "SELECT id FROM a WHERE NOT EXISTS (SELECT 1 FROM b WHERE b.k = a.k)",
    ),
    (
        "existe con desigualdad",
        "SELECT id FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.k = a.k AND b.id <> a.id)",
    ),
    (
        "existe por rango",
        "SELECT id FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.id > a.id + 1900)",
    ),
    (
        "no existe por rango",
        "SELECT id FROM a WHERE NOT EXISTS (SELECT 1 FROM b WHERE b.id > a.id + 1000)",
    ),
    (
        "existe o impar",
        "SELECT id FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.k = a.k) OR id % 2 = 1",
    ),
    (
        "en",
        "SELECT id FROM a WHERE k IN (SELECT k FROM b WHERE w > 1000)",
    ),
    (
        "no en, sin nulos",
        "SELECT id FROM a WHERE k NOT IN (SELECT k FROM b WHERE k IS NOT NULL AND k > 40)",
    ),
    (
        "no en, con nulos",
        "SELECT id FROM a WHERE k NOT IN (SELECT k FROM b WHERE id < 30)",
    ),
    (
        "no en, con nulos y nada",
        "SELECT id FROM a WHERE k NOT IN (SELECT k FROM b WHERE id < -1)",
    ),
    (
        "subconsulta escalar",
        "SELECT id, v - (SELECT avg(v) FROM a) AS d FROM a",
    ),
    (
        "subconsulta correlacionada",
        "SELECT id, (SELECT max(w) FROM b WHERE b.k = a.k) AS m FROM a",
    ),
    (
        "comparar con subconsulta",
        "SELECT id FROM a WHERE v > (SELECT avg(v) FROM a x WHERE x.s = a.s)",
    ),
    ("unión", "SELECT k, s FROM a UNION SELECT k, s FROM b"),
    (
        "unión con repetidos",
        "SELECT k, s FROM a UNION ALL SELECT k, s FROM b UNION ALL SELECT k, s FROM a",
    ),
    (
        "unión agregada",
        "SELECT k, count(*) FROM (SELECT k FROM a UNION ALL SELECT k FROM b) GROUP BY k",
    ),
    (
        "intersección",
        "SELECT k, s FROM a INTERSECT SELECT k, s FROM b",
    ),
    (
        "intersección con repetidos",
        "SELECT k, s FROM a INTERSECT ALL SELECT k, s FROM b",
    ),
    ("excepto", "SELECT k, s FROM a EXCEPT SELECT k, s FROM b"),
    (
        "excepto con repetidos",
        "SELECT k, s FROM a EXCEPT ALL SELECT k, s FROM b",
    ),
    (
        "contar una intersección",
        "SELECT count(*) FROM (SELECT k FROM a INTERSECT SELECT k FROM b INTERSECT SELECT k FROM a WHERE id % 2 = 0)",
    ),
    (
        "contar un excepto",
        "SELECT count(*) FROM (SELECT s FROM a EXCEPT SELECT s FROM b WHERE id > 100)",
    ),
    (
        "ventana por grupos",
        "SELECT id, row_number() OVER (PARTITION BY k ORDER BY id), rank() OVER (PARTITION BY k ORDER BY s NULLS FIRST) FROM a",
    ),
    (
        "ventana sin grupos",
        "SELECT id, sum(id) OVER (ORDER BY id ROWS BETWEEN 3 PRECEDING AND CURRENT ROW) FROM a",
    ),
    (
        "ventana acumulada",
        "SELECT id, sum(v) OVER (PARTITION BY s ORDER BY id) FROM a",
    ),
    (
        "ventana de todo",
        "SELECT id, count(*) OVER (), avg(v) OVER (PARTITION BY k) FROM a",
    ),
    (
        "ventana por rango",
        "SELECT id, count(*) OVER (ORDER BY t RANGE BETWEEN INTERVAL '5' HOUR PRECEDING AND INTERVAL '2' HOUR FOLLOWING) FROM a",
    ),
    (
        "retraso y adelanto",
        "SELECT id, lag(id, 2) OVER (PARTITION BY k ORDER BY id), lead(s) OVER (PARTITION BY k ORDER BY id) FROM a",
    ),
    (
        "el mejor de cada grupo",
        "SELECT id, k FROM (SELECT id, k, row_number() OVER (PARTITION BY k ORDER BY id DESC) AS n FROM a) WHERE n = 1",
    ),
    (
        "qualify",
        "SELECT id, k FROM a QUALIFY row_number() OVER (PARTITION BY s ORDER BY id) <= 2",
    ),
    (
        "cuantiles de ventana",
        "SELECT id, ntile(4) OVER (PARTITION BY s ORDER BY id), percent_rank() OVER (PARTITION BY s ORDER BY id) FROM a",
    ),
    (
        "tabla común",
        "WITH x AS (SELECT k, sum(id) AS n FROM a GROUP BY k) SELECT p.k, p.n, q.n FROM x p JOIN x q ON p.k = q.k + 1",
    ),
    (
        "tabla común, año contra año",
        "WITH y AS (SELECT k, id % 2 AS p, sum(v) AS n FROM a GROUP BY k, id % 2) \
      SELECT u.k, u.n, w.n FROM y u, y w WHERE u.k = w.k AND u.p = 0 AND w.p = 1 AND w.n > u.n ORDER BY u.k LIMIT 100 -- en orden",
    ),
    (
        "dos sin pareja, en cadena",
        "WITH x AS (SELECT a.k, sum(a.id) AS n FROM a LEFT JOIN b ON a.id = b.id WHERE b.id IS NULL GROUP BY a.k), \
      y AS (SELECT b.k, sum(b.id) AS n FROM b LEFT JOIN a ON b.id = a.id + 5000 WHERE a.id IS NULL GROUP BY b.k) \
      SELECT x.k, x.n, coalesce(y.n, 0) FROM x LEFT JOIN y ON x.k = y.k ORDER BY x.k NULLS LAST LIMIT 100 -- en orden",
    ),
    (
        "cinco tablas",
        "SELECT count(*), sum(a1.id) FROM a a1 JOIN b b1 ON a1.id = b1.id JOIN a a2 ON a2.id = b1.id JOIN b b2 ON b2.id = a2.id LEFT JOIN a a3 ON a3.k = b2.k",
    ),
    (
        "agregada por la izquierda",
        "SELECT x.k, x.n, b.id FROM (SELECT k, count(*) AS n FROM a GROUP BY k) x LEFT JOIN b ON x.k = b.k",
    ),
    (
        "agregada del todo",
        "SELECT x.k, x.n, y.m FROM (SELECT k, count(*) AS n FROM a GROUP BY k) x FULL JOIN (SELECT k, count(*) AS m FROM b GROUP BY k) y ON x.k = y.k",
    ),
    (
        "agregada sin pareja",
        "SELECT k FROM (SELECT DISTINCT k FROM a) x WHERE NOT EXISTS (SELECT 1 FROM b WHERE b.k = x.k AND b.id > 900)",
    ),
    (
        "tres por la izquierda",
        "SELECT a.id, b.id, c.id FROM a LEFT JOIN b ON a.k = b.k AND b.id < 50 LEFT JOIN a c ON b.id = c.id AND c.k < 40",
    ),
    (
        "deshacer listas",
        "SELECT k, unnest(l) AS id FROM (SELECT k, array_agg(id) AS l FROM a GROUP BY k)",
    ),
    (
        "casos y conversiones",
        "SELECT CASE WHEN k IS NULL THEN 'nulo' WHEN k < 10 THEN 'bajo' ELSE 'alto' END AS c, count(*), sum(CAST(v AS DOUBLE)) FROM a GROUP BY 1",
    ),
    (
        "fechas",
        "SELECT date_trunc('day', t) AS d, count(*), max(date_part('hour', t)) FROM a GROUP BY 1 ORDER BY 1 -- en orden",
    ),
    (
        "texto",
        "SELECT upper(s), length(s), s LIKE 's1%' FROM a WHERE s LIKE '%1' ORDER BY id -- en orden",
    ),
    ("sin tabla", "SELECT 1 AS uno, 'x' AS x"),
    (
        "valores",
        "SELECT * FROM (VALUES (1, 'a'), (2, NULL)) AS v(n, s)",
    ),
    (
        "valores unidos",
        "SELECT a.id, v.n FROM a JOIN (VALUES (1), (2), (NULL)) AS v(n) ON a.k = v.n",
    ),
    (
        "valores por la izquierda",
        "SELECT v.n, a.id FROM (VALUES (1), (2), (NULL), (9999)) AS v(n) LEFT JOIN a ON a.k = v.n",
    ),
    (
        "recursiva",
        "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 20) SELECT n.i, count(a.id) FROM n LEFT JOIN a ON a.k = n.i GROUP BY n.i",
    ),
];
