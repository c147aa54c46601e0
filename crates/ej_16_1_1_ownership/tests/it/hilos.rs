//! A data set handed to threads, or lent to them, without a copy.

use ecommerce_model::{Centavos, MoneyError};
use ecommerce_testkit::alloc;
use ej_16_1_1_ownership::purchases::{scale_in_parallel, scaled_elsewhere};
use ej_16_1_1_ownership::{Compras, DropLog, calcular_suma};
use std::num::NonZeroUsize;
use std::sync::mpsc::channel;
use std::thread;

fn compras() -> Compras {
    Compras::generate(42, 20_000).unwrap()
}

/// Where the columns lie.
fn direcciones(compras: &Compras) -> (*const f64, *const u8) {
    (compras.montos().as_ptr(), compras.regiones().as_ptr())
}

fn threads(n: usize) -> NonZeroUsize {
    NonZeroUsize::new(n).unwrap()
}

#[test]
fn las_compras_de_la_semilla_42_son_siempre_las_mismas() {
    let compras = compras();
    assert_eq!(compras.montos().len(), compras.regiones().len());
    assert_eq!(compras.montos().len(), 633);
    assert!(compras.montos().iter().all(|monto| *monto > 0.0));
    assert_eq!(compras, self::compras());
    assert_ne!(compras, Compras::generate(43, 20_000).unwrap());
    assert_eq!(Compras::generate(42, 0).unwrap(), Compras::default());
}

#[test]
fn mover_las_compras_a_otro_hilo_y_de_vuelta_no_copia_las_columnas() {
    let compras = compras();
    let (antes, suma) = (direcciones(&compras), compras.montos().to_vec());
    let compras = scaled_elsewhere(compras, 2.0);
    assert_eq!(direcciones(&compras), antes);
    assert!(
        compras
            .montos()
            .iter()
            .zip(&suma)
            .all(|(a, b)| *a == b * 2.0)
    );
}

/// Three threads own the data set one after another; each sees the same addresses and allocates nothing for it.
#[test]
fn de_hilo_en_hilo_por_canales_son_las_mismas_direcciones() {
    let compras = compras();
    let antes = direcciones(&compras);
    let antes = (antes.0 as usize, antes.1 as usize);
    let vista = |compras: &Compras| {
        let (montos, regiones) = direcciones(compras);
        (montos as usize, regiones as usize)
    };
    let (al_primero, del_cliente) = channel::<Compras>();
    let (al_segundo, del_primero) = channel::<Compras>();
    let final_ = thread::scope(|hilos| {
        let primero = hilos.spawn(move || {
            let mut mias = del_cliente.recv().unwrap();
            let (donde, visto) = alloc::in_this_thread(|| {
                mias.montos_mut().iter_mut().for_each(|monto| *monto += 1.0);
                vista(&mias)
            });
            al_segundo.send(mias).unwrap();
            (donde, visto.allocations)
        });
        let segundo = hilos.spawn(move || {
            let mias = del_primero.recv().unwrap();
            (vista(&mias), mias)
        });
        al_primero.send(compras).unwrap();
        assert_eq!(primero.join().unwrap(), (antes, 0));
        let (donde, mias) = segundo.join().unwrap();
        assert_eq!(donde, antes);
        mias
    });
    assert_eq!(vista(&final_), antes);
}

/// The owner decides where the drop happens: on the thread that holds it last.
#[test]
fn lo_libera_el_hilo_que_lo_posee_al_final() {
    let log = DropLog::new();
    let probe = log.probe("datos");
    let otro = thread::scope(|hilos| {
        let hilo = hilos.spawn(move || drop(probe));
        let id = hilo.thread().id();
        hilo.join().unwrap();
        id
    });
    assert_ne!(otro, thread::current().id());
    assert_eq!((log.names(), log.threads()), (vec!["datos"], vec![otro]));
}

#[test]
fn el_total_en_centavos_no_depende_de_cuantos_hilos_lo_sumen() {
    let compras = compras();
    let uno = compras.revenue(threads(1)).unwrap();
    let a_mano: i64 = compras
        .montos()
        .iter()
        .map(|monto| Centavos::from_monto(*monto).unwrap().get())
        .sum();
    assert_eq!(uno.get(), a_mano);
    for n in [2, 3, 7, 64] {
        assert_eq!(compras.revenue(threads(n)), Ok(uno));
    }
    assert_eq!(Compras::default().revenue(threads(4)), Ok(Centavos::ZERO));
}

#[test]
fn un_monto_que_no_es_finito_o_no_cabe_es_un_error_desde_cualquier_hilo() {
    for (malo, error) in [
        (f64::NAN, MoneyError::NotFinite),
        (f64::INFINITY, MoneyError::NotFinite),
        (1e17, MoneyError::OutOfRange),
    ] {
        let mut compras = compras();
        *compras.montos_mut().last_mut().unwrap() = malo;
        assert_eq!(compras.revenue(threads(3)), Err(error), "{malo}");
    }
    let mut compras = compras();
    compras.montos_mut().fill(9e15); // each fits, their total does not
    assert_eq!(compras.revenue(threads(2)), Err(MoneyError::OutOfRange));
}

#[test]
fn escalar_por_partes_da_lo_mismo_bit_a_bit_y_en_el_mismo_sitio() {
    let mut entero = compras();
    let mut por_partes = entero.clone();
    ej_16_1_1_ownership::escalar(entero.montos_mut(), 1.21);
    let antes = direcciones(&por_partes);
    scale_in_parallel(por_partes.montos_mut(), 1.21, threads(3));
    assert_eq!(direcciones(&por_partes), antes);
    assert_eq!(por_partes, entero);
    assert_eq!(
        calcular_suma(por_partes.montos_mut()).to_bits(),
        calcular_suma(entero.montos_mut()).to_bits()
    );
}

#[test]
fn escalar_nada_o_con_mas_hilos_que_filas_no_falla() {
    scale_in_parallel(&mut [], 2.0, threads(4));
    let mut uno = [1.5];
    scale_in_parallel(&mut uno, 2.0, threads(64));
    assert_eq!(uno, [3.0]);
}
