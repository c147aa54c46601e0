//! Percentiles and the class `ProcesadorDatos`: exercise 16.6.1 as Python sees it.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ej_16_6_1_pyo3::{Metodo, Opciones, PercentilError, ProcesadorDatos};
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyInt, PyString, PyTuple};

use crate::entrada::{Columna, nombre_del_tipo, numero};
use crate::error::{ComoPython, desborde, interno, tipo, valor};
use crate::largo;

/// Adds the functions and the class.
pub(crate) fn registrar(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(calcular_percentil, m)?)?;
    m.add_function(wrap_pyfunction!(percentiles, m)?)?;
    m.add_function(wrap_pyfunction!(calcular_percentil_async, m)?)?;
    m.add_function(wrap_pyfunction!(percentil_ordenando, m)?)?;
    let metodos = PyTuple::new(m.py(), Metodo::TODOS.map(Metodo::nombre))?;
    m.add("METODOS", metodos)?;
    m.add_class::<Procesador>()
}

/// Un percentil de una columna de números.
///
/// Por defecto, el de la guía: el mayor valor que no pasa del lugar pedido (`metodo="lower"`). Los trece métodos son los de `numpy.percentile`, con el
/// mismo resultado hasta el último bit.
///
/// Parámetros:
///     datos: una dimensión. Arrow (PyCapsule) y búferes contiguos de float64 se leen donde están; lo demás se copia. No se modifican.
///     percentil: de 0 a 100.
///     metodo: uno de METODOS.
///     hilos: cuántos como mucho; si no se dice, los de la máquina. Con 1, dos llamadas desde dos hilos de Python usan dos núcleos.
///
/// Devuelve:
///     float
///
/// Errores:
///     ValueError: datos vacíos, con NaN, con nulos o de más de una dimensión; percentil NaN o fuera de 0..100; método desconocido; hilos < 1.
///     TypeError: datos que no son números (bool incluido), o argumentos de otro tipo.
///     OverflowError: un entero que no cabe en un float.
#[pyfunction]
#[pyo3(
    signature = (datos, percentil, *, metodo=None, hilos=None),
    text_signature = "(datos, percentil, *, metodo='lower', hilos=None)"
)]
fn calcular_percentil(
    py: Python<'_>,
    datos: &Bound<'_, PyAny>,
    percentil: &Bound<'_, PyAny>,
    metodo: Option<&Bound<'_, PyAny>>,
    hilos: Option<&Bound<'_, PyAny>>,
) -> PyResult<f64> {
    let pedido = Pedido::leer(datos, percentil, metodo, hilos)?;
    largo::ejecutar(py, pedido.columna.len(), move |cancelar| {
        pedido.calcular(cancelar)
    })
}

/// Varios percentiles de una columna de números, con una lectura de los datos.
///
/// Parámetros:
///     datos: como en calcular_percentil.
///     percentiles: una columna de números de 0 a 100, en cualquier orden; puede estar vacía.
///     metodo: uno de METODOS; por defecto `linear`, el de numpy.
///     hilos: como en calcular_percentil.
///
/// Devuelve:
///     list[float]: tantos como percentiles, en su orden.
///
/// Errores:
///     Los de calcular_percentil.
#[pyfunction]
#[pyo3(
    signature = (datos, percentiles, *, metodo=None, hilos=None),
    text_signature = "(datos, percentiles, *, metodo='linear', hilos=None)"
)]
fn percentiles(
    py: Python<'_>,
    datos: &Bound<'_, PyAny>,
    percentiles: &Bound<'_, PyAny>,
    metodo: Option<&Bound<'_, PyAny>>,
    hilos: Option<&Bound<'_, PyAny>>,
) -> PyResult<Vec<f64>> {
    let metodo = leer_metodo(metodo, Metodo::Linear)?;
    let hilos = leer_hilos(hilos)?;
    let porcentajes = Columna::leer(percentiles, "percentiles")?.trozos().concat();
    let columna = Columna::leer(datos, "datos")?;
    largo::ejecutar(py, columna.len() + porcentajes.len(), move |cancelar| {
        let opciones = opciones(hilos, cancelar);
        ej_16_6_1_pyo3::percentiles(&columna.trozos(), &porcentajes, metodo, &opciones)
    })
}

