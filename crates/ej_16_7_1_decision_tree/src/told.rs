//! A decision as text for a terminal.

use crate::tree::Answer;
use crate::walk::Decision;
use crate::{DecisionTree, Evidence};
use std::fmt::Write as _;

const WIDTH: usize = 96;

impl Decision<'_> {
    /// The recommendation in the guide's words, what the measurements say of it, and the way to it.
    ///
    /// With `explained`, why each answer leads on and where that can be seen; paths are those of the repository.
    pub fn told(&self, explained: bool) -> String {
        let mut out = String::new();
        if explained {
            for (n, step) in self.steps.iter().enumerate() {
                let reason = step.question.reason(step.answer);
                wrapped(&mut out, &format!("{}. ", n + 1), &step.question.text);
                wrapped(&mut out, &format!("   {} · ", step.answer), &reason.because);
                proofs(&mut out, &reason.evidence);
                out.push('\n');
            }
        } else {
            let steps = self.steps.iter();
            let way = steps.map(|step| format!("{} {}", step.question.short, step.answer));
            wrapped(&mut out, "", &way.collect::<Vec<_>>().join(" → "));
            out.push('\n');
        }
        wrapped(&mut out, "La guía dice: ", &self.leaf.guide);
        let today = format!("Hoy: {}. ", self.leaf.verdict);
        wrapped(&mut out, &today, &self.leaf.today);
        if explained {
            proofs(&mut out, &self.leaf.evidence);
        }
        out
    }

    /// The command that comes to the same decision without asking.
    pub fn command(&self) -> String {
        let mut out = "decide".to_owned();
        for step in &self.steps {
            let answer = match step.answer {
                Answer::Yes => "si",
                Answer::No => "no",
            };
            // Writing to a String cannot fail.
            let _ = write!(out, " --{} {answer}", step.question.id);
        }
        out
    }
}

fn proofs(out: &mut String, evidence: &[Evidence]) {
    for proof in evidence {
        let lead = match proof {
            Evidence::Test { .. } => "     - prueba ",
            _ => "     - ",
        };
        wrapped(out, lead, proof.says());
        let _ = writeln!(out, "       {}", proof.place());
    }
}

/// Writes `text` behind `lead`, its further lines below its first.
fn wrapped(out: &mut String, lead: &str, text: &str) {
    let indent = lead.chars().count().min(7);
    let mut column = lead.chars().count();
    out.push_str(lead);
    for (n, word) in text.split_whitespace().enumerate() {
        let width = word.chars().count();
        if n > 0 && column + 1 + width > WIDTH {
            let _ = write!(out, "\n{:indent$}", "");
            column = indent;
        } else if n > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += width;
    }
    out.push('\n');
}

impl DecisionTree {
    /// The questions as a Markdown table, with links that work from this crate's page.
    pub fn questions_table(&self) -> String {
        let mut out = String::from(
            "| pregunta | opción | respuesta | porque | prueba |\n|---|---|---|---|---|\n",
        );
        for question in &self.questions {
            for answer in [Answer::Yes, Answer::No] {
                let reason = question.reason(answer);
                let (text, id) = match answer {
                    Answer::Yes => (question.text.as_str(), format!("`--{}`", question.id)),
                    Answer::No => ("", String::new()),
                };
                let _ = writeln!(
                    out,
                    "| {text} | {id} | {answer} | {} | {} |",
                    reason.because,
                    links(&reason.evidence)
                );
            }
        }
        out
    }

    /// The recommendations as a Markdown table: the guide's and what the measurements say.
    pub fn leaves_table(&self) -> String {
        let mut out = String::from("| la guía dice | hoy | | prueba |\n|---|---|---|---|\n");
        for leaf in &self.leaves {
            let _ = writeln!(
                out,
                "| {} | **{}** | {} | {} |",
                leaf.guide,
                leaf.verdict,
                leaf.today,
                links(&leaf.evidence)
            );
        }
        out
    }
}

fn links(evidence: &[Evidence]) -> String {
    let link = |proof: &Evidence| match proof {
        Evidence::Test { .. } => format!("[`{}`](../../{})", proof.says(), proof.place()),
        Evidence::Source { .. } => format!("[{}]({})", proof.says(), proof.place()),
        Evidence::Run { .. } | Evidence::Page { .. } => {
            format!("[{}](../../{})", proof.says(), proof.place())
        }
    };
    evidence.iter().map(link).collect::<Vec<_>>().join(" · ")
}
