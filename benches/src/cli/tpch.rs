//! `duelo tpch` and `duelo tpch-informe`.

use super::save;
use crate::contestant::Tools;
use crate::tpch::{self, CONTESTANTS, Duel, Plan};
use anyhow::{Context as _, Result};
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

#[derive(Args, Debug)]
pub(super) struct TpchArguments {
    /// Factores de escala, separados por comas; los datos de cada uno se hacen una vez y se guardan
    #[arg(long, value_delimiter = ',', required = true, value_name = "E")]
    escalas: Vec<f64>,
    /// Contendientes, separados por comas; los tres si falta
    #[arg(long, value_delimiter = ',')]
    contendientes: Vec<String>,
    /// Procesos por contendiente
    #[arg(long, default_value_t = 2, value_name = "N")]
    rondas: usize,
    /// Repeticiones de cada consulta en un proceso; la primera no cuenta si hay más
    #[arg(long, default_value_t = 4, value_name = "N")]
    repeticiones: usize,
    /// No empezar otra repetición pasados estos segundos de una consulta
    #[arg(long, default_value_t = 10.0, value_name = "S")]
    segundos: f64,
    /// Segundos tras los que se abandona un proceso
    #[arg(long, default_value_t = 600.0, value_name = "S")]
    limite_s: f64,
    /// Escala a la que DataFusion cambia un ajuste cada vez; no se hace si falta
    #[arg(long, value_name = "E")]
    ajustes: Option<f64>,
    /// Binario motor-datafusion, o su carpeta; el de target/dist o target/release si falta
    #[arg(long, value_name = "RUTA")]
    binario: Option<PathBuf>,
    /// Archivo del resultado
    #[arg(long, value_name = "F")]
    json: Option<PathBuf>,
    #[command(flatten)]
    told: Told,
}

/// What a result is told in.
#[derive(Args, Debug)]
struct Told {
    /// Tablas en Markdown; sin ellas se muestran
    #[arg(long, value_name = "F")]
    md: Option<PathBuf>,
    /// Gráfico de los segundos por consulta
    #[arg(long, value_name = "F")]
    svg: Option<PathBuf>,
    /// Cada cifra con su nombre, en JSON
    #[arg(long, value_name = "F")]
    cifras: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct TpchReportArguments {
    /// Resultado de `duelo tpch`
    archivo: PathBuf,
    #[command(flatten)]
    told: Told,
}

/// The exit code is 1 if a contestant failed or an answer differed.
pub(super) fn compete(a: &TpchArguments) -> Result<ExitCode> {
    let all = || CONTESTANTS.map(|(name, _)| name.to_owned()).to_vec();
    let plan = Plan {
        scales: a.escalas.clone(),
        contestants: if a.contendientes.is_empty() {
            all()
        } else {
            a.contendientes.clone()
        },
        rounds: a.rondas,
        repetitions: a.repeticiones,
        seconds: a.segundos,
        limit: Duration::try_from_secs_f64(a.limite_s).context("--limite-s no es un tiempo")?,
        ablation: a.ajustes,
    };
    let binary = a.binario.as_deref().map(std::path::absolute).transpose()?;
    // Written after every scale: a long duel that is cut short keeps what it has.
    let saved = |duel: &Duel| match &a.json {
        Some(path) => save(path, &(serde_json::to_string_pretty(duel)? + "\n")),
        None => Ok(()),
    };
    let duel = tpch::run(&Tools::discover(binary), &plan, saved)?;
    tell(&duel, &a.told)?;
    Ok(if duel.is_clean() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

pub(super) fn report(a: &TpchReportArguments) -> Result<ExitCode> {
    let text = std::fs::read_to_string(&a.archivo)
        .with_context(|| format!("no se puede leer {}", a.archivo.display()))?;
    let duel: Duel = serde_json::from_str(&text)
        .with_context(|| format!("{} no es un resultado de duelo tpch", a.archivo.display()))?;
    tell(&duel, &a.told)?;
    Ok(ExitCode::SUCCESS)
}

fn tell(duel: &Duel, told: &Told) -> Result<()> {
    if let Some(path) = &told.svg {
        save(path, &tpch::draw(duel)?)?;
    }
    if let Some(path) = &told.cifras {
        save(
            path,
            &(serde_json::to_string_pretty(&tpch::figures(duel))? + "\n"),
        )?;
    }
    match &told.md {
        Some(path) => save(path, &tpch::markdown(duel)),
        None => {
            print!("{}", tpch::markdown(duel));
            Ok(())
        }
    }
}
