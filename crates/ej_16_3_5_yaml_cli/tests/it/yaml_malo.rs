//! A YAML that is wrong: exit 2, one line, with line, column, the key and the nearest one. Nothing is written.

use crate::bancada::Bancada;
use ecommerce_testkit::temp::Tree;

const BASE: &str = "entradas: { v: { ruta: v.csv } }\nsalida: { ruta: o.csv }\npasos:\n";

fn bancada() -> Bancada {
    let bancada = Bancada::nueva();
    bancada.escribe("v.csv", "monto,region\n1.5,norte\n");
    bancada
}

/// Fails with 2 and says these things, and leaves the directory as it was.
fn mal(yaml: &str, dice: &[&str]) {
    let bancada = bancada();
    bancada.escribe("t.yaml", yaml);
    let antes = Tree::of(bancada.raiz()).unwrap();
    let (codigo, mensaje) = crate::bancada::error(&bancada.corre(&["t.yaml"]));
    assert_eq!(codigo, 2, "{mensaje}");
    for parte in dice {
        assert!(mensaje.contains(parte), "«{parte}» en: {mensaje}");
    }
    assert_eq!(antes.changes(&Tree::of(bancada.raiz()).unwrap()), []);
}

#[test]
fn una_clave_que_no_existe_dice_donde_y_cual_seria() {
    mal(
        &format!("{BASE}  - filtrra: monto > 1\n"),
        &["t.yaml:4:5:", "«filtrra»", "¿quería decir «filtrar»?"],
    );
    mal(
        &format!("{BASE}  - agrupar: {{ pro: region, calcular: {{ x: SUM(monto) }} }}\n"),
        &["t.yaml:4:16:", "«pro»", "«por»"],
    );
    mal(
        "entrada: {}\nsalida: { ruta: o.csv }\n",
        &["t.yaml:1:1:", "«entrada»", "«entradas»"],
    );
    mal(
        "entradas: { v: { ruta: v.csv, csv: { seprador: ';' } } }\nsalida: { ruta: o.csv }\n",
        &["t.yaml:1:38:", "«seprador»", "«separador»"],
    );
    mal(
        &format!("{BASE}  - unir: {{ con: v, por: region, tipo: izqierda }}\n"),
        &["t.yaml:4:40:", "«izqierda»", "«izquierda»"],
    );
}

#[test]
fn lo_que_falta_o_sobra_se_nombra() {
    mal(
        "entradas: { v: { ruta: v.csv } }\n",
        &["falta la clave «salida»"],
    );
    mal("salida: { ruta: o.csv }\n", &["falta la clave «entradas»"]);
    mal(
        "entradas: {}\nsalida: { ruta: o.csv }\n",
        &["«entradas» está vacío"],
    );
    mal("", &["la tubería está vacía"]);
    mal("# nada\n", &["la tubería está vacía"]);
    mal(
        "entradas: { v: {} }\nsalida: { ruta: o.csv }\n",
        &["t.yaml:1:16:", "no lleva «ruta» ni «desde»"],
    );
    mal(
        "entradas: { v: { ruta: a, desde: b } }\nsalida: { ruta: o.csv }\n",
        &["t.yaml:1:34:", "no las dos"],
    );
    mal(
        &format!("{BASE}  - limitar: tres\n"),
        &["t.yaml:4:", "un número de filas", "tres"],
    );
    mal(&format!("{BASE}  - limitar: -1\n"), &["t.yaml:4:", "-1"]);
    mal(
        &format!("{BASE}  - filtrar: monto > 1\n    limitar: 2\n"),
        &["t.yaml:5:5:", "una sola clave"],
    );
    mal(
        &format!("{BASE}  - muestrear: {{ semilla: 1 }}\n"),
        &["t.yaml:4:", "«filas» o «fraccion»"],
    );
    mal(
        &format!("{BASE}  - muestrear: {{ fraccion: 1.5 }}\n"),
        &["t.yaml:4:", "de 0 a 1"],
    );
    mal(
        &format!("{BASE}  - filtrar:\n"),
        &["t.yaml:4:", "falta el valor"],
    );
}

#[test]
fn una_clave_repetida_dice_la_segunda() {
    mal(
        &format!("{BASE}  - filtrar: monto > 1\npasos: []\n"),
        &["t.yaml:5:1:", "«pasos»", "repetida"],
    );
    mal(
        &format!("{BASE}  - derivar: {{ a: 1, a: 2 }}\n"),
        &["t.yaml:4:22:", "«a»", "repetida"],
    );
}

#[test]
fn un_tabulador_en_la_sangria_se_dice() {
    mal(
        &format!("{BASE}\t- filtrar: monto > 1\n"),
        &["t.yaml:4:", "tabulador"],
    );
}

#[test]
fn lo_que_no_es_yaml_dice_donde_deja_de_serlo() {
    mal(
        "entradas: { v: { ruta: v.csv }\nsalida: { ruta: o.csv }\n",
        &["t.yaml:2:", "no es YAML"],
    );
    mal("entradas: [\n", &["t.yaml:"]);
    mal("- uno\n- dos\n", &["t.yaml:1:1:", "un mapa"]);
    mal(
        "entradas: { v: { ruta: *nada } }\nsalida: { ruta: o.csv }\n",
        &["t.yaml:1:", "ancla"],
    );
    mal(
        "entradas: { v: { ruta: v.csv } }\nsalida: { ruta: o.csv }\n---\nentradas: {}\n",
        &["t.yaml:3:"],
    );
}

