use super::*;

#[test]
fn code_output_and_error_come_back_as_written() {
    let run = shell("cat; echo aviso >&2; exit 3")
        .stdin("línea\n")
        .run()
        .unwrap();
    assert_eq!(
        (run.code, run.signal, run.timed_out),
        (Some(3), None, false)
    );
    assert_eq!(
        (run.stdout_text(), run.stderr_text()),
        ("línea\n".to_owned(), "aviso\n".to_owned())
    );
    assert!(!run.success() && !run.crashed());
}

#[test]
fn more_output_than_a_pipe_holds_blocks_nobody() {
    let run = shell("head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2")
        .run()
        .unwrap();
    assert_eq!((run.stdout.len(), run.stderr.len()), (3_000_000, 3_000_000));
}

#[test]
fn standard_input_is_empty_unless_given() {
    assert_eq!(Child::new("cat").run().unwrap().stdout, b"");
}

#[test]
fn a_signal_is_told_apart_from_a_code() {
    let run = shell("kill -TERM $$").run().unwrap();
    assert_eq!((run.code, run.signal), (None, Some(15)));
    assert!(!run.crashed());
}

#[test]
fn panics_aborts_and_faults_are_crashes() {
    for script in [
        "exit 101",
        "exit 134",
        "exit 139",
        "kill -ABRT $$",
        "kill -SEGV $$",
    ] {
        assert!(shell(script).run().unwrap().crashed(), "{script}");
    }
    for script in ["exit 0", "exit 6", "exit 137", "kill -KILL $$"] {
        assert!(!shell(script).run().unwrap().crashed(), "{script}");
    }
}

#[test]
fn a_program_that_is_not_there_is_a_typed_error() {
    let error = Child::new("/nonexistent/program").run().unwrap_err();
    assert!(
        matches!(&error, ChildError::Start { source, .. } if source.kind() == std::io::ErrorKind::NotFound),
        "{error:?}"
    );
}

#[test]
fn a_cleared_environment_holds_what_is_set_after_and_nothing_else() {
    let run = Child::new("/usr/bin/env")
        .env("LOST", "1")
        .env_clear()
        .env("KEPT", "2")
        .run()
        .unwrap();
    assert_eq!(run.stdout_text(), "KEPT=2\n");
}

#[test]
fn variables_and_directory_reach_the_child() {
    let dir = crate::temp::dir().unwrap();
    let run = shell("echo \"$A-$B-${HOME-none}\"; pwd -P")
        .envs([("A", "1"), ("B", "2")])
        .env_remove("HOME")
        .current_dir(dir.path());
    let expected = format!(
        "1-2-none\n{}\n",
        dir.path().canonicalize().unwrap().display()
    );
    assert_eq!(run.run().unwrap().stdout_text(), expected);
}

#[test]
fn a_needle_is_counted_in_both_outputs() {
    let run = shell("echo canary canary; echo canary >&2").run().unwrap();
    assert_eq!(
        (run.occurrences("canary"), run.occurrences("absent")),
        (3, 0)
    );
}

#[test]
fn debug_says_how_it_ended_and_shows_the_output() {
    let text = format!("{:?}", shell("echo hola; exit 4").run().unwrap());
    assert!(
        text.starts_with("exit code 4 after") && text.contains("hola"),
        "{text}"
    );
}
