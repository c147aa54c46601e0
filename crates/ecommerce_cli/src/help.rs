//! Help: headings, notes and the two flags that clap would write in English.

use clap::{Arg, ArgAction, Command};

const TEMPLATE: &str = "{about}\n\nUso: {usage}\n\n{all-args}{after-help}";

/// This command and those below it, with all that clap adds of its own in Spanish.
///
/// Headings, usage lines and texts that the command brings itself are kept.
pub fn spanish(command: Command) -> Command {
    let mut command = translated(command);
    // Usage lines are made of what building adds: the names above a command and the flags it inherits.
    command.build();
    with_usage(command)
}

fn translated(command: Command) -> Command {
    let versioned = command.get_version().is_some();
    let command = command
        .help_template(TEMPLATE)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .disable_help_subcommand(true)
        .subcommand_help_heading("Órdenes")
        .subcommand_value_name("ORDEN")
        .arg(help_flag())
        .mut_args(argument)
        .mut_subcommands(translated);
    if versioned {
        command.arg(argument(version_flag()))
    } else {
        command
    }
}

fn help_flag() -> Arg {
    Arg::new("ayuda")
        .short('h')
        .long("help")
        .alias("ayuda")
        .action(ArgAction::Help)
        .help("Muestra esta ayuda")
        .display_order(usize::MAX - 1)
}

fn version_flag() -> Arg {
    Arg::new("version")
        .short('V')
        .long("version")
        .action(ArgAction::Version)
        .help("Muestra la versión")
        .display_order(usize::MAX)
}

fn argument(arg: Arg) -> Arg {
    let notes = notes(&arg);
    let arg = if arg.get_help_heading().is_some() {
        arg
    } else {
        let heading = if arg.is_positional() {
            "Argumentos"
        } else {
            "Opciones"
        };
        arg.help_heading(heading)
    };
    if notes.is_empty() {
        return arg;
    }
    let said = |text: Option<&clap::builder::StyledStr>| {
        text.map(|text| format!("{text} [{}]", notes.join("; ")))
    };
    let (short, long) = (said(arg.get_help()), said(arg.get_long_help()));
    let arg = arg.hide_default_value(true).hide_possible_values(true);
    let arg = match short {
        Some(text) => arg.help(text),
        None => arg,
    };
    match long {
        Some(text) => arg.long_help(text),
        None => arg,
    }
}

/// What clap would have written behind the text: values admitted, and the one taken when none is given.
fn notes(arg: &Arg) -> Vec<String> {
    let mut notes = Vec::new();
    if !arg.get_action().takes_values() {
        return notes;
    }
    let values: Vec<String> = arg
        .get_possible_values()
        .iter()
        .filter(|value| !value.is_hide_set())
        .map(|value| value.get_name().to_owned())
        .collect();
    if !values.is_empty() && !arg.is_hide_possible_values_set() {
        notes.push(format!("valores: {}", values.join(", ")));
    }
    let taken: Vec<String> = arg
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy().into_owned())
        .collect();
    if !taken.is_empty() && !arg.is_hide_default_value_set() {
        notes.push(format!("por omisión: {}", taken.join(", ")));
    }
    notes
}

fn with_usage(mut command: Command) -> Command {
    let usage = command.render_usage().to_string();
    let usage = usage.strip_prefix("Usage: ").unwrap_or(&usage);
    let usage = usage.replace("[OPTIONS]", "[OPCIONES]");
    command.override_usage(usage).mut_subcommands(with_usage)
}
