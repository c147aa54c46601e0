//! What the percentiles make of nulls, NaN and infinities, what they refuse, and the buckets of the approximate one.

use crate::percentiles::{casi, con_tabla, mayor_vecino, ordenando};
use crate::{contexto, filas, numeros};
use datafusion::arrow::array::{ArrayRef, Float64Array, Int64Array, ListArray};
use datafusion::arrow::datatypes::{DataType, Field, Int64Type, Schema};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::AggregateUDFImpl;
use datafusion::logical_expr::function::AccumulatorArgs;
use datafusion::physical_expr::expressions::lit;
use ej_16_4_2_udf::{
    Cubos, ERROR_RELATIVO, PercentilAproximado, PercentilExacto, UdfError, percentil_de,
};
use proptest::prelude::*;
use std::sync::Arc;

#[tokio::test]
async fn los_nulos_no_cuentan_un_nan_se_contagia_y_los_infinitos_son_valores() {
    let inf = f64::INFINITY;
    for (valores, p, esperado) in [
        (vec![], 0.5, None),
        (vec![None, None], 0.5, None),
        (vec![None, Some(7.0), None], 0.9, Some(7.0)),
        (
            vec![Some(1.0), Some(f64::NAN), Some(2.0)],
            0.0,
            Some(f64::NAN),
        ),
        (vec![Some(1.0), Some(-f64::NAN)], 1.0, Some(f64::NAN)),
        (vec![Some(-inf), Some(1.0), Some(inf)], 0.5, Some(1.0)),
        (vec![Some(-inf), Some(1.0), Some(inf)], 0.0, Some(-inf)),
        (vec![Some(inf), Some(inf), Some(0.0)], 1.0, Some(inf)),
        (vec![Some(-0.0), Some(0.0)], 0.5, Some(0.0)),
        (vec![Some(-8.0), Some(8.0), Some(0.0)], 0.5, Some(0.0)),
    ] {
        let ctx = contexto();
        let filas: Vec<_> = valores.iter().map(|valor| (1, *valor)).collect();
        con_tabla(&ctx, &filas, 2, 1);
        for funcion in ["percentil_exacto", "percentil_aproximado"] {
            let sql = format!("SELECT {funcion}(x, {p:?}) FROM t");
            let hallado = numeros(&ctx, &sql).await.unwrap()[0];
            let cerca = match (hallado, esperado) {
                (Some(a), Some(b)) if b.is_finite() => {
                    (a - b).abs() <= ERROR_RELATIVO * b.abs() * (1.0 + 1e-9)
                }
                _ => casi(hallado, esperado),
            };
            assert!(cerca, "{funcion} de {valores:?}: {hallado:?}");
        }
    }
}

#[tokio::test]
async fn lo_que_no_es_un_percentil_es_un_error_con_tipo_y_un_texto_uno_al_planificar() {
    let ctx = contexto();
    con_tabla(&ctx, &[(1, Some(1.0)), (2, Some(2.0))], 1, 10);
    for funcion in ["percentil_exacto", "percentil_aproximado"] {
        for grupo in ["", " GROUP BY g"] {
            for p in ["1.5", "-0.1", "'NaN'::double", "75"] {
                let sql = format!("SELECT {funcion}(x, {p}) FROM t{grupo}");
                let error = filas(&ctx, &sql).await.unwrap_err();
                let fuera = matches!(
                    UdfError::of(&error),
                    Some(UdfError::PercentileOutOfRange { .. })
                );
                assert!(fuera, "{p}: {error}");
            }
            for p in ["g", "x", "NULL"] {
                let sql = format!("SELECT {funcion}(x, {p}) FROM t{grupo}");
                let error = filas(&ctx, &sql).await.unwrap_err();
                let variable = matches!(UdfError::of(&error), Some(UdfError::NotConstant { .. }));
                assert!(variable, "{p}: {error}");
            }
            let sql = format!("SELECT {funcion}(DISTINCT x, 0.5) FROM t{grupo}");
            let error = filas(&ctx, &sql).await.unwrap_err();
            assert!(
                matches!(UdfError::of(&error), Some(UdfError::Distinct { .. })),
                "{error}"
            );
        }
        for argumentos in [
            "'norte', 0.5",
            "x, 'mediana'",
            "x",
            "x, 0.5, 1",
            "true, 0.5",
        ] {
            let error = ctx
                .sql(&format!("SELECT {funcion}({argumentos}) FROM t"))
                .await
                .unwrap_err();
            assert!(
                matches!(error.find_root(), DataFusionError::Plan(_)),
                "{argumentos}: {error}"
            );
        }
        // An expression of constants is one, once the optimizer has been there; so is an integer.
        let sql = format!("SELECT {funcion}(g, 0.2 + 0.3) FROM t");
        let mediana = numeros(&ctx, &sql).await.unwrap()[0].unwrap();
        assert!((mediana - 1.5).abs() < 0.02, "{mediana}");
    }
}

