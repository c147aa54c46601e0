//! Every step on a table small enough to check by eye.

use crate::bancada::{Bancada, registros};

const VENTAS: &str = "id,region,monto\n1,norte,10\n2,sur,\n3,norte,5\n4,,7\n5,sur,2\n3,norte,5\n";

/// The rows that the steps give, the header first.
fn filas(pasos: &str) -> Vec<Vec<String>> {
    con(
        &[("v.csv", VENTAS)],
        "entradas: { v: { ruta: v.csv } }",
        pasos,
    )
}

fn con(archivos: &[(&str, &str)], entradas: &str, pasos: &str) -> Vec<Vec<String>> {
    let b = Bancada::nueva();
    for (nombre, texto) in archivos {
        b.escribe(nombre, texto);
    }
    let run = b.tuberia(&format!(
        "{entradas}\npasos: [ {pasos} ]\nsalida: {{ ruta: o.csv }}\n"
    ));
    assert_eq!(run.code, Some(0), "{run:?}");
    registros(&b.lee("o.csv"), ',')
}

fn columna(filas: &[Vec<String>], nombre: &str) -> Vec<String> {
    let i = filas[0].iter().position(|n| n == nombre).unwrap();
    filas[1..].iter().map(|f| f[i].clone()).collect()
}

#[test]
fn filtrar_deja_fuera_lo_falso_y_lo_nulo() {
    assert_eq!(
        columna(&filas("{ filtrar: monto > 4 }"), "id"),
        ["1", "3", "4", "3"]
    );
    assert_eq!(columna(&filas("{ filtrar: NOT (monto > 4) }"), "id"), ["5"]);
    assert_eq!(columna(&filas("{ filtrar: monto IS NULL }"), "id"), ["2"]);
    assert_eq!(
        columna(
            &filas("{ filtrar: \"region IN ('norte') AND id BETWEEN 1 AND 2\" }"),
            "id"
        ),
        ["1"]
    );
    assert_eq!(
        columna(&filas("{ filtrar: \"region LIKE 's%'\" }"), "id"),
        ["2", "5"]
    );
}

#[test]
fn derivar_ve_las_columnas_de_antes_del_paso() {
    let f = filas(
        "{ derivar: { monto: monto * 2, viejo: monto, nota: \"UPPER(COALESCE(region, '?'))\", uno: 1 } }",
    );
    assert_eq!(f[0], ["id", "region", "monto", "viejo", "nota", "uno"]);
    assert_eq!(f[1], ["1", "norte", "20", "10", "NORTE", "1"]);
    assert_eq!(f[4], ["4", "", "14", "7", "?", "1"]);
    assert_eq!(
        columna(
            &filas(
                "{ derivar: { clase: \"CASE WHEN monto >= 7 THEN 'alta' WHEN monto > 0 THEN 'baja' ELSE 'sin' END\" } }"
            ),
            "clase"
        ),
        ["alta", "sin", "baja", "alta", "baja", "baja"]
    );
}

#[test]
fn renombrar_cambia_nombres_y_puede_intercambiarlos() {
    assert_eq!(
        filas("{ renombrar: { id: clave } }")[0],
        ["clave", "region", "monto"]
    );
    let f = filas("{ renombrar: { id: monto, monto: id } }");
    assert_eq!(
        (f[0].clone(), f[1].clone()),
        (
            vec!["monto".into(), "region".into(), "id".into()],
            vec!["1".into(), "norte".into(), "10".into()]
        )
    );
}

#[test]
fn convertir_cambia_tipos_exactamente() {
    let texto = "a,b,c,d\n1,0.10,si,2024-02-29\n2,0.20,No,1999-12-31\n";
    let f = con(
        &[("v.csv", texto)],
        "entradas: { v: { ruta: v.csv, csv: { fechas: false } } }",
        "{ convertir: { a: texto, b: 'decimal(5,2)', c: booleano, d: fecha } }, { derivar: { s: \"a || '!'\", t: b + b } }",
    );
    assert_eq!(f[1], ["1", "0.10", "true", "2024-02-29", "1!", "0.20"]);
    assert_eq!(f[2], ["2", "0.20", "false", "1999-12-31", "2!", "0.40"]);
}

