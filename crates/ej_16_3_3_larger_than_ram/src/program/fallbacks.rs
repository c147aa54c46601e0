//! `retrocesos`: the table of operations and engines, from the plans and from a run.

use super::arguments::Fallbacks;
use super::failure::{Failure, one_line};
use super::watch::watch;
use ej_16_3_3_larger_than_ram::fallbacks::{
    Node, RUN_LOG, Sources, Verdict, announce, catalog, planned, ran,
};
use polars::prelude::{Engine, PolarsError};
use std::collections::BTreeSet;
use std::process::Command;

pub(crate) fn run(args: &Fallbacks) -> Result<(), Failure> {
    let broken = |e: PolarsError| Failure::polars("los planes", &e);
    let sources = Sources::new().map_err(broken)?;
    if args.ejecutar {
        for (number, case) in catalog().iter().enumerate() {
            announce(number);
            let plan = (case.plan)(&sources).map_err(broken)?;
            plan.collect_with_engine(Engine::Streaming)
                .map_err(|e| Failure::polars(case.name, &e))?;
        }
        return Ok(());
    }
    let program = std::env::current_exe().map_err(Failure::storage)?;
    let log = watch(
        Command::new(program)
            .args(["retrocesos", "--ejecutar"])
            .envs(RUN_LOG),
    )
    .map_err(Failure::storage)?;
    if !log.status.success() {
        let said = log.stderr.lines().rev().find(|l| l.starts_with("error: "));
        return Err(Failure::panic(&one_line(said.unwrap_or(&log.stderr))));
    }
    let ran = ran(&log.stderr);
    let mut judged = Vec::new();
    for (number, case) in catalog().iter().enumerate() {
        let planned = (case.plan)(&sources)
            .and_then(|plan| planned(&plan))
            .map_err(broken)?;
        let executed = ran.get(&number).cloned().unwrap_or_default();
        judged.push(Judged {
            name: case.name,
            verdict: Verdict::of(&executed, &planned),
            planned,
            executed,
        });
    }
    if args.nodos {
        by_operation(&judged);
    } else {
        by_verdict(&judged);
    }
    Ok(())
}

struct Judged {
    name: &'static str,
    verdict: Verdict,
    planned: Vec<Node>,
    executed: BTreeSet<String>,
}

/// The page's table.
fn by_verdict(judged: &[Judged]) {
    println!("| el motor streaming… | operaciones |\n|---|---|");
    for verdict in Verdict::ALL {
        let names: Vec<_> = judged
            .iter()
            .filter(|case| case.verdict == verdict)
            .map(|case| case.name)
            .collect();
        println!("| {} | {} |", verdict.words(), names.join(" · "));
    }
}

fn by_operation(judged: &[Judged]) {
    println!("| operación | motor streaming | plan | ejecutado |\n|---|---|---|---|");
    for case in judged {
        let plan: Vec<_> = case.planned.iter().map(|node| node.kind.as_str()).collect();
        let ran: Vec<_> = case.executed.iter().map(String::as_str).collect();
        println!(
            "| {} | {} | {} | {} |",
            case.name,
            case.verdict.words(),
            plan.join(", "),
            ran.join(", ")
        );
    }
}
