//! What goes wrong: the platform's own line, and what this program can add to it.

use ecommerce_pipeline::PipelineError;

/// Exit code after Ctrl-C, as shells expect it.
pub(crate) const INTERRUPTED: u8 = 130;

/// The line for a failed day.
pub(crate) fn describe(e: &PipelineError) -> String {
    match e {
        PipelineError::Rejected { rejected, total } if rejected.len() < *total => {
            format!("{}; con --tolerante se procesan los demás", e.spanish())
        }
        PipelineError::Engine(source) => engine(source.as_ref()).unwrap_or_else(|| e.spanish()),
        _ => e.spanish(),
    }
}

#[cfg(not(feature = "cluster"))]
fn engine(_: &(dyn std::error::Error + 'static)) -> Option<String> {
    None
}

#[cfg(feature = "cluster")]
fn engine(source: &(dyn std::error::Error + 'static)) -> Option<String> {
    use ecommerce_cluster::ClusterError;
    let e: &ClusterError = source.downcast_ref()?;
    let hint = match e {
        ClusterError::Source { .. } => "; con --intermedio diga un directorio que vean todos",
        _ => "",
    };
    Some(format!(
        "el motor de las métricas falló (las tablas quedan como estaban): {}{hint}",
        e.spanish()
    ))
}