/// Como calcular_percentil, para `await`: el bucle de asyncio sigue mientras se calcula.
///
/// Los argumentos se comprueban y los datos se leen al llamar, no al esperar. Si la tarea se cancela, el cálculo se detiene. Mientras no termine, no cambies
/// los datos.
///
/// Errores:
///     Los de calcular_percentil, y RuntimeError si no hay un bucle de asyncio en marcha.
#[pyfunction]
#[pyo3(
    signature = (datos, percentil, *, metodo=None, hilos=None),
    text_signature = "(datos, percentil, *, metodo='lower', hilos=None)"
)]
fn calcular_percentil_async<'py>(
    py: Python<'py>,
    datos: &Bound<'py, PyAny>,
    percentil: &Bound<'py, PyAny>,
    metodo: Option<&Bound<'py, PyAny>>,
    hilos: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let pedido = Pedido::leer(datos, percentil, metodo, hilos)?;
    pyo3_async_runtimes::tokio::future_into_py(py, async move {
        let al_cancelar = AlCancelar(Arc::new(AtomicBool::new(false)));
        let bandera = Arc::clone(&al_cancelar.0);
        // Work without a pause belongs to no thread of the runtime's own.
        pyo3_async_runtimes::tokio::get_runtime()
            .spawn_blocking(move || pedido.calcular(&bandera))
            .await
            .map_err(|_| interno("el cálculo se detuvo a medias"))?
            .map_err(ComoPython::como_python)
    })
}

/// El percentil con el algoritmo de la guía: copiar, ordenar todo y tomar uno (`metodo="lower"`). Está para medir contra él.
///
/// Errores:
///     Los de calcular_percentil.
#[pyfunction]
fn percentil_ordenando(
    py: Python<'_>,
    datos: &Bound<'_, PyAny>,
    percentil: &Bound<'_, PyAny>,
) -> PyResult<f64> {
    let porcentaje = numero(percentil, "percentil")?;
    let valores = Columna::leer(datos, "datos")?.trozos().concat();
    largo::ejecutar(py, valores.len(), move |_| {
        ej_16_6_1_pyo3::percentil_ordenando(&valores, porcentaje)
    })
}

/// Unos números, copiados al crearlo, y lo que se les pregunta. No cambia: lo que se haga después con los datos de los que salió no le afecta.
///
/// Parámetros:
///     datos: como en calcular_percentil.
///
/// Errores:
///     ValueError: datos con nulos o de más de una dimensión. TypeError: no son números. OverflowError: un entero que no cabe en un float.
#[pyclass(name = "ProcesadorDatos", module = "mi_modulo_rust", frozen)]
struct Procesador {
    datos: Arc<ProcesadorDatos>,
}

#[pymethods]
impl Procesador {
    #[new]
    fn nuevo(datos: &Bound<'_, PyAny>) -> PyResult<Self> {
        let valores = Columna::leer(datos, "datos")?.trozos().concat();
        Ok(Self {
            datos: Arc::new(ProcesadorDatos::nuevo(valores)),
        })
    }

    /// La suma, del primero al último; 0.0 sin datos, NaN si alguno lo es.
    fn suma(&self, py: Python<'_>) -> PyResult<f64> {
        self.con_datos(py, |datos| Ok(datos.suma()))
    }

    /// La media.
    ///
    /// Errores:
    ///     ValueError: no hay datos.
    fn media(&self, py: Python<'_>) -> PyResult<f64> {
        self.con_datos(py, ProcesadorDatos::media)
    }

    /// Un percentil, como calcular_percentil.
    ///
    /// Errores:
    ///     Los de calcular_percentil.
    #[pyo3(
        signature = (p, *, metodo=None, hilos=None),
        text_signature = "($self, p, *, metodo='lower', hilos=None)"
    )]
    fn percentil(
        &self,
        py: Python<'_>,
        p: &Bound<'_, PyAny>,
        metodo: Option<&Bound<'_, PyAny>>,
        hilos: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<f64> {
        let porcentaje = numero(p, "p")?;
        let metodo = leer_metodo(metodo, Metodo::Lower)?;
        let hilos = leer_hilos(hilos)?;
        let datos = Arc::clone(&self.datos);
        largo::ejecutar(py, datos.datos().len(), move |cancelar| {
            datos
                .percentil(porcentaje, metodo, &opciones(hilos, cancelar))
                .map_err(|error| en_p(error, porcentaje))
        })
    }

    fn __len__(&self) -> usize {
        self.datos.datos().len()
    }

    fn __repr__(&self) -> String {
        format!("ProcesadorDatos({} valores)", self.datos.datos().len())
    }
}

