//! The whole matrix again: minutes, for every cell of it is Spark.

mod nivel_jvm {
    use crate::{matriz_de_hoy, matriz_guardada, pagina_guardada};

    #[test]
    #[ignore = "largo: cargo xtask test --largo"]
    fn una_ejecucion_de_hoy_da_la_pagina_guardada() {
        let (hoy, texto) = matriz_de_hoy(&[]);
        let guardada = matriz_guardada();
        for (hoy, antes) in hoy.rows.iter().zip(&guardada.rows) {
            assert_eq!(antes, hoy, "{}: just matriz-delta", hoy.key);
        }
        assert_eq!(hoy, guardada);
        assert_eq!(texto, std::fs::read_to_string(pagina_guardada()).unwrap());
    }
}
