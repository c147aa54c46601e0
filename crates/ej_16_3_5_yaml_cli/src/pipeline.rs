//! From the YAML to one lazy frame: inputs are opened when something uses them, and one that uses itself is a cycle.

use crate::frame::Frame;
use crate::input::{self, Source};
use crate::nearest::hint;
use crate::parameters::Parameters;
use crate::problem::{Class, Place, Problem};
use crate::steps::{Tables, apply};
use crate::yaml::{Entrada, Paso, Sitio, Tuberia};
use polars::prelude::{DataFrame, LazyFrame, OptFlags};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

/// Called with the rows of each batch that comes out of an input.
pub(crate) type OnRows = Arc<dyn Fn(usize) + Send + Sync>;

/// A pipeline whose every name and type was checked; nothing has been executed.
pub(crate) struct Pipeline {
    pub(crate) frame: Frame,
    /// The inputs that are used and are files, in the order of their first use.
    pub(crate) sources: Vec<(String, Source)>,
    /// Inputs that nothing uses.
    pub(crate) unused: Vec<String>,
    /// Columns that a `convertir` names, and where: values that cannot be converted show only when they are read.
    pub(crate) conversions: Vec<(String, Place)>,
}

/// A plan is as deep as its steps are many, and the optimizer walks it recursively.
const MOST_STEPS: usize = 200;

/// Checks the whole pipeline and puts it together.
pub(crate) fn assemble(
    yaml: &Tuberia,
    base: &Path,
    parameters: &Parameters,
    on_rows: Option<OnRows>,
) -> Result<Pipeline, Problem> {
    let mut tables = Opened {
        yaml,
        base,
        parameters,
        on_rows,
        ready: HashMap::new(),
        under_way: Vec::new(),
        sources: Vec::new(),
    };
    let all = yaml.entradas.0.iter().map(|(_, e)| e.valor.pasos.len());
    if all.sum::<usize>() + yaml.pasos.len() > MOST_STEPS {
        return Err(Problem::yaml(
            yaml.pasos.first().map(|s| s.place).unwrap_or_default(),
            format!("hay más de {MOST_STEPS} pasos: divida la tubería"),
        ));
    }
    for (name, entry) in &yaml.entradas.0 {
        well_formed(name, &entry.valor, entry.place)?;
    }
    let first = match (&yaml.desde, yaml.entradas.0.as_slice()) {
        (Some(name), _) => name.clone(),
        (None, [(only, _)]) => only.clone(),
        (None, []) => {
            return Err(
                Problem::new(Class::Usage, "«entradas» está vacío: nombre al menos una")
                    .at(yaml.salida.place),
            );
        }
        (None, [_, (second, _), ..]) => {
            return Err(Problem::yaml(
                second.place,
                "hay varias entradas: diga con «desde: nombre» con cuál empiezan los pasos",
            ));
        }
    };
    let mut frame = tables.table(&first.valor, first.place)?;
    for step in &yaml.pasos {
        frame = apply(frame, step, parameters, &mut tables)?;
    }
    let steps = yaml.entradas.0.iter().flat_map(|(_, e)| &e.valor.pasos);
    let conversions = steps
        .chain(&yaml.pasos)
        .filter_map(|step| match &step.valor {
            Paso::Convertir(columns) => Some(&columns.0),
            _ => None,
        })
        .flatten()
        .map(|(name, _)| (name.valor.clone(), name.place))
        .collect();
    let unused = yaml
        .entradas
        .0
        .iter()
        .map(|(name, _)| name.valor.clone())
        .filter(|name| !tables.ready.contains_key(name))
        .collect();
    Ok(Pipeline {
        frame,
        sources: tables.sources,
        unused,
        conversions,
    })
}

