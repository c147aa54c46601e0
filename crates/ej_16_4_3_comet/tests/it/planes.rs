//! Plans of a real run of Spark 3.5.7 with Comet 0.12.0, read back; and texts that are no plans.

use ej_16_4_3_comet::{Coverage, Engine, Node, Plan, PlanError};
use proptest::prelude::*;

const REVENUE: &str = include_str!("../planes/revenue.comet.txt");
const USUARIOS: &str = include_str!("../planes/usuarios.comet.txt");
const USUARIOS_SPARK: &str = include_str!("../planes/usuarios.spark.txt");
const PYTHON: &str = include_str!("../planes/centavos_python.comet.txt");
const PYTHON_SPARK: &str = include_str!("../planes/centavos_python.spark.txt");

#[test]
fn con_comet_la_consulta_de_revenue_es_nativa_de_abajo_arriba() {
    let plan = Plan::parse(REVENUE).unwrap();
    let nativos = [
        "CometSort",
        "CometExchange",
        "CometHashAggregate",
        "CometExchange",
        "CometHashAggregate",
        "CometFilter",
        "CometScan",
    ];
    assert_eq!(plan.names(Engine::Native), nativos);
    assert_eq!(plan.names(Engine::Transition), ["CometColumnarToRow"]);
    assert_eq!(
        plan.coverage(),
        Coverage {
            nativos: 7,
            transiciones: 1,
            ..Coverage::default()
        }
    );
    assert_eq!(plan.coverage().share(), Some(1.0));
}

#[test]
fn contar_distintos_baja_a_la_jvm_en_medio_y_vuelve_en_un_intercambio_que_el_plan_no_llama_transicion()
 {
    let plan = Plan::parse(USUARIOS).unwrap();
    assert_eq!(plan.names(Engine::Jvm), ["HashAggregate", "HashAggregate"]);
    assert_eq!(
        plan.names(Engine::Transition),
        ["CometColumnarToRow", "ColumnarToRow"]
    );
    // What Comet said of this plan: 14 of 16 operators, 2 transitions.
    let esperada = Coverage {
        nativos: 14,
        jvm: 2,
        python: 0,
        transiciones: 2,
        conversiones_ocultas: 1,
    };
    assert_eq!(plan.coverage(), esperada);
}

#[test]
fn spark_sin_comet_tambien_pasa_de_columnas_a_filas_una_vez_por_lectura() {
    let plan = Plan::parse(USUARIOS_SPARK).unwrap();
    assert_eq!(
        plan.names(Engine::Transition),
        ["ColumnarToRow", "ColumnarToRow"]
    );
    assert!(plan.names(Engine::Native).is_empty());
    assert_eq!(
        plan.names(Engine::Jvm)
            .iter()
            .filter(|n| **n == "FileScan")
            .count(),
        2
    );
}

#[test]
fn una_funcion_de_python_deja_nativo_lo_de_debajo_y_no_lo_de_su_etapa() {
    let plan = Plan::parse(PYTHON).unwrap();
    assert_eq!(plan.names(Engine::Python), ["BatchEvalPython"]);
    assert_eq!(
        plan.names(Engine::Jvm),
        ["HashAggregate", "HashAggregate", "Project"]
    );
    // What Comet said of this plan: 5 of 9 operators, 3 transitions.
    let esperada = Coverage {
        nativos: 5,
        jvm: 4,
        python: 1,
        transiciones: 3,
        conversiones_ocultas: 2,
    };
    assert_eq!(plan.coverage(), esperada);
    assert_eq!(
        Plan::parse(PYTHON_SPARK).unwrap().names(Engine::Python),
        ["BatchEvalPython"]
    );
}

#[test]
fn el_arbol_es_el_del_dibujo() {
    let plan = Plan::parse(USUARIOS).unwrap();
    let join = plan
        .nodes()
        .into_iter()
        .find(|n| n.operator.name() == "CometBroadcastHashJoin")
        .unwrap();
    assert_eq!(join.detail, "[user_id#1L], [id#10L], LeftOuter, BuildRight");
    let hijos: Vec<_> = join.children.iter().map(|n| n.operator.name()).collect();
    assert_eq!(hijos, ["CometProject", "BroadcastQueryStage"]);
    let hojas = |n: &&Node| n.children.is_empty();
    let lecturas: Vec<_> = plan
        .nodes()
        .into_iter()
        .filter(hojas)
        .map(|n| n.operator.name())
        .collect();
    assert_eq!(lecturas, ["CometScan", "CometScan"]);
}