#[test]
fn una_bomba_de_anclas_o_de_profundidad_se_rechaza_enseguida() {
    let mut bomba =
        String::from("entradas: { v: { ruta: v.csv } }\nsalida: { ruta: o.csv }\npasos:\n");
    bomba.push_str("  - seleccionar: &a [x, x, x, x, x, x, x, x, x, x]\n");
    for (nueva, vieja) in [
        ('b', 'a'),
        ('c', 'b'),
        ('d', 'c'),
        ('e', 'd'),
        ('f', 'e'),
        ('g', 'f'),
    ] {
        let lista = vec![format!("*{vieja}"); 10].join(", ");
        bomba.push_str(&format!("  - seleccionar: &{nueva} [{lista}]\n"));
    }
    mal(&bomba, &["t.yaml:"]);
    mal(&"[".repeat(100_000), &["t.yaml:1:", "anida"]);
    mal(
        &format!("entradas: {}v{}", "{ a: ".repeat(500), " }".repeat(500)),
        &["t.yaml:1:"],
    );
    let muchas: String = (0..30_000)
        .map(|i| format!("  k{i}: {{ ruta: x.csv }}\n"))
        .collect();
    mal(
        &format!("salida: {{ ruta: o.csv }}\nentradas:\n{muchas}"),
        &["t.yaml:", "más de lo que una tubería necesita"],
    );
}

#[test]
fn una_tuberia_enorme_o_que_no_es_texto_no_se_lee_entera() {
    mal(&format!("# {}\n", "x".repeat(2 << 20)), &["pasa de 1 MiB"]);
    let bancada = bancada();
    bancada.escribe("t.yaml", b"entradas: \xff\xfe");
    let (codigo, mensaje) = crate::bancada::error(&bancada.corre(&["t.yaml"]));
    assert_eq!(
        (codigo, mensaje.contains("no es texto UTF-8")),
        (2, true),
        "{mensaje}"
    );
    for (ruta, dice) in [
        ("no_esta.yaml", "no existe"),
        (".", "no es un archivo"),
        ("/dev/zero", "no es un archivo"),
    ] {
        let (codigo, mensaje) = crate::bancada::error(&bancada.corre(&[ruta]));
        assert_eq!((codigo, mensaje.contains(dice)), (2, true), "{mensaje}");
    }
}

#[test]
fn las_entradas_que_se_usan_en_circulo_se_siguen_hasta_cerrarlo() {
    mal(
        "entradas:\n  a: { desde: b }\n  b: { desde: c, pasos: [ { limitar: 1 } ] }\n  c: { desde: a }\ndesde: a\nsalida: { ruta: o.csv }\n",
        &["t.yaml:4:15:", "a → b → c → a"],
    );
    mal(
        "entradas:\n  a: { ruta: v.csv, pasos: [ { unir: { con: a, por: region } } ] }\nsalida: { ruta: o.csv }\n",
        &["t.yaml:2:", "a → a"],
    );
    mal(
        "entradas:\n  a: { ruta: v.csv, pasos: [ { sql: SELECT * FROM b } ] }\n  b: { desde: a }\ndesde: b\nsalida: { ruta: o.csv }\n",
        &["t.yaml:2:", "b → a → b"],
    );
}

#[test]
fn una_entrada_que_no_esta_declarada_sugiere_otra() {
    mal(
        &format!("{BASE}  - unir: {{ con: w, por: region }}\n"),
        &["t.yaml:4:18:", "«w»"],
    );
    mal(
        "entradas: { ventas: { ruta: v.csv } }\ndesde: venta\nsalida: { ruta: o.csv }\n",
        &["t.yaml:2:8:", "¿quería decir «ventas»?"],
    );
    mal(
        "entradas: { a: { ruta: v.csv }, b: { ruta: v.csv } }\nsalida: { ruta: o.csv }\n",
        &["t.yaml:1:33:", "desde"],
    );
    mal(
        "entradas: { actual: { ruta: v.csv } }\nsalida: { ruta: o.csv }\n",
        &["t.yaml:1:13:", "«actual»"],
    );
}

#[test]
fn las_rutas_que_no_se_admiten_se_dicen_sin_tocar_nada() {
    mal(
        "entradas: { v: { ruta: 'http://x/y.csv' } }\nsalida: { ruta: o.csv }\n",
        &["t.yaml:1:24:", "«http://»"],
    );
    mal(
        "entradas: { v: { ruta: 's3://a:b@c/d.csv' } }\nsalida: { ruta: o.csv }\n",
        &["t.yaml:1:24:", "credenciales"],
    );
    mal(
        "entradas: { v: { ruta: 's3://cubo' } }\nsalida: { ruta: o.csv }\n",
        &["t.yaml:1:24:", "s3://cubo/clave"],
    );
    mal(
        "entradas: { v: { ruta: v.csv } }\nsalida: { ruta: o }\n",
        &["t.yaml:2:17:", "formato"],
    );
    mal(
        "entradas: { v: { ruta: v.csv } }\nsalida: { ruta: no/hay/o.csv }\n",
        &["t.yaml:2:17:", "mkdir -p"],
    );
    mal(
        "entradas: { v: { ruta: v.csv } }\nsalida: { ruta: o.csv, compresion: zstd }\n",
        &["t.yaml:2:36:", "solo para Parquet"],
    );
    mal(
        "entradas: { v: { ruta: v.csv, csv: { separador: ';;' } } }\nsalida: { ruta: o.csv }\n",
        &["t.yaml:1:49:", "un solo carácter"],
    );
    mal(
        "entradas: { v: { ruta: v.csv, csv: { coma_decimal: true } } }\nsalida: { ruta: o.csv }\n",
        &["coma_decimal"],
    );
}