#[test]
fn los_cubos_son_los_mismos_en_cualquier_orden_y_pocos() {
    let valores: Vec<f64> = (1..=1_100_000)
        .step_by(37)
        .map(|centavos| centavos as f64 / 100.0)
        .collect();
    let mut del_derecho = Cubos::default();
    let mut del_reves = Cubos::default();
    valores.iter().for_each(|valor| del_derecho.cuenta(*valor));
    valores
        .iter()
        .rev()
        .for_each(|valor| del_reves.cuenta(*valor));
    assert_eq!(del_derecho, del_reves);
    let cubos = del_derecho.iter().count();
    assert!((300..=700).contains(&cubos), "{cubos}");
    // From end to end of the doubles.
    let mut de_punta_a_punta = Cubos::default();
    for exponente in -1_074..1_024 {
        for paso in 0..70 {
            let valor = 2f64.powi(exponente) * (1.0 + f64::from(paso) / 70.0);
            de_punta_a_punta.cuenta(valor);
            de_punta_a_punta.cuenta(-valor);
        }
    }
    let cubos = de_punta_a_punta.iter().count();
    assert!((141_000..143_000).contains(&cubos), "{cubos}");
}

/// A state that a damaged or foreign plan hands over is an error, not an index out of bounds.
#[test]
fn un_estado_ajeno_es_un_error_con_tipo() {
    let esquema = Schema::empty();
    let funciones: [Arc<dyn AggregateUDFImpl>; 2] = [
        Arc::new(PercentilExacto::default()),
        Arc::new(PercentilAproximado::default()),
    ];
    for funcion in funciones {
        let argumentos = || AccumulatorArgs {
            return_field: Arc::new(Field::new("p", DataType::Float64, true)),
            schema: &esquema,
            ignore_nulls: false,
            order_bys: &[],
            is_reversed: false,
            name: "p",
            is_distinct: false,
            exprs: &[],
            expr_fields: &[],
        };
        assert!(funcion.accumulator(argumentos()).is_err());
        let constantes = [lit(1.0), lit(0.5)];
        let mut con = argumentos();
        con.exprs = &constantes;
        let mut acumulador = funcion.accumulator(con).unwrap();
        let numeros: ArrayRef = Arc::new(Float64Array::from(vec![1.0]));
        let textos = ListArray::from_iter_primitive::<Int64Type, _, _>([Some([Some(1)])]);
        for ajeno in [
            vec![],
            vec![numeros.clone(), numeros.clone()],
            vec![Arc::new(textos.clone()) as _, Arc::new(textos) as _],
        ] {
            let error = acumulador.merge_batch(&ajeno).unwrap_err();
            assert!(
                matches!(UdfError::of(&error), Some(UdfError::ForeignState { .. })),
                "{error}"
            );
        }
        let error = acumulador
            .update_batch(&[Arc::new(Int64Array::from(vec![1]))])
            .unwrap_err();
        assert!(
            matches!(UdfError::of(&error), Some(UdfError::ArgumentType { .. })),
            "{error}"
        );
        assert!(
            acumulador
                .state()
                .unwrap()
                .iter()
                .all(|estado| !estado.is_null())
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn seleccionar_es_ordenar(mut valores in prop::collection::vec(-1e9..1e9f64, 0..60), p in 0.0..=1.0f64) {
        let ordenado = ordenando(&valores, p);
        let hallado = percentil_de(&mut valores, p);
        // On numbers of both signs the two formulas differ by the rounding of the larger.
        let mayor = valores.iter().fold(0.0_f64, |mayor, valor| mayor.max(valor.abs()));
        match (hallado, ordenado) {
            (Some(a), Some(b)) => prop_assert!((a - b).abs() <= 1e-14 * mayor, "{a} {b}"),
            (a, b) => prop_assert_eq!(a, b),
        }
    }

    #[test]
    fn los_cubos_cumplen_su_cota(
        valores in prop::collection::vec(prop_oneof![-1e9..1e9f64, -1.0..1.0f64, Just(0.0), 1e-300..1e-290f64, 1e300..1e308f64], 1..60),
        p in 0.0..=1.0f64,
    ) {
        let mut cubos = Cubos::default();
        valores.iter().for_each(|valor| cubos.cuenta(*valor));
        let hallado = cubos.percentil(p).unwrap();
        let exacto = ordenando(&valores, p).unwrap();
        let cota = ERROR_RELATIVO * mayor_vecino(&valores, p) * (1.0 + 1e-9);
        prop_assert!((hallado - exacto).abs() <= cota, "{hallado} {exacto}");
    }
}