#[test]
fn agrupar_con_y_sin_columnas() {
    let f = filas(
        "{ agrupar: { por: region, calcular: { n: COUNT(*), con_monto: COUNT(monto), s: SUM(monto), ids: COUNT(DISTINCT id), m: MAX(monto) } } }, { ordenar: region }",
    );
    assert_eq!(f[0], ["region", "n", "con_monto", "s", "ids", "m"]);
    assert_eq!(
        f[1..],
        [
            ["norte", "3", "3", "20", "2", "10"]
                .map(String::from)
                .to_vec(),
            ["sur", "2", "1", "2", "2", "2"].map(String::from).to_vec(),
            ["", "1", "1", "7", "1", "7"].map(String::from).to_vec(),
        ]
    );
    let f = filas(
        "{ agrupar: { calcular: { total: SUM(monto), media: AVG(monto), resto: \"SUM(CASE WHEN region = 'sur' THEN monto END)\" } } }",
    );
    assert_eq!(
        f,
        [
            ["total", "media", "resto"].map(String::from).to_vec(),
            ["29", "5.8", "2"].map(String::from).to_vec()
        ]
    );
    let f = filas("{ agrupar: { por: [region, id], calcular: {} } }, { ordenar: [id, region] }");
    assert_eq!(columna(&f, "id"), ["1", "2", "3", "4", "5"]);
}

#[test]
fn ordenar_es_estable_y_los_nulos_van_al_final() {
    assert_eq!(
        columna(&filas("{ ordenar: monto }"), "monto"),
        ["2", "5", "5", "7", "10", ""]
    );
    assert_eq!(
        columna(&filas("{ ordenar: -monto }"), "monto"),
        ["10", "7", "5", "5", "2", ""]
    );
    assert_eq!(
        columna(&filas("{ ordenar: [region, -id] }"), "id"),
        ["3", "3", "1", "5", "2", "4"]
    );
    // A column whose own name begins with a dash.
    let f = con(
        &[("v.csv", "-a,b\n2,x\n1,y\n")],
        "entradas: { v: { ruta: v.csv } }",
        "{ ordenar: -a }",
    );
    assert_eq!(f[1], ["1", "y"]);
}

#[test]
fn unir_de_las_seis_maneras() {
    let izquierda = "k,a\n1,x\n2,y\n3,z\n,w\n";
    let derecha = "k,a,b\n1,p,10\n1,q,11\n3,r,12\n4,s,13\n,t,14\n";
    let une = |tipo: &str| {
        let f = con(
            &[("i.csv", izquierda), ("d.csv", derecha)],
            "entradas: { i: { ruta: i.csv }, d: { ruta: d.csv } }\ndesde: i",
            &format!("{{ unir: {{ con: d, por: k, tipo: {tipo} }} }}, {{ ordenar: [k, a] }}"),
        );
        f.iter().map(|f| f.join("|")).collect::<Vec<_>>()
    };
    assert_eq!(
        une("interior")[1..]
            .iter()
            .map(|f| &f[..3])
            .collect::<Vec<_>>(),
        ["1|x", "1|x", "3|z"]
    );
    assert_eq!(une("izquierda")[0], "k|a|a_d|b");
    // A key that is missing matches nothing, not even another one.
    assert_eq!(une("izquierda")[3..], ["2|y||", "3|z|r|12", "|w||"]);
    assert_eq!(une("completa").len(), 1 + 4 + 1 + 2);
    assert_eq!(une("semi"), ["k|a", "1|x", "3|z"]);
    assert_eq!(une("anti"), ["k|a", "2|y", "|w"]);
    let cruzada = con(
        &[("i.csv", izquierda), ("d.csv", derecha)],
        "entradas: { i: { ruta: i.csv }, d: { ruta: d.csv } }\ndesde: i",
        "{ unir: { con: d, tipo: cruzada, sufijo: _otra } }",
    );
    assert_eq!(
        (cruzada.len(), cruzada[0].join("|")),
        (1 + 4 * 5, "k|a|k_otra|a_otra|b".to_owned())
    );
}

