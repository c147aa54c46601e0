//! What went wrong, for people: one line in Spanish that says what, where and what to do.

use crate::error::ClusterError;

impl ClusterError {
    /// Returns the line that the programs print. What DataFusion says of a query stays in its words.
    #[must_use]
    pub fn spanish(&self) -> String {
        match self {
            Self::Address { url, .. } => {
                format!("'{url}' no es un planificador: se espera df://HOST:PUERTO")
            }
            Self::Unreachable { url, waited, .. } => format!(
                "el planificador {url} no responde ({} s): arránquelo con `levantar`",
                waited.as_secs()
            ),
            Self::Stranger { url, .. } => {
                format!("lo que escucha en {url} no es un planificador de ecommerce-cluster")
            }
            Self::Version { theirs, ours } => format!(
                "el cluster es de otra versión ({theirs}) que este programa ({ours}): use la misma en los dos"
            ),
            Self::Rejected(why) => format!("el planificador no admite este proceso: {}", line(why)),
            Self::NotReady {
                url,
                present,
                expected,
                ..
            } => format!("en {url} solo hay {present} ejecutores listos de {expected}"),
            Self::ExecutorLost { executor, .. } => format!(
                "se perdió el ejecutor {executor}: la consulta no tiene respuesta; reinicie el cluster y repítala"
            ),
            Self::SchedulerLost { url, .. } => format!(
                "se perdió el planificador {url}: la consulta no tiene respuesta; reinicie el cluster y repítala"
            ),
            Self::Deadline(limit) => format!(
                "el cluster no respondió en {} s y se canceló la consulta",
                limit.as_secs()
            ),
            Self::Refused(refusal) => format!("no se envía: {}", line(refusal)),
            Self::FunctionMissing { executor, function } => {
                format!("el ejecutor {executor} no tiene la función {function} de esta consulta")
            }
            Self::Source { table, reason } => {
                format!("los ejecutores no pueden leer {table}: {}", line(reason))
            }
            Self::Changed { table, file } => format!(
                "la tabla {table} cambió durante la consulta ({file}): no hay respuesta; repítala"
            ),
            Self::Plan(error) => line(error),
            Self::Execution(error) => format!("la consulta falló: {}", line(error)),
            Self::Process { what, source } => format!("{what}: {source}"),
            Self::Setup { what, reason } => format!("{what}: {}", line(reason)),
        }
    }
}

/// Libraries say more than one line: the first is what happened.
fn line(said: impl std::fmt::Display) -> String {
    let said = said.to_string();
    said.lines().next().unwrap_or_default().to_owned()
}