impl Procesador {
    fn con_datos(
        &self,
        py: Python<'_>,
        calcular: impl FnOnce(&ProcesadorDatos) -> Result<f64, PercentilError> + Send + 'static,
    ) -> PyResult<f64> {
        let datos = Arc::clone(&self.datos);
        largo::ejecutar(py, datos.datos().len(), move |_| calcular(&datos))
    }
}

/// The guide calls the method's argument `p`, and so does the message.
fn en_p(error: PercentilError, porcentaje: f64) -> PyErr {
    match error {
        PercentilError::FueraDeRango { .. } => valor(
            "p",
            format_args!("debe estar entre 0 y 100, y es {porcentaje}"),
        ),
        otro => otro.como_python(),
    }
}

/// The arguments of one percentile, read.
struct Pedido {
    columna: Columna,
    porcentaje: f64,
    metodo: Metodo,
    hilos: Option<NonZeroUsize>,
}

impl Pedido {
    /// The data last: what is wrong with the others is known without reading them.
    fn leer(
        datos: &Bound<'_, PyAny>,
        percentil: &Bound<'_, PyAny>,
        metodo: Option<&Bound<'_, PyAny>>,
        hilos: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        Ok(Self {
            porcentaje: numero(percentil, "percentil")?,
            metodo: leer_metodo(metodo, Metodo::Lower)?,
            hilos: leer_hilos(hilos)?,
            columna: Columna::leer(datos, "datos")?,
        })
    }

    fn calcular(&self, cancelar: &AtomicBool) -> Result<f64, PercentilError> {
        ej_16_6_1_pyo3::percentil(
            &self.columna.trozos(),
            self.porcentaje,
            self.metodo,
            &opciones(self.hilos, cancelar),
        )
    }
}

/// Stops the work when the future that waits for it is dropped, as a cancelled task's is.
struct AlCancelar(Arc<AtomicBool>);

impl Drop for AlCancelar {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn opciones(hilos: Option<NonZeroUsize>, cancelar: &AtomicBool) -> Opciones<'_> {
    Opciones {
        hilos,
        cancelar: Some(cancelar),
    }
}

fn leer_metodo(metodo: Option<&Bound<'_, PyAny>>, por_defecto: Metodo) -> PyResult<Metodo> {
    let Some(metodo) = metodo else {
        return Ok(por_defecto);
    };
    let Ok(nombre) = metodo.cast::<PyString>() else {
        return Err(tipo(
            "metodo",
            format_args!("se esperaba un str, no {}", nombre_del_tipo(metodo)),
        ));
    };
    // A name that is not text, which a `str` may hold, is no method's either.
    let nombre = nombre.to_string_lossy();
    nombre.parse().map_err(|_| {
        let hay = Metodo::TODOS.map(Metodo::nombre).join(", ");
        valor(
            "metodo",
            format_args!("no hay ninguno que se llame {nombre:?}; hay: {hay}"),
        )
    })
}

fn leer_hilos(hilos: Option<&Bound<'_, PyAny>>) -> PyResult<Option<NonZeroUsize>> {
    let Some(hilos) = hilos else { return Ok(None) };
    if !hilos.is_instance_of::<PyInt>() || hilos.is_instance_of::<PyBool>() {
        return Err(tipo(
            "hilos",
            format_args!("se esperaba un int, no {}", nombre_del_tipo(hilos)),
        ));
    }
    let cuantos = hilos.extract::<i64>().map_err(|error| {
        if error.is_instance_of::<PyOverflowError>(hilos.py()) {
            desborde("hilos", "no cabe en un entero de 64 bits")
        } else {
            error
        }
    })?;
    usize::try_from(cuantos)
        .ok()
        .and_then(NonZeroUsize::new)
        .map(Some)
        .ok_or_else(|| valor("hilos", format_args!("debe ser 1 o más, y es {cuantos}")))
}
