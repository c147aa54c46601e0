//! Prints this workspace's tree, what it says of the guide's, and the hand-over table.
#![forbid(unsafe_code)]

use anyhow::{Context as _, Result};
use clap::Parser;
use ecommerce_model::{ConfigGenerador, Generador};
use ej_16_2_5_dependency_tree::draw::{impact_text, mermaid, observations_text, svg, tree_text};
use ej_16_2_5_dependency_tree::handover::{
    handover_table, handovers, model_cases, neighbour_cases,
};
use ej_16_2_5_dependency_tree::{Graph, Tree, impact, observations, shared_by_all};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// El árbol de dependencias de Polars, DataFusion y Delta-rs en un workspace, dibujado y comprobado.
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    /// Solo el árbol, como diagrama de Mermaid
    #[arg(long, conflicts_with = "svg")]
    mermaid: bool,
    /// Solo el árbol, dibujado en este archivo SVG
    #[arg(long, value_name = "ARCHIVO")]
    svg: Option<PathBuf>,
    /// El Cargo.toml de otro workspace [por omisión: el del directorio actual]
    #[arg(long, value_name = "RUTA", conflicts_with = "lock")]
    manifiesto: Option<PathBuf>,
    /// Un Cargo.lock, sin llamar a cargo: todas las plataformas y todas las clases de dependencia
    #[arg(long, value_name = "RUTA")]
    lock: Option<PathBuf>,
}

/// Packages whose fall is worth knowing: those of the drawing, and what all rest on.
const WATCHED: [&str; 8] = [
    "arrow-buffer",
    "parquet",
    "polars-arrow",
    "object_store",
    "tokio",
    "bytes",
    "zstd-sys",
    "libc",
];

fn main() -> ExitCode {
    let args = match ecommerce_cli::parse::<Args>(std::env::args_os()) {
        Ok(args) => args,
        Err(code) => return code,
    };
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<()> {
    let graph = match &args.lock {
        Some(lock) => {
            let text = std::fs::read_to_string(lock)
                .with_context(|| format!("no se puede leer {}", lock.display()))?;
            Graph::from_lock(&text).with_context(|| format!("no se entiende {}", lock.display()))?
        }
        None => Graph::of_workspace(args.manifiesto.as_deref())
            .context("cargo no da las dependencias del workspace")?,
    };
    let tree = Tree::of(&graph);
    let text = if args.mermaid {
        mermaid(&tree)
    } else if let Some(file) = &args.svg {
        std::fs::write(file, svg(&tree))
            .with_context(|| format!("no se puede escribir {}", file.display()))?;
        String::new()
    } else {
        whole(&graph, &tree)?
    };
    match std::io::stdout().write_all(text.as_bytes()) {
        // The reader, `head` for one, has seen enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

fn whole(graph: &Graph, tree: &Tree) -> Result<String> {
    // Polars panics at types that its build lacks; the table says so.
    std::panic::set_hook(Box::new(|_| {}));
    let config = ConfigGenerador::new(42, "2024-01-15".parse()?, 1, 2_000);
    let model = handovers(&model_cases(&Generador::new(config)?)?);
    let neighbours = handovers(&neighbour_cases()?);
    Ok(format!(
        "El árbol: {} paquetes, {} de ellos propios\n\n{}\nLas observaciones de la guía\n\n{}\n\
         Qué cae con cada uno; los tres motores comparten {} paquetes\n\n{}\n\
         Entre arrow-rs y Polars, por direcciones: el modelo de eventos\n\n{}\n\
         Y los tipos de alrededor\n\n{}",
        graph.packages().len(),
        graph
            .packages()
            .iter()
            .filter(|package| package.member)
            .count(),
        tree_text(tree),
        observations_text(&observations(graph)),
        shared_by_all(graph).len(),
        impact_text(&impact(graph, &WATCHED)),
        handover_table(&model),
        handover_table(&neighbours)
    ))
}
