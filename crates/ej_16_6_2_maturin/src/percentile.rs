//! Percentiles and the class `ProcesadorDatos`: exercise 16.6.1 as Python sees it.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ej_16_6_1_pyo3::{Method, Options, PercentileError, ProcesadorDatos};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyCFunction, PyTuple};

use crate::arguments::{integer, text};
use crate::error::{IntoPyErr, value_error};
use crate::input::{Numbers, number};
use crate::long_work;

/// Adds the functions and the class.
pub(crate) fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(calcular_percentil, m)?)?;
    m.add_function(wrap_pyfunction!(percentiles, m)?)?;
    m.add_function(wrap_pyfunction!(calcular_percentil_async, m)?)?;
    m.add_function(wrap_pyfunction!(percentil_ordenando, m)?)?;
    let methods = PyTuple::new(m.py(), Method::ALL.map(Method::name))?;
    m.add("METODOS", methods)?;
    m.add_class::<Processor>()
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
    let request = Request::read(datos, percentil, metodo, hilos)?;
    long_work::run(py, request.numbers.len(), move |cancel| {
        request.compute(cancel)
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
    let method = read_method(metodo, Method::Linear)?;
    let threads = read_threads(hilos)?;
    let percentages = Numbers::read(percentiles, "percentiles")?.chunks().concat();
    let numbers = Numbers::read(datos, "datos")?;
    long_work::run(py, numbers.len() + percentages.len(), move |cancel| {
        let options = options(threads, cancel);
        ej_16_6_1_pyo3::percentiles(&numbers.chunks(), &percentages, method, &options)
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
    let request = Request::read(datos, percentil, metodo, hilos)?;
    let asyncio = py.import(intern!(py, "asyncio"))?;
    let event_loop = asyncio.call_method0(intern!(py, "get_running_loop"))?;
    let cancel = Arc::new(AtomicBool::new(false));
    let stop = Arc::clone(&cancel);
    let compute = PyCFunction::new_closure(py, None, None, move |arguments, _| {
        arguments
            .py()
            .detach(|| request.compute(&cancel))
            .map_err(IntoPyErr::into_py_err)
    })?;
    let when_done = PyCFunction::new_closure(py, None, None, move |arguments, _| {
        let future = arguments.get_item(0)?;
        let cancelled = future.call_method0(intern!(future.py(), "cancelled"))?;
        stop.store(cancelled.extract()?, Ordering::Relaxed);
        PyResult::Ok(())
    })?;
    // On a thread of Python's own, which it joins before it shuts down: see `long_work`.
    let in_executor = intern!(py, "run_in_executor");
    let future = event_loop.call_method1(in_executor, (py.None(), compute))?;
    future.call_method1(intern!(py, "add_done_callback"), (when_done,))?;
    Ok(future)
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
    let percentage = number(percentil, "percentil")?;
    let values = Numbers::read(datos, "datos")?.chunks().concat();
    long_work::run(py, values.len(), move |_| {
        ej_16_6_1_pyo3::percentile_by_sorting(&values, percentage)
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
struct Processor {
    inner: Arc<ProcesadorDatos>,
}

#[pymethods]
impl Processor {
    #[new]
    fn nuevo(datos: &Bound<'_, PyAny>) -> PyResult<Self> {
        let values = Numbers::read(datos, "datos")?.chunks().concat();
        Ok(Self {
            inner: Arc::new(ProcesadorDatos::nuevo(values)),
        })
    }

    /// La suma, del primero al último; 0.0 sin datos, NaN si alguno lo es.
    fn suma(&self, py: Python<'_>) -> PyResult<f64> {
        self.with_inner(py, |inner| Ok(inner.suma()))
    }

    /// La media.
    ///
    /// Errores:
    ///     ValueError: no hay datos.
    fn media(&self, py: Python<'_>) -> PyResult<f64> {
        self.with_inner(py, ProcesadorDatos::media)
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
        let percentage = number(p, "p")?;
        let method = read_method(metodo, Method::Lower)?;
        let threads = read_threads(hilos)?;
        let inner = Arc::clone(&self.inner);
        long_work::run(py, inner.datos().len(), move |cancel| {
            inner
                .percentil(percentage, method, &options(threads, cancel))
                .map_err(|error| about_p(error, percentage))
        })
    }

    fn __len__(&self) -> usize {
        self.inner.datos().len()
    }

    fn __repr__(&self) -> String {
        format!("ProcesadorDatos({} valores)", self.inner.datos().len())
    }
}

impl Processor {
    fn with_inner(
        &self,
        py: Python<'_>,
        compute: impl Fn(&ProcesadorDatos) -> Result<f64, PercentileError> + Send + Sync + 'static,
    ) -> PyResult<f64> {
        let inner = Arc::clone(&self.inner);
        long_work::run(py, inner.datos().len(), move |_| compute(&inner))
    }
}

/// The guide calls the method's argument `p`, and so does the message.
fn about_p(error: PercentileError, percentage: f64) -> PyErr {
    match error {
        PercentileError::OutOfRange { .. } => value_error(
            "p",
            format_args!("debe estar entre 0 y 100, y es {percentage}"),
        ),
        other => other.into_py_err(),
    }
}

/// The arguments of one percentile, read.
struct Request {
    numbers: Numbers,
    percentage: f64,
    method: Method,
    threads: Option<NonZeroUsize>,
}

impl Request {
    /// The data last: what is wrong with the others is known without reading them.
    fn read(
        datos: &Bound<'_, PyAny>,
        percentil: &Bound<'_, PyAny>,
        metodo: Option<&Bound<'_, PyAny>>,
        hilos: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        Ok(Self {
            percentage: number(percentil, "percentil")?,
            method: read_method(metodo, Method::Lower)?,
            threads: read_threads(hilos)?,
            numbers: Numbers::read(datos, "datos")?,
        })
    }

    fn compute(&self, cancel: &AtomicBool) -> Result<f64, PercentileError> {
        ej_16_6_1_pyo3::percentile(
            &self.numbers.chunks(),
            self.percentage,
            self.method,
            &options(self.threads, cancel),
        )
    }
}

fn options(threads: Option<NonZeroUsize>, cancel: &AtomicBool) -> Options<'_> {
    Options {
        threads,
        cancel: Some(cancel),
    }
}

fn read_method(metodo: Option<&Bound<'_, PyAny>>, default: Method) -> PyResult<Method> {
    let Some(metodo) = metodo else {
        return Ok(default);
    };
    let name = text(metodo, "metodo")?;
    name.parse().map_err(|_| {
        let names = Method::ALL.map(Method::name).join(", ");
        value_error(
            "metodo",
            format_args!("no hay ninguno que se llame {name:?}; hay: {names}"),
        )
    })
}

fn read_threads(hilos: Option<&Bound<'_, PyAny>>) -> PyResult<Option<NonZeroUsize>> {
    let Some(hilos) = hilos else { return Ok(None) };
    let count: i64 = integer(hilos, "hilos")?;
    usize::try_from(count)
        .ok()
        .and_then(NonZeroUsize::new)
        .map(Some)
        .ok_or_else(|| value_error("hilos", format_args!("debe ser 1 o más, y es {count}")))
}
