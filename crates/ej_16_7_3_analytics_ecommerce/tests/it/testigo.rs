//! INV: what a reader that is not ours finds in the three tables, against what should be there, and nothing else changed.

use crate::bancada::{Bancada, TABLAS};
use ecommerce_testkit::temp::Tree;
use ecommerce_testlake::delta::{Expected, Findings, IndependentReader, ReaderSession, replayed};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};

/// Who looks: the log replayed by hand, which every machine can do, or Python's deltalake and pyarrow.
pub(crate) enum Testigo {
    Registro,
    Python(&'static Mutex<ReaderSession>),
}

impl Testigo {
    /// Python where there is one, as in `cargo xtask faults` and in continuous integration; else the log.
    pub(crate) fn de_aqui() -> Self {
        match std::env::var_os("ECOMMERCE_PYTHON") {
            Some(_) => Self::python(),
            None => Self::Registro,
        }
    }

    /// One interpreter for all tests: each would take a second to start.
    pub(crate) fn python() -> Self {
        static SESION: OnceLock<Mutex<ReaderSession>> = OnceLock::new();
        Self::Python(SESION.get_or_init(|| {
            let reader = IndependentReader::from_env().unwrap();
            Mutex::new(reader.session().unwrap())
        }))
    }

    pub(crate) fn mira(&self, tabla: &Path) -> Findings {
        match self {
            Self::Registro => replayed(tabla).unwrap(),
            Self::Python(session) => session.lock().unwrap().read(tabla).unwrap(),
        }
    }
}

/// What the three tables should hold, in the order of [`TABLAS`].
pub(crate) type Tres = [Expected; 3];

/// No table at all.
pub(crate) fn ninguna() -> Tres {
    std::array::from_fn(|_| Expected::absent())
}

/// Three tables side by side, and a picture of all that surrounds them.
pub(crate) struct Inv {
    raiz: PathBuf,
    tablas: [PathBuf; 3],
    antes: Tree,
    testigo: Testigo,
}

impl Inv {
    /// The tables at and beside `salida` of the workbench.
    pub(crate) fn de(b: &Bancada, salida: &str, testigo: Testigo) -> Self {
        let nombres = TABLAS.map(|t| t.replacen("metricas", salida, 1));
        Self::en(&b.ruta(""), nombres.map(|n| b.ruta(&n)), testigo)
    }

    pub(crate) fn en(raiz: &Path, tablas: [PathBuf; 3], testigo: Testigo) -> Self {
        Self {
            raiz: raiz.to_owned(),
            antes: Tree::outside(raiz, &tablas).unwrap(),
            tablas,
            testigo,
        }
    }

    pub(crate) fn mira(&self) -> [Findings; 3] {
        let Self {
            tablas, testigo, ..
        } = self;
        std::array::from_fn(|i| testigo.mira(&tablas[i]))
    }

    /// What is there now, as what should be there later.
    pub(crate) fn como_esta(&self) -> Tres {
        self.mira().map(|found| found.as_expected())
    }

    /// Each table is exactly what is expected.
    #[track_caller]
    pub(crate) fn exactamente(&self, esperado: &Tres, donde: &str) -> [Findings; 3] {
        self.nada_fuera(donde);
        let found = self.mira();
        for (found, (esperado, tabla)) in found.iter().zip(esperado.iter().zip(TABLAS)) {
            let violations = found.violations(esperado);
            assert!(violations.is_empty(), "{donde}, {tabla}: {violations:?}");
        }
        found
    }

    /// Each table is exactly its old or exactly its new self; whether the metrics, the commit of record, are the new one.
    #[track_caller]
    pub(crate) fn vieja_o_nueva(&self, vieja: &Tres, nueva: &Tres, donde: &str) -> bool {
        self.nada_fuera(donde);
        let mut nuevas = [false; 3];
        for (i, found) in self.mira().iter().enumerate() {
            nuevas[i] = found.violations(&nueva[i]).is_empty();
            let violations = found.violations(&vieja[i]);
            assert!(
                nuevas[i] || violations.is_empty(),
                "{donde}, {}: {violations:?}",
                TABLAS[i]
            );
        }
        // Whoever sees the new metrics sees the other two new as well: they are written first.
        assert!(!nuevas[2] || nuevas[0] && nuevas[1], "{donde}: {nuevas:?}");
        nuevas[2]
    }

    #[track_caller]
    fn nada_fuera(&self, donde: &str) {
        let ahora = Tree::outside(&self.raiz, &self.tablas).unwrap();
        let cambios = self.antes.changes(&ahora);
        assert!(cambios.is_empty(), "{donde}: {cambios:?}");
    }

    /// Files that no commit names, in the three tables.
    pub(crate) fn residuo(&self) -> Vec<String> {
        let found = self.mira();
        let todo = found.iter().flat_map(|found| found.residue());
        todo.map(str::to_owned).collect()
    }
}
