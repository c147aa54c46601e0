//! Reading results: what is one, and what is refused.

use ej_16_4_5_local_engines::{Race, RaceError, State};

const UNA: &str = include_str!("../datos/motores-apretado.json");
const HOLGADA: &str = include_str!("../datos/motores-holgado.json");

#[test]
fn un_resultado_del_duelo_se_lee_con_su_limite_y_su_razon() {
    for (texto, apretada) in [(UNA, true), (HOLGADA, false)] {
        let carreras = Race::read(texto).unwrap();
        assert_eq!(carreras.len(), 1);
        let carrera = &carreras[0];
        assert_eq!(carrera.contendientes.len(), 5);
        assert_eq!(carrera.ratio() > 1.0, apretada, "{}", carrera.ratio());
        let terminan = carrera
            .contendientes
            .iter()
            .filter(|c| c.seconds().is_some());
        assert!(terminan.count() >= 1, "{carrera:?}");
    }
}

#[test]
fn quien_no_termina_no_tiene_tiempo_aunque_lo_diga() {
    let mut carrera = Race::read(UNA).unwrap().remove(0);
    carrera.contendientes[0].estado = State::Distinto;
    carrera.contendientes[0].mediana_s = Some(1.0);
    assert_eq!(carrera.contendientes[0].seconds(), None);
}

#[test]
fn varias_carreras_son_una_lista() {
    let lista = format!("[{UNA}, {HOLGADA}]");
    assert_eq!(Race::read(&lista).unwrap().len(), 2);
    assert!(matches!(Race::read("[]"), Err(RaceError::Empty)));
}

#[test]
fn lo_que_no_es_un_resultado_de_motores_se_rechaza() {
    assert!(matches!(Race::read("{}"), Err(RaceError::Format(_))));
    assert!(matches!(
        Race::read("no es JSON"),
        Err(RaceError::Format(_))
    ));
    let otro = UNA.replace(r#""trabajo": "motores""#, r#""trabajo": "etl""#);
    assert!(matches!(Race::read(&otro), Err(RaceError::OtherWork(nombre)) if nombre == "etl"));
    let limite = Race::read(UNA).unwrap()[0].limite_mb;
    let sin_limite = UNA.replace(&format!(r#""limite_mb": {limite}"#), r#""limite_mb": 0"#);
    assert!(matches!(
        Race::read(&sin_limite),
        Err(RaceError::NotPositive("limite_mb"))
    ));
    for corte in [UNA.len() / 3, UNA.len() / 2, UNA.len() - 3] {
        let corte = (0..=corte)
            .rev()
            .find(|i| UNA.is_char_boundary(*i))
            .unwrap();
        assert!(Race::read(&UNA[..corte]).is_err());
    }
}