fn well_formed(name: &Sitio<String>, entry: &Entrada, at: Place) -> Result<(), Problem> {
    if name.valor == "actual" || name.valor.to_ascii_lowercase().starts_with("read_") {
        return Err(Problem::yaml(
            name.place,
            format!("«{}» no puede ser el nombre de una entrada", name.valor),
        ));
    }
    match (&entry.ruta, &entry.desde) {
        (Some(_), None) => Ok(()),
        (None, Some(_)) if entry.csv.is_none() && entry.formato.is_none() => Ok(()),
        (None, Some(from)) => Err(Problem::yaml(
            from.place,
            "una entrada con «desde» no lleva «formato» ni «csv»",
        )),
        (Some(_), Some(from)) => Err(Problem::yaml(
            from.place,
            "una entrada lleva «ruta» o «desde», no las dos",
        )),
        (None, None) => Err(Problem::yaml(
            at,
            format!("la entrada «{}» no lleva «ruta» ni «desde»", name.valor),
        )),
    }
}

struct Opened<'a> {
    yaml: &'a Tuberia,
    base: &'a Path,
    parameters: &'a Parameters,
    on_rows: Option<OnRows>,
    ready: HashMap<String, Frame>,
    under_way: Vec<String>,
    sources: Vec<(String, Source)>,
}

impl Tables for Opened<'_> {
    fn names(&self) -> Vec<String> {
        let entries = self.yaml.entradas.0.iter();
        entries.map(|(name, _)| name.valor.clone()).collect()
    }

    fn table(&mut self, name: &str, at: Place) -> Result<Frame, Problem> {
        if let Some(frame) = self.ready.get(name) {
            return Ok(frame.clone());
        }
        let yaml = self.yaml;
        let Some((_, entry)) = yaml.entradas.0.iter().find(|(n, _)| n.valor == name) else {
            let known = self.names();
            return Err(Problem::yaml(
                at,
                format!(
                    "la entrada «{name}» no existe{}",
                    hint(name, known.iter().map(String::as_str))
                ),
            ));
        };
        if let Some(start) = self.under_way.iter().position(|n| n == name) {
            let mut cycle = self.under_way[start..].to_vec();
            cycle.push(name.to_owned());
            return Err(Problem::yaml(
                at,
                format!("las entradas se usan en círculo: {}", cycle.join(" → ")),
            ));
        }
        self.under_way.push(name.to_owned());
        let mut frame = self.origin(name, &entry.valor)?;
        for step in &entry.valor.pasos {
            frame = apply(frame, step, self.parameters, self)?;
        }
        self.under_way.pop();
        self.ready.insert(name.to_owned(), frame.clone());
        Ok(frame)
    }
}

impl Opened<'_> {
    fn origin(&mut self, name: &str, entry: &Entrada) -> Result<Frame, Problem> {
        if let Some(from) = &entry.desde {
            return self.table(&from.valor, from.place);
        }
        let Some(route) = &entry.ruta else {
            return Err(Problem::new(Class::Usage, "una entrada sin «ruta»"));
        };
        let mut source = input::open(entry, route, self.base, self.parameters)?;
        let frame = crate::failure::guarded(|| source.lazy.collect_schema())
            .map_err(|e| crate::failure::opening(e.as_ref(), &source, route.place))
            .map(|schema| Frame {
                lazy: source.lazy.clone(),
                schema,
            })?;
        input::declared_columns_exist(entry, &frame.schema)?;
        if let Some(on_rows) = &self.on_rows {
            source.lazy = counted(source.lazy, Arc::clone(on_rows));
        }
        let frame = Frame {
            lazy: source.lazy.clone(),
            schema: frame.schema,
        };
        self.sources.push((name.to_owned(), source));
        Ok(frame)
    }
}

/// The same frame, telling how many rows pass. Filters and projections still go through to the file.
pub(crate) fn counted(lazy: LazyFrame, on_rows: OnRows) -> LazyFrame {
    let transparent =
        OptFlags::PREDICATE_PUSHDOWN | OptFlags::PROJECTION_PUSHDOWN | OptFlags::STREAMING;
    lazy.map(
        move |rows: DataFrame| {
            on_rows(rows.height());
            Ok(rows)
        },
        transparent,
        None,
        Some("contar filas"),
    )
}
