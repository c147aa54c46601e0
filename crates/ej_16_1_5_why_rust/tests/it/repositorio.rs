//! What this repository itself shows: its lock file, and a leak that compiles.

use crate::raiz;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::rc::{Rc, Weak};

/// Every package of `Cargo.lock` by name: its source and its dependencies (of all its versions).
struct Cerrojo(BTreeMap<String, (Vec<toml::Table>, Vec<String>)>);

impl Cerrojo {
    fn del_repositorio() -> Self {
        let texto = fs::read_to_string(raiz().join("Cargo.lock")).unwrap();
        let mut tabla: toml::Table = toml::from_str(&texto).unwrap();
        let Some(toml::Value::Array(paquetes)) = tabla.remove("package") else {
            panic!("Cargo.lock has packages");
        };
        let mut todos = BTreeMap::<_, (Vec<_>, Vec<_>)>::new();
        for paquete in paquetes {
            let paquete: toml::Table = paquete.try_into().unwrap();
            let nombre = paquete["name"].as_str().unwrap().to_owned();
            let lista = paquete.get("dependencies").and_then(|d| d.as_array());
            let dependencias = lista.into_iter().flatten().filter_map(|d| {
                // "name", or "name version" where there are two.
                Some(d.as_str()?.split(' ').next()?.to_owned())
            });
            let entrada = todos.entry(nombre).or_default();
            entrada.1.extend(dependencias);
            entrada.0.push(paquete);
        }
        Self(todos)
    }

    fn depende(&self, de: &str, a: &str) -> bool {
        self.0[de].1.iter().any(|d| d == a)
    }
}

#[test]
fn arrow2_no_esta_y_polars_lleva_su_propia_copia() {
    let cerrojo = Cerrojo::del_repositorio();
    assert!(!cerrojo.0.contains_key("arrow2"));
    assert!(cerrojo.depende("polars-core", "polars-arrow"));
    assert!(!cerrojo.depende("polars-arrow", "arrow"));
    assert!(cerrojo.depende("datafusion", "arrow"));
}

#[test]
fn delta_rs_lleva_datafusion_dentro() {
    let cerrojo = Cerrojo::del_repositorio();
    assert!(cerrojo.depende("deltalake-core", "datafusion"));
    assert!(!cerrojo.depende("polars", "datafusion"));
}

/// Ours have no source; all the rest come from crates.io, with the hash that cargo checks.
#[test]
fn todo_lo_ajeno_viene_de_crates_io_con_su_suma() {
    let cerrojo = Cerrojo::del_repositorio();
    let paquetes = || cerrojo.0.values().flat_map(|(versiones, _)| versiones);
    let ajenos: Vec<_> = paquetes().filter(|p| p.contains_key("source")).collect();
    assert!(ajenos.len() > 300, "{}", ajenos.len());
    for paquete in ajenos {
        assert_eq!(
            paquete["source"].as_str(),
            Some("registry+https://github.com/rust-lang/crates.io-index"),
            "{}",
            paquete["name"]
        );
        assert_eq!(paquete["checksum"].as_str().map(str::len), Some(64));
    }
}

/// A node of a graph that says when it is dropped.
struct Nodo {
    otro: RefCell<Option<Rc<Nodo>>>,
    vuelta: RefCell<Weak<Nodo>>,
    caidas: Rc<RefCell<u32>>,
}

impl Drop for Nodo {
    fn drop(&mut self) {
        *self.caidas.borrow_mut() += 1;
    }
}

#[test]
fn un_ciclo_de_rc_se_fuga_sin_unsafe_y_con_weak_no() {
    let caidas = Rc::new(RefCell::new(0));
    let nodo = || {
        Rc::new(Nodo {
            otro: RefCell::default(),
            vuelta: RefCell::default(),
            caidas: Rc::clone(&caidas),
        })
    };
    let (a, b) = (nodo(), nodo());
    *a.otro.borrow_mut() = Some(Rc::clone(&b));
    *b.otro.borrow_mut() = Some(Rc::clone(&a));
    drop((a, b));
    assert_eq!(*caidas.borrow(), 0);

    let (a, b) = (nodo(), nodo());
    *a.otro.borrow_mut() = Some(Rc::clone(&b));
    *b.vuelta.borrow_mut() = Rc::downgrade(&a);
    assert!(b.vuelta.borrow().upgrade().is_some());
    drop((a, b));
    assert_eq!(*caidas.borrow(), 2);
}
