//! The command line: help, schema, plan, dry run, summary; and what the binary needs to run.

use crate::bancada::{Bancada, error, tuberias};
use ecommerce_testkit::temp::Tree;
use serde_json::Value;
use std::process::Command;

const TUBERIA: &str = "entradas: { v: { ruta: v.csv }, sobra: { ruta: v.csv } }\ndesde: v\npasos: [ { filtrar: monto > 1 }, { agrupar: { por: region, calcular: { n: COUNT(*) } } }, { ordenar: region } ]\nsalida: { ruta: o.csv }\n";

fn bancada() -> Bancada {
    let b = Bancada::nueva();
    b.escribe(
        "v.csv",
        "monto,region,otra\n1.5,norte,x\n0.5,sur,y\n3,sur,z\n",
    );
    b.escribe("t.yaml", TUBERIA);
    b
}

#[test]
fn la_ayuda_esta_en_espanol_trae_ejemplos_y_nombra_los_doce_pasos() {
    let run = Bancada::nueva().corre(&["--help"]);
    let texto = run.stdout_text();
    assert_eq!(run.code, Some(0));
    for parte in [
        "Uso:",
        "Ejemplos:",
        "Códigos de salida:",
        "--en-seco",
        "--parametro",
    ] {
        assert!(texto.contains(parte), "{parte}");
    }
    for paso in [
        "filtrar",
        "derivar",
        "renombrar",
        "convertir",
        "agrupar",
        "ordenar",
        "unir",
        "deduplicar",
        "muestrear",
        "seleccionar",
        "limitar",
        "sql",
    ] {
        assert!(texto.contains(paso), "{paso}");
    }
    for ingles in ["Usage", "Options", "Print help", "Commands"] {
        assert!(!texto.contains(ingles), "{ingles}");
    }
}

#[test]
fn los_argumentos_mal_puestos_salen_con_2_y_una_linea() {
    let b = bancada();
    for (args, dice) in [
        (&[][..], "falta la tubería"),
        (&["t.yaml", "--en-secco"], "--en-seco"),
        (&["t.yaml", "otra.yaml"], "no"),
        (&["t.yaml", "--plan", "--en-seco"], "no se puede combinar"),
        (&["t.yaml", "--parametro"], "--parametro"),
    ] {
        let (codigo, mensaje) = error(&b.corre(args));
        assert_eq!(codigo, 2, "{args:?}");
        assert!(mensaje.contains(dice), "{args:?}: {mensaje}");
    }
}

#[test]
fn en_seco_comprueba_todo_dice_las_columnas_y_no_escribe_nada() {
    let b = bancada();
    let antes = Tree::of(b.raiz()).unwrap();
    let run = b.corre(&["t.yaml", "--en-seco"]);
    assert_eq!(
        (run.code, run.stdout_text().as_str()),
        (Some(0), "region: texto\nn: entero\n"),
        "{run:?}"
    );
    assert_eq!(run.stderr_text(), "aviso: la entrada «sobra» no se usa\n");
    assert_eq!(antes.changes(&Tree::of(b.raiz()).unwrap()), []);
    let (codigo, _) = {
        b.escribe("t.yaml", TUBERIA.replace("o.csv", "v.csv"));
        error(&b.corre(&["t.yaml", "--en-seco"]))
    };
    assert_eq!(codigo, 2);
}

