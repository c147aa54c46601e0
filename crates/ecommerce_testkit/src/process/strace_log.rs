//! The lines of `strace -f -o`, as far as tests ask about them.

/// One call of strace's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// The thread that made it.
    pub thread: u32,
    /// Its name.
    pub name: String,
    /// Arguments and result as strace wrote them; the result is missing where another thread's line came between.
    pub text: String,
    /// Whether strace changed its result.
    pub injected: bool,
}

/// The calls of a log in the order they began, and how many threads SIGKILL ended.
pub(super) fn read(log: &str) -> (Vec<Logged>, usize) {
    let mut calls: Vec<Logged> = Vec::new();
    let mut killed = 0;
    for line in log.lines() {
        let Some((thread, rest)) = line.trim_start().split_once(' ') else {
            continue;
        };
        let (Ok(thread), rest) = (thread.parse(), rest.trim_start()) else {
            continue;
        };
        if rest.starts_with("+++ killed by SIGKILL") {
            killed += 1;
        } else if let Some(resumed) = rest.strip_prefix("<... ") {
            // The first half of this line stands further up: complete it.
            let open = calls.iter_mut().rev().find(|call| {
                call.thread == thread && resumed.starts_with(&format!("{} ", call.name))
            });
            if let Some(call) = open {
                call.injected |= is_injected(resumed);
                call.text
                    .push_str(resumed.split_once("resumed>").map_or("", |(_, tail)| tail));
            }
        } else if let Some((name, text)) = rest.split_once('(')
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        {
            let text = text.trim_end_matches(" <unfinished ...>").to_owned();
            calls.push(Logged {
                thread,
                name: name.to_owned(),
                injected: is_injected(rest),
                text,
            });
        }
    }
    (calls, killed)
}

fn is_injected(line: &str) -> bool {
    line.trim_end().ends_with("(INJECTED)")
}
