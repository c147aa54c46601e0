//! What the compiler says of the guide's function, and what it makes of its loop with the guide's flags.

use std::fs;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Compiles a library from its text, optimized: its assembly, or what the compiler said.
fn rustc(texto: &str, edicion: &str, opciones: &[&str]) -> Result<String, String> {
    static LLAMADAS: AtomicUsize = AtomicUsize::new(0);
    let llamada = LLAMADAS.fetch_add(1, Ordering::Relaxed);
    let carpeta = std::env::temp_dir().join(format!("ej_16_1_4_{}_{llamada}", std::process::id()));
    fs::create_dir_all(&carpeta).unwrap();
    fs::write(carpeta.join("guia.rs"), texto).unwrap();
    let compilador = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let salida = Command::new(compilador)
        .current_dir(&carpeta)
        .args([
            "--edition",
            edicion,
            "--crate-type",
            "lib",
            "-C",
            "opt-level=3",
        ])
        .args(["--emit", "asm", "-o", "guia.s", "guia.rs"])
        .args(opciones)
        .output()
        .unwrap();
    let ensamblador = fs::read_to_string(carpeta.join("guia.s"));
    fs::remove_dir_all(&carpeta).unwrap();
    if salida.status.success() {
        Ok(ensamblador.unwrap())
    } else {
        Err(String::from_utf8(salida.stderr).unwrap())
    }
}

/// The instructions of a function in the assembly, one a line.
fn cuerpo<'a>(ensamblador: &'a str, funcion: &str) -> Vec<&'a str> {
    let desde = ensamblador
        .lines()
        .skip_while(|linea| *linea != format!("{funcion}:"));
    let cuerpo: Vec<_> = desde
        .take_while(|linea| !linea.trim_start().starts_with(".cfi_endproc"))
        .map(str::trim)
        .collect();
    assert!(cuerpo.len() > 3, "{funcion} no está en el ensamblador");
    cuerpo
}

fn usa(cuerpo: &[&str], instruccion: &str) -> bool {
    cuerpo
        .iter()
        .any(|linea| linea.split_whitespace().next() == Some(instruccion))
}

const BUCLES: &str = "
    #[unsafe(no_mangle)]
    pub fn suma_escalar(datos: &[f64]) -> f64 {
        let mut suma = 0.0;
        for &x in datos { suma += x; }
        suma
    }
    #[unsafe(no_mangle)]
    pub fn suma_enteros(datos: &[i64]) -> i64 {
        let mut suma = 0_i64;
        for &x in datos { suma = suma.wrapping_add(x); }
        suma
    }
";

#[test]
#[cfg(target_arch = "x86_64")]
fn target_cpu_native_no_vectoriza_la_suma_de_f64_y_si_la_de_enteros() {
    let ensamblador = rustc(BUCLES, "2024", &["-C", "target-cpu=native"]).unwrap();
    let floats = cuerpo(&ensamblador, "suma_escalar");
    assert!(usa(&floats, "vaddsd") || usa(&floats, "addsd"));
    assert!(
        !usa(&floats, "vaddpd") && !usa(&floats, "addpd"),
        "{floats:#?}"
    );
    let enteros = cuerpo(&ensamblador, "suma_enteros");
    assert!(
        usa(&enteros, "vpaddq") || usa(&enteros, "paddq"),
        "{enteros:#?}"
    );
}

#[test]
#[cfg(target_arch = "x86_64")]
fn sin_target_cpu_tambien_se_vectorizan_los_enteros() {
    // SSE2 is part of x86-64: leave is needed for wider vectors, not for vectors.
    let ensamblador = rustc(BUCLES, "2024", &["-C", "target-cpu=x86-64"]).unwrap();
    assert!(usa(&cuerpo(&ensamblador, "suma_enteros"), "paddq"));
    assert!(!usa(&cuerpo(&ensamblador, "suma_escalar"), "addpd"));
}

/// The guide's loop over the pieces and the use of the iterator after it.
const DE_LA_GUIA: &str = "
    use std::arch::x86_64::*;
    pub unsafe fn suma_avx2(datos: &[f64]) -> f64 {
        let mut acum = _mm256_setzero_pd();
        let chunks = datos.chunks_exact(4);
        for chunk in chunks {
            acum = _mm256_add_pd(acum, _mm256_loadu_pd(chunk.as_ptr()));
        }
        let _ = acum;
        chunks.remainder().iter().sum::<f64>()
    }
";

#[test]
#[cfg(target_arch = "x86_64")]
fn la_funcion_de_la_guia_no_compila_porque_el_bucle_se_lleva_el_iterador() {
    for edicion in ["2021", "2024"] {
        let mensaje = rustc(DE_LA_GUIA, edicion, &[]).unwrap_err();
        assert!(
            mensaje.contains("error[E0382]: borrow of moved value: `chunks`"),
            "{mensaje}"
        );
        assert_eq!(mensaje.matches("error[").count(), 1, "{mensaje}");
    }
    let corregida = DE_LA_GUIA
        .replace("let chunks", "let mut chunks")
        .replace("in chunks", "in &mut chunks");
    assert!(rustc(&corregida, "2021", &[]).is_ok());
}
