//! `decide`: what can be asked of it, and what it ends with.

use crate::draw::{mermaid, svg};
use crate::{Answer, Decision, DecisionTree, DialogueError, ask, guide_tree};
use clap::builder::Command;
use clap::{Arg, ArgAction, ArgMatches, CommandFactory, FromArgMatches, Parser};
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

const AFTER: &str = "\
Sin ninguna opción, pregunta; se responde sí, no o atrás. Con alguna respuesta en la línea de órdenes no pregunta nada, y si \
falta una de las que están en el camino, lo dice.

Ejemplos:
  decide
  decide --explicar
  decide --motor no --maquina si --polars-basta si
  decide --motor no --maquina no --distribuido no --herramientas si --equipo si --explicar
  decide --motor si --equipo no --json
  decide --mermaid
  decide --svg arbol.svg

Códigos de salida: 0 decidido · 2 uso, o falta una respuesta · 3 la entrada se acabó o no se entiende · 5 no se puede escribir";

const DECISION: &str = "Respuestas";
const USAGE: u8 = 2;
const INPUT: u8 = 3;
const OUTPUT: u8 = 5;

/// What was asked for. The options that answer questions are those of the tree.
struct Arguments {
    answers: Vec<(&'static str, Answer)>,
    explain: bool,
    json: bool,
    mermaid: bool,
    tables: bool,
    svg: Option<PathBuf>,
}

impl CommandFactory for Arguments {
    fn command() -> Command {
        let picture = ["mermaid", "svg", "tablas"];
        let flag = |name: &'static str, help: &'static str| {
            Arg::new(name)
                .long(name)
                .action(ArgAction::SetTrue)
                .help(help)
        };
        let questions = guide_tree().map_or(&[][..], DecisionTree::questions);
        let answers = questions.iter().map(|question| {
            Arg::new(question.id.as_str())
                .long(question.id.as_str())
                .value_name("sí|no")
                .value_parser(|text: &str| text.parse::<Answer>())
                .conflicts_with_all(picture)
                .help_heading(DECISION)
                .help(question.text.as_str())
        });
        Command::new("decide")
            .version(env!("CARGO_PKG_VERSION"))
            .about("¿Rust, o lo que ya hay? El árbol de decisión de la guía, con lo que dicen hoy las mediciones.")
            .after_help(AFTER)
            .override_usage("decide [RESPUESTAS] [OPCIONES]")
            .args(answers)
            .arg(flag("explicar", "Dice por qué en cada paso, y dónde se ve").conflicts_with_all(picture))
            .arg(flag("json", "Da la decisión como JSON").conflicts_with_all(picture).conflicts_with("explicar"))
            .arg(flag("mermaid", "Solo dibuja el árbol, en Mermaid").conflicts_with_all(["svg", "tablas"]))
            .arg(
                Arg::new("svg")
                    .long("svg")
                    .value_name("ARCHIVO")
                    .value_parser(clap::value_parser!(PathBuf))
                    .conflicts_with("tablas")
                    .help("Solo dibuja el árbol, en este archivo SVG"),
            )
            .arg(flag("tablas", "Solo las tablas de la página, en Markdown"))
    }

    fn command_for_update() -> Command {
        Self::command()
    }
}

impl FromArgMatches for Arguments {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let questions = guide_tree().map_or(&[][..], DecisionTree::questions);
        let given = questions.iter().filter_map(|question| {
            let answer = matches.get_one::<Answer>(&question.id)?;
            Some((question.id.as_str(), *answer))
        });
        Ok(Self {
            answers: given.collect(),
            explain: matches.get_flag("explicar"),
            json: matches.get_flag("json"),
            mermaid: matches.get_flag("mermaid"),
            tables: matches.get_flag("tablas"),
            svg: matches.get_one("svg").cloned(),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Parser for Arguments {}

/// An end without a decision: its exit code and its line.
struct Failure(u8, String);

/// Runs the program with these arguments, the first of which is its name, and gives its exit code.
///
/// Decisions and drawings go to standard output, questions and errors to standard error.
pub fn main_with(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args = match ecommerce_cli::parse::<Arguments>(arguments) {
        Ok(args) => args,
        Err(code) => return code,
    };
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(code, line)) => {
            // On a closed terminal the exit code says it alone.
            let _ = writeln!(io::stderr(), "error: {line}");
            ExitCode::from(code)
        }
    }
}

fn run(args: &Arguments) -> Result<(), Failure> {
    // A test reads the tree that is part of the program: this does not happen.
    let tree = guide_tree().map_err(|error| Failure(1, error.to_string()))?;
    if args.mermaid {
        return print(&mermaid(tree));
    }
    if args.tables {
        return print(&format!(
            "{}\n{}",
            tree.questions_table(),
            tree.leaves_table()
        ));
    }
    if let Some(file) = &args.svg {
        return std::fs::write(file, svg(tree)).map_err(|error| {
            let why = ecommerce_cli::os_error(&error);
            Failure(
                OUTPUT,
                format!("no se puede escribir {}: {why}", file.display()),
            )
        });
    }
    if args.answers.is_empty() {
        let decision = conversation(tree)?;
        print(&told(args, &decision))?;
        // Where questions were asked, standard output may go on to something else.
        let again = decision.command();
        let _ = writeln!(io::stderr(), "\nSin preguntas: {again}");
        return Ok(());
    }
    let answer = |id: &str| args.answers.iter().find(|(name, _)| *name == id);
    let decision = tree
        .decide(|question| answer(&question.id).map(|(_, answer)| *answer))
        .map_err(|missing| Failure(USAGE, missing.to_string()))?;
    print(&told(args, &decision))
}

fn conversation(tree: &'static DecisionTree) -> Result<Decision<'static>, Failure> {
    let (mut input, mut output) = (io::stdin().lock(), io::stderr().lock());
    let decision = ask(tree, &mut input, &mut output).map_err(|error| {
        let code = match error {
            DialogueError::Write(_) => OUTPUT,
            _ => INPUT,
        };
        Failure(code, error.to_string())
    })?;
    let _ = writeln!(output);
    Ok(decision)
}

fn told(args: &Arguments, decision: &Decision<'_>) -> String {
    if args.json {
        // Texts and lists of texts: there is nothing in it that JSON cannot say.
        let json = serde_json::to_string_pretty(decision).unwrap_or_default();
        format!("{json}\n")
    } else {
        decision.told(args.explain)
    }
}

fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // The reader, `head` for one, has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => {
            let why = ecommerce_cli::os_error(&error);
            Err(Failure(OUTPUT, format!("no se puede escribir: {why}")))
        }
        Ok(()) => Ok(()),
    }
}