#[test]
fn el_plan_ensena_el_filtro_y_las_columnas_en_la_lectura() {
    let b = bancada();
    let antes = Tree::of(b.raiz()).unwrap();
    let run = b.corre(&["t.yaml", "--plan"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    insta::assert_snapshot!(run.stdout_text());
    assert_eq!(antes.changes(&Tree::of(b.raiz()).unwrap()), []);
}

#[test]
fn el_resumen_json_tiene_claves_estables() {
    let b = bancada();
    let run = b.corre(&["t.yaml", "--json"]);
    assert_eq!(
        (run.code, run.stderr_text().as_str()),
        (Some(0), ""),
        "{run:?}"
    );
    let mut resumen: Value = serde_json::from_str(&run.stdout_text()).unwrap();
    assert!(resumen["segundos"].as_f64().unwrap() >= 0.0);
    resumen["segundos"] = Value::from(0);
    let ruta = resumen["salida"]["ruta"].as_str().unwrap().to_owned();
    assert!(ruta.ends_with("/o.csv"), "{ruta}");
    resumen["salida"]["ruta"] = Value::from("o.csv");
    insta::assert_snapshot!(serde_json::to_string_pretty(&resumen).unwrap());
    b.escribe("t.yaml", "entradas: {}\nsalida: { ruta: o.csv }\n");
    let run = b.corre(&["t.yaml", "--json"]);
    let fallo: Value = serde_json::from_str(&run.stdout_text()).unwrap();
    assert_eq!((run.code, fallo["codigo"].as_i64()), (Some(2), Some(2)));
    assert_eq!(
        run.stderr_text(),
        format!("error: {}\n", fallo["error"].as_str().unwrap())
    );
}

#[test]
fn sin_terminal_no_hay_progreso_y_silencioso_calla() {
    let b = bancada();
    let run = b.corre(&["t.yaml"]);
    let texto = run.stderr_text();
    let lineas: Vec<&str> = texto.lines().collect();
    assert_eq!(lineas.len(), 2, "{texto}");
    assert!(lineas[1].starts_with("2 filas en "), "{texto}");
    assert!(!texto.contains('\u{1b}') && !texto.contains('\r'));
    let run = b.corre(&["t.yaml", "--silencioso"]);
    assert_eq!(
        (run.code, run.stdout.len(), run.stderr.len()),
        (Some(0), 0, 0),
        "{run:?}"
    );
}

#[test]
fn las_rutas_son_relativas_al_yaml_o_a_base() {
    let b = bancada();
    std::fs::create_dir_all(b.ruta("otro/sitio")).unwrap();
    let run = b
        .comando(&["../../t.yaml"])
        .current_dir(b.ruta("otro/sitio"))
        .run()
        .unwrap();
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(b.ruta("o.csv").exists());
    b.escribe("otro/v.csv", "monto,region\n9,este\n");
    let run = b.corre(&["t.yaml", "--base", "otro"]);
    assert_eq!(
        (run.code, b.lee("otro/o.csv")),
        (Some(0), "region,n\neste,1\n".to_owned()),
        "{run:?}"
    );
}

#[test]
fn el_esquema_json_nombra_los_pasos_y_es_el_que_hay_en_el_repositorio() {
    let run = Bancada::nueva().corre(&["esquema"]);
    let esquema: Value = serde_json::from_str(&run.stdout_text()).unwrap();
    assert_eq!(
        esquema["required"],
        serde_json::json!(["entradas", "salida"])
    );
    assert_eq!(esquema["additionalProperties"], Value::Bool(false));
    let pasos = esquema["$defs"]["Paso"]["oneOf"].as_array().unwrap();
    assert_eq!(pasos.len(), 12);
    // The file that the examples' first line points the editor at.
    let guardado = std::fs::read_to_string(tuberias().join("transforma.schema.json")).unwrap();
    assert!(
        guardado == run.stdout_text(),
        "ejecute: transforma esquema > data/tuberias/transforma.schema.json"
    );
}

#[test]
fn corre_en_un_entorno_vacio_y_no_enlaza_python_ni_java() {
    let b = bancada();
    let run = b
        .comando(&["t.yaml", "--silencioso"])
        .env_clear()
        .run()
        .unwrap();
    assert_eq!(run.code, Some(0), "{run:?}");
    let ldd = Command::new("ldd")
        .arg(crate::bancada::binario())
        .output()
        .unwrap();
    let bibliotecas = String::from_utf8(ldd.stdout).unwrap();
    for linea in bibliotecas.lines() {
        let nombre = linea.split_whitespace().next().unwrap();
        let nombre = nombre.rsplit('/').next().unwrap();
        let de_glibc = [
            "linux-vdso",
            "libc.",
            "libm.",
            "libgcc_s.",
            "libpthread.",
            "libdl.",
            "librt.",
            "ld-linux",
        ];
        assert!(de_glibc.iter().any(|g| nombre.starts_with(g)), "{linea}");
    }
}