#[test]
fn una_subconsulta_cuelga_de_quien_la_usa_y_su_plan_inicial_no_cuenta() {
    let texto = "\
AdaptiveSparkPlan isFinalPlan=true
+- == Final Plan ==
   *(1) CometColumnarToRow
   +- CometFilter [a#1], (a#1 > Subquery subquery#7, [id=#9])
      :  +- Subquery subquery#7, [id=#9]
      :     +- AdaptiveSparkPlan isFinalPlan=true
      :        +- == Final Plan ==
                  *(2) HashAggregate(keys=[], functions=[max(a#1)])
                  +- *(2) ColumnarToRow
                     +- FileScan parquet [a#1]
      :        +- == Initial Plan ==
                  HashAggregate(keys=[], functions=[max(a#1)])
                  +- FileScan parquet [a#1]
      +- CometScan parquet [a#1]
+- == Initial Plan ==
   Filter (a#1 > Subquery subquery#7, [id=#9])
   +- FileScan parquet [a#1]
";
    let plan = Plan::parse(texto).unwrap();
    assert_eq!(
        plan.coverage(),
        Coverage {
            nativos: 2,
            jvm: 2,
            transiciones: 2,
            ..Coverage::default()
        }
    );
    let filtro = plan
        .nodes()
        .into_iter()
        .find(|n| n.operator.name() == "CometFilter")
        .unwrap();
    let hijos: Vec<_> = filtro.children.iter().map(|n| n.operator.name()).collect();
    assert_eq!(hijos, ["Subquery", "CometScan"]);
}

#[test]
fn la_salida_de_explain_se_lee_igual_y_sin_plan_final_vale_el_que_hay() {
    let texto = "== Physical Plan ==\n*(1) Project [a#1]\n+- *(1) ColumnarToRow\n   +- FileScan parquet [a#1]\n\n";
    let plan = Plan::parse(texto).unwrap();
    assert_eq!(
        (plan.root().operator.name(), plan.coverage().jvm),
        ("Project", 2)
    );
    let inicial = "AdaptiveSparkPlan isFinalPlan=false\n+- HashAggregate(keys=[])\n   +- Exchange SinglePartition\n";
    assert_eq!(Plan::parse(inicial).unwrap().coverage().jvm, 2);
}

#[test]
fn lo_que_no_es_un_plan_se_dice_con_su_linea() {
    assert_eq!(Plan::parse("").unwrap_err(), PlanError::Empty);
    assert_eq!(Plan::parse("\n  \n").unwrap_err(), PlanError::Empty);
    assert_eq!(
        Plan::parse("== Final Plan ==\n").unwrap_err(),
        PlanError::Empty
    );
    assert_eq!(
        Plan::parse("Sort\n+- \n").unwrap_err(),
        PlanError::NoName { line: 2 }
    );
    assert_eq!(
        Plan::parse("Sort\n+- (a)\n").unwrap_err(),
        PlanError::NoName { line: 2 }
    );
    let dos = Plan::parse("Sort\n+- FileScan\nSort\n").unwrap_err();
    assert_eq!(
        dos,
        PlanError::SecondRoot {
            line: 3,
            name: "Sort".into()
        }
    );
    assert_eq!(dos.to_string(), "line 3: `Sort` is a second root");
}

/// A tree, drawn as Spark draws it.
fn dibujar(profundidades: &[usize]) -> String {
    let linea = |(i, p): (usize, &usize)| match p {
        0 => format!("Nodo{i} [a#1]"),
        p => format!("{}+- *({i}) Nodo{i} [a#1]", "   ".repeat(p - 1)),
    };
    profundidades
        .iter()
        .enumerate()
        .map(linea)
        .collect::<Vec<_>>()
        .join("\n")
}

proptest! {
    #[test]
    fn todo_operador_dibujado_esta_en_el_arbol_y_en_su_orden(pasos in prop::collection::vec(0_usize..4, 0..40)) {
        // Each line hangs at most one deeper than the one before.
        let mut profundidades: Vec<usize> = vec![0];
        for paso in pasos {
            let ultima = profundidades[profundidades.len() - 1];
            profundidades.push((ultima + 1).saturating_sub(paso).max(1));
        }
        let plan = Plan::parse(&dibujar(&profundidades)).unwrap();
        let nombres: Vec<String> = plan.nodes().iter().map(|n| n.operator.name().to_owned()).collect();
        let esperados: Vec<String> = (0..profundidades.len()).map(|i| format!("Nodo{i}")).collect();
        prop_assert_eq!(nombres, esperados);
        prop_assert_eq!(plan.coverage().jvm, profundidades.len());
    }

    #[test]
    fn ningun_texto_hace_entrar_en_panico(texto in "[ :+\\-A-Za-z*()=#\\[\\]\n,ñ]{0,200}") {
        let _ = Plan::parse(&texto);
    }

    #[test]
    fn un_plan_cortado_por_cualquier_linea_sigue_siendo_un_plan_con_menos_operadores(lineas in 1_usize..21) {
        let cortado: Vec<&str> = USUARIOS.lines().take(lineas + 2).collect();
        let plan = Plan::parse(&cortado.join("\n")).unwrap();
        prop_assert!(plan.nodes().len() <= Plan::parse(USUARIOS).unwrap().nodes().len());
    }
}
