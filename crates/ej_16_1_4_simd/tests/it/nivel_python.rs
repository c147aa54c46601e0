//! The same column in Python: numpy, pyarrow and Polars.

use super::exacta::Exacta;
use super::*;
use std::process::{Command, Stdio};

/// Runs a program with the column as its standard input, and returns its `name value` lines.
fn python(programa: &str, datos: &[f64]) -> Vec<(String, String)> {
    let interprete =
        std::env::var_os("ECOMMERCE_PYTHON").expect("ECOMMERCE_PYTHON: cargo xtask test la pone");
    let mut hijo = Command::new(interprete)
        .args(["-c", programa])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let bytes: Vec<u8> = datos.iter().flat_map(|x| x.to_le_bytes()).collect();
    hijo.stdin.take().unwrap().write_all(&bytes).unwrap();
    let salida = hijo.wait_with_output().unwrap();
    assert!(salida.status.success());
    let texto = String::from_utf8(salida.stdout).unwrap();
    let partida = |linea: &str| {
        let (nombre, valor) = linea.split_once(' ')?;
        Some((nombre.to_owned(), valor.to_owned()))
    };
    texto.lines().filter_map(partida).collect()
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn numpy_pyarrow_y_polars_suman_lo_mismo_salvo_los_ultimos_bits() {
    let datos = columna(100_003);
    let exacta = Exacta::de(&datos);
    let sumas = python(
        "import sys, numpy as np, polars as pl, pyarrow as pa, pyarrow.compute as pc\n\
         x = np.frombuffer(sys.stdin.buffer.read())\n\
         print('numpy', float(x.sum()).hex())\n\
         print('polars', pl.Series(x).sum().hex())\n\
         print('pyarrow', pc.sum(pa.array(x)).as_py().hex())\n\
         print('izquierda_a_derecha', float(np.add.accumulate(x)[-1]).hex())\n",
        &datos,
    );
    assert_eq!(sumas.len(), 4);
    for (quien, hexadecimal) in &sumas {
        let suma = hexadecimal_a_f64(hexadecimal);
        exacta.comprueba(suma, datos.len() as u32, quien);
    }
    // The one whose order is known: the scalar sum, bit by bit.
    let escalar = Variante::Escalar.suma(&datos).unwrap();
    assert_eq!(hexadecimal_a_f64(&sumas[3].1).to_bits(), escalar.to_bits());
    assert_ne!(hexadecimal_a_f64(&sumas[0].1).to_bits(), escalar.to_bits());
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn numpy_lleva_simd_con_despacho_y_materializa_cada_paso() {
    let datos = columna(1_000_000);
    let visto = python(
        "import sys, tracemalloc, numpy as np\n\
         from numpy._core import _multiarray_umath as u\n\
         print('despacho', len(u.__cpu_dispatch__))\n\
         x = np.frombuffer(sys.stdin.buffer.read())\n\
         tracemalloc.start()\n\
         positivos = x[x > 0]\n\
         suma = positivos.sum()\n\
         print('pico', tracemalloc.get_traced_memory()[1])\n\
         print('positivos', len(positivos))\n",
        &datos,
    );
    let numero = |nombre: &str| -> usize {
        let (_, valor) = visto.iter().find(|(visto, _)| visto == nombre).unwrap();
        valor.parse().unwrap()
    };
    assert!(numero("despacho") > 0);
    // The mask, a byte an element, and the copy of what is above zero; the kernel asks for nothing.
    let (_, cuenta) = ej_16_1_4_simd::suma_y_cuenta_positivos(&datos);
    assert_eq!(numero("positivos"), cuenta as usize);
    assert!(numero("pico") >= datos.len() + 8 * cuenta as usize);
}

#[test]
#[cfg(target_arch = "x86_64")]
#[ignore = "tier python: cargo xtask test"]
fn la_rueda_de_polars_exige_avx2() {
    let visto = python(
        "from importlib.metadata import requires\n\
         from _polars_runtime_32.build_feature_flags import BUILD_FEATURE_FLAGS\n\
         print('instrucciones', BUILD_FEATURE_FLAGS)\n\
         print('compatible', any('rtcompat' in r for r in requires('polars')))\n",
        &[],
    );
    assert!(visto[0].1.contains("+avx2"), "{visto:?}");
    assert_eq!(visto[1].1, "True");
}

/// Reads Python's `float.hex()`: `-0x1.8p+3`.
fn hexadecimal_a_f64(texto: &str) -> f64 {
    let (signo, texto) = texto
        .strip_prefix('-')
        .map_or((1.0, texto), |resto| (-1.0, resto));
    let (mantisa, exponente) = texto.strip_prefix("0x").unwrap().split_once('p').unwrap();
    let (entero, fraccion) = mantisa.split_once('.').unwrap_or((mantisa, ""));
    let digitos = u64::from_str_radix(&format!("{entero}{fraccion}"), 16).unwrap();
    let exponente: i32 = exponente.parse().unwrap();
    signo * digitos as f64 * 2.0_f64.powi(exponente - 4 * fraccion.len() as i32)
}
