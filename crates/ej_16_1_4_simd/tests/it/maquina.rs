//! What the machine says of itself.

use ej_16_1_4_simd::machine::{Caches, Level, features};
use std::fs;

#[test]
fn las_caches_se_leen_de_sysfs_y_la_de_instrucciones_no_cuenta() {
    let raiz = std::env::temp_dir().join(format!("ej_16_1_4_caches_{}", std::process::id()));
    let escribe = |indice: usize, nivel: &str, tipo: &str, tamano: &str| {
        let carpeta = raiz.join(format!("index{indice}"));
        fs::create_dir_all(&carpeta).unwrap();
        for (archivo, texto) in [("level", nivel), ("type", tipo), ("size", tamano)] {
            fs::write(carpeta.join(archivo), format!("{texto}\n")).unwrap();
        }
    };
    escribe(0, "1", "Data", "48K");
    escribe(1, "1", "Instruction", "64K");
    escribe(2, "2", "Unified", "2M");
    escribe(3, "3", "Unified", "no es un número");
    let vistas = Caches::read(&raiz);
    fs::remove_dir_all(&raiz).unwrap();
    let esperadas = Caches {
        l1: Some(48 << 10),
        l2: Some(2 << 20),
        l3: None,
    };
    assert_eq!(vistas, esperadas);
    assert_eq!(
        vistas.to_string(),
        "L1 de datos 48 KiB, L2 2048 KiB, L3 no consta"
    );
    assert_eq!(Caches::read(&raiz), Caches::default());
}

#[test]
fn cada_columna_cabe_en_su_nivel_y_no_en_el_anterior() {
    let con = |l1, l2, l3| {
        Caches {
            l1: Some(l1),
            l2: Some(l2),
            l3: Some(l3),
        }
        .levels()
    };
    for niveles in [
        con(32 << 10, 1 << 20, 32 << 20),
        con(48 << 10, 2 << 20, 105 << 20),
        con(64 << 10, 512 << 10, 4 << 20),
    ] {
        assert_eq!(niveles.map(|nivel| nivel.name), ["L1", "L2", "L3", "RAM"]);
        assert!(
            niveles.is_sorted_by(|menor: &Level, mayor| 2 * menor.bytes < mayor.bytes),
            "{niveles:?}"
        );
        assert!(niveles.iter().all(|nivel| nivel.bytes % 64 == 0));
    }
    let [l1, l2, l3, ram] = con(32 << 10, 1 << 20, 32 << 20).map(|nivel| nivel.bytes);
    assert_eq!((l1, l2, l3, ram), (16 << 10, 512 << 10, 8 << 20, 128 << 20));
    assert_eq!(Caches::default().levels(), con(32 << 10, 1 << 20, 32 << 20));
}

#[test]
fn lo_que_se_dice_del_procesador_decide_lo_que_hay() {
    use ej_16_1_4_simd::Variante;
    let tiene = |nombre: &str| features().iter().any(|(que, si)| *que == nombre && *si);
    assert_eq!(Variante::Avx2.esta_disponible(), tiene("avx2"));
    assert_eq!(
        Variante::Avx512X8.esta_disponible(),
        tiene("avx512f") && tiene("avx2") && tiene("popcnt")
    );
    assert_eq!(Variante::NeonX8.esta_disponible(), tiene("neon"));
}

#[test]
fn las_dos_formas_de_leer_leen_lo_mismo_y_todo() {
    use ej_16_1_4_simd::bandwidth::{lee_ocho_lugares, lee_seguido};
    // More than a window of eight places, and then something.
    for longitud in [0, 1, 31, 32, 100, 70_000, 140_001] {
        let mut datos = vec![0.0; longitud];
        assert_eq!((lee_seguido(&datos), lee_ocho_lugares(&datos)), (0, 0));
        for sitio in [0, longitud / 3, longitud.saturating_sub(1)] {
            if let Some(x) = datos.get_mut(sitio) {
                *x = f64::from_bits(1 << (sitio % 50));
            }
        }
        let esperado = datos.iter().fold(0, |palabra, x| palabra | x.to_bits());
        assert_eq!(
            (lee_seguido(&datos), lee_ocho_lugares(&datos)),
            (esperado, esperado),
            "{longitud}"
        );
    }
}
