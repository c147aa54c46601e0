//! The recorder: what criterion left in its directory, with the machine and the commit, into `docs/resultados/`.
//!
//! `cargo xtask medir 16.1` opens a run, benches into an empty directory of its own, and archives. In reading order:
//!
//! 1. [`run`]: what is known before the first measurement: section, instant, machine, commit, versions.
//! 2. [`results`]: criterion's files, those of this section and of this run alone.
//! 3. [`breakeven`]: from which size on one variant beats another.
//! 4. [`record`]: the JSON; [`table`]: the same in Markdown.
//! 5. [`figures`]: which drawings a section has; [`lines`]: how they are drawn.
//! 6. [`cli`]: the two commands.

pub mod breakeven;
pub mod cli;
pub mod figures;
pub mod lines;
pub mod record;
pub mod results;
pub mod run;
pub mod table;

#[cfg(test)]
mod tests;
