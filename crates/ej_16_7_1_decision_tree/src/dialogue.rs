//! The same, asking a person.

use crate::tree::{Answer, DecisionTree, Target};
use crate::walk::{Decision, Step};
use std::io::{self, BufRead, Read as _, Write};

/// Why a conversation ended without a decision.
#[derive(Debug, thiserror::Error)]
pub enum DialogueError {
    /// The input ended before a leaf was reached.
    #[error(
        "la entrada se acabó antes de llegar a una respuesta; con opciones no se pregunta nada (ver --help)"
    )]
    EndOfInput,
    /// Nothing that was said could be understood, several times in a row.
    #[error("no se entiende nada de lo que llega por la entrada")]
    NotUnderstood,
    /// The input cannot be read.
    #[error("no se puede leer la entrada")]
    Read(#[source] io::Error),
    /// The questions cannot be written.
    #[error("no se pueden escribir las preguntas")]
    Write(#[source] io::Error),
}

/// Answers are words; what is longer is none.
const LONGEST: u64 = 256;
/// Who answers nonsense this often in a row is no person.
const PATIENCE: usize = 5;

enum Said {
    Answer(Answer),
    Back,
    Nonsense,
}

/// The decision that whoever is at the other end comes to. Takes `sí`, `no`, their first letters, and `atrás`, in any case.
///
/// # Errors
/// * [`DialogueError::EndOfInput`] if `input` ends first.
/// * [`DialogueError::NotUnderstood`] if five lines in a row are none of those words.
/// * [`DialogueError::Read`], [`DialogueError::Write`] if one of the two fails.
pub fn ask<'a>(
    tree: &'a DecisionTree,
    input: &mut impl BufRead,
    output: &mut impl Write,
) -> Result<Decision<'a>, DialogueError> {
    // The nodes passed, with what was said at each: what `atrás` takes back.
    let mut passed: Vec<(usize, Answer)> = Vec::new();
    loop {
        let here = passed
            .last()
            .map_or(tree.root, |(node, answer)| tree.nodes[*node].after(*answer));
        let node = match here {
            Target::Leaf(leaf) => {
                let steps = passed.iter().map(|(node, answer)| Step {
                    question: &tree.questions[tree.nodes[*node].question],
                    answer: *answer,
                });
                return Ok(Decision {
                    steps: steps.collect(),
                    leaf: &tree.leaves[leaf],
                });
            }
            Target::Node(node) => node,
        };
        let question = &tree.questions[tree.nodes[node].question];
        writeln!(output, "{}. {}", passed.len() + 1, question.text)
            .map_err(DialogueError::Write)?;
        match understood(input, output, passed.is_empty())? {
            Said::Answer(answer) => passed.push((node, answer)),
            // At the first question there is nothing to take back, and that was said.
            Said::Back => drop(passed.pop()),
            Said::Nonsense => return Err(DialogueError::NotUnderstood),
        }
    }
}

/// The first thing said that makes sense, of a few.
fn understood(
    input: &mut impl BufRead,
    output: &mut impl Write,
    at_start: bool,
) -> Result<Said, DialogueError> {
    for _ in 0..PATIENCE {
        let choice = if at_start {
            "sí o no"
        } else {
            "sí, no o atrás"
        };
        write!(output, "   {choice} > ")
            .and_then(|()| output.flush())
            .map_err(DialogueError::Write)?;
        let line = line(input)?.ok_or_else(|| {
            // What is said next should not stand behind the question.
            let _ = writeln!(output);
            DialogueError::EndOfInput
        })?;
        let said = match line.trim().to_lowercase().as_str() {
            "atrás" | "atras" | "a" if at_start => None,
            "atrás" | "atras" | "a" => Some(Said::Back),
            other => other.parse().ok().map(Said::Answer),
        };
        match said {
            Some(said) => return Ok(said),
            None => writeln!(output, "   Se espera {choice}.").map_err(DialogueError::Write)?,
        }
    }
    Ok(Said::Nonsense)
}

/// The next line, without its end; `None` at the end of the input. What is longer than an answer is cut.
fn line(input: &mut impl BufRead) -> Result<Option<String>, DialogueError> {
    let mut line = Vec::new();
    let mut bounded = input.take(LONGEST);
    let read = bounded.read_until(b'\n', &mut line);
    if read.map_err(DialogueError::Read)? == 0 {
        return Ok(None);
    }
    Ok(Some(String::from_utf8_lossy(&line).into_owned()))
}