#[test]
fn deduplicar_conserva_lo_que_se_pide() {
    assert_eq!(
        columna(&filas("{ deduplicar: {} }"), "id"),
        ["1", "2", "3", "4", "5"]
    );
    assert_eq!(
        columna(&filas("{ deduplicar: { por: region } }"), "id"),
        ["1", "2", "4"]
    );
    assert_eq!(
        columna(
            &filas("{ deduplicar: { por: region, conservar: ultima } }"),
            "id"
        ),
        ["4", "5", "3"]
    );
    assert_eq!(
        columna(
            &filas("{ deduplicar: { por: region, conservar: ninguna } }"),
            "id"
        ),
        ["4"]
    );
    assert_eq!(
        filas("{ deduplicar: { por: region, conservar: cualquiera } }").len(),
        1 + 3
    );
}

#[test]
fn muestrear_es_la_misma_muestra_y_del_tamano_que_se_pide() {
    let texto = "n\n".to_owned() + &(0..5_000).map(|i| format!("{i}\n")).collect::<String>();
    let muestra = |paso: &str| {
        columna(
            &con(
                &[("v.csv", &texto)],
                "entradas: { v: { ruta: v.csv } }",
                paso,
            ),
            "n",
        )
    };
    let parte = muestra("{ muestrear: { fraccion: 0.2, semilla: 3 } }");
    let esperado: Vec<String> = (0..5_000u64)
        .filter(|i| (ej_16_3_5_yaml_cli::hash_of(3, *i) as f64) < 0.2 * 2f64.powi(64))
        .map(|i| i.to_string())
        .collect();
    assert_eq!(parte, esperado);
    // 1000 expected; five standard deviations of a binomial are 141.
    assert!((859..=1141).contains(&parte.len()), "{}", parte.len());
    assert_eq!(muestra("{ muestrear: { filas: 7, semilla: 3 } }").len(), 7);
    assert_ne!(
        muestra("{ muestrear: { filas: 7, semilla: 3 } }"),
        muestra("{ muestrear: { filas: 7, semilla: 4 } }")
    );
    assert_eq!(muestra("{ muestrear: { filas: 9000 } }").len(), 5_000);
    assert_eq!(muestra("{ muestrear: { fraccion: 1 } }").len(), 5_000);
    assert_eq!(muestra("{ muestrear: { fraccion: 0 } }").len(), 0);
}

#[test]
fn seleccionar_y_limitar_cortan_columnas_y_filas() {
    assert_eq!(
        filas("{ seleccionar: [monto, id] }")[..2],
        [
            ["monto", "id"].map(String::from).to_vec(),
            ["10", "1"].map(String::from).to_vec()
        ]
    );
    assert_eq!(columna(&filas("{ limitar: 2 }"), "id"), ["1", "2"]);
    assert_eq!(
        columna(&filas("{ limitar: { filas: 2, saltar: 3 } }"), "id"),
        ["4", "5"]
    );
    assert_eq!(filas("{ limitar: 0 }").len(), 1);
}

#[test]
fn sql_ve_lo_que_llega_y_las_entradas() {
    let f = con(
        &[
            ("v.csv", VENTAS),
            ("r.csv", "region,jefe\nnorte,Ana\nsur,Luis\n"),
        ],
        "entradas: { v: { ruta: v.csv }, regiones: { ruta: r.csv } }\ndesde: v",
        "{ filtrar: monto > 1 }, { sql: \"SELECT r.jefe, SUM(a.monto) AS total FROM actual AS a JOIN regiones AS r ON a.region = r.region GROUP BY r.jefe ORDER BY r.jefe\" }, { derivar: { doble: total * 2 } }",
    );
    assert_eq!(
        f.iter().map(|f| f.join("|")).collect::<Vec<_>>(),
        ["jefe|total|doble", "Ana|20|40", "Luis|2|4"]
    );
    let f = filas(
        "{ sql: \"WITH x AS (SELECT id, ROW_NUMBER() OVER (PARTITION BY region ORDER BY id) AS n FROM actual) SELECT COUNT(*) AS c FROM x WHERE n = 1\" }",
    );
    assert_eq!(f[1], ["3"]);
}
