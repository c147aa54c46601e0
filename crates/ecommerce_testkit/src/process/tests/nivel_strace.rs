//! What needs strace installed.

use super::*;

#[test]
#[ignore = "tier strace: cargo xtask test"]
fn calls_are_counted_across_children() {
    let dir = crate::temp::dir().unwrap();
    let child = shell("mkdir a; mkdir b; (mkdir c) & wait").current_dir(dir.path());
    let run = Strace::new()
        .unwrap()
        .trace(&["mkdir", "mkdirat"])
        .run(&child)
        .unwrap();
    assert_eq!(
        (run.count("mkdir") + run.count("mkdirat"), run.landed),
        (3, 0),
        "{run:?}"
    );
    assert!(run.finished.success());
}

#[test]
#[ignore = "tier strace: cargo xtask test"]
fn an_injected_error_is_seen_by_the_program_and_counted() {
    let dir = crate::temp::dir().unwrap();
    let child = shell("mkdir a || exit 5").current_dir(dir.path());
    let run = Strace::new()
        .unwrap()
        .fail(&["mkdir", "mkdirat"], "ENOSPC", When::Nth(1))
        .run(&child)
        .unwrap();
    assert_eq!((run.finished.code, run.landed), (Some(5), 1), "{run:?}");
    assert!(
        run.finished
            .stderr_text()
            .contains("No space left on device"),
        "{run:?}"
    );
    assert!(!dir.path().join("a").exists());
}

#[test]
#[ignore = "tier strace: cargo xtask test"]
fn a_kill_lands_before_the_call() {
    let dir = crate::temp::dir().unwrap();
    let child = Child::new("mkdir").args(["a", "b"]).current_dir(dir.path());
    let run = Strace::new()
        .unwrap()
        .kill(&["mkdir", "mkdirat"], When::Nth(2))
        .run(&child)
        .unwrap();
    assert_eq!((run.finished.signal, run.landed), (Some(9), 1), "{run:?}");
    assert!(dir.path().join("a").exists() && !dir.path().join("b").exists());
}

#[test]
#[ignore = "tier strace: cargo xtask test"]
fn what_is_not_reached_does_not_land() {
    let run = Strace::new()
        .unwrap()
        .kill(&["mkdir", "mkdirat"], When::Nth(2))
        .run(&shell("exit 3"))
        .unwrap();
    assert_eq!((run.finished.code, run.landed), (Some(3), 0), "{run:?}");
}

#[test]
#[ignore = "tier strace: cargo xtask test"]
fn a_path_narrows_what_is_hit() {
    let dir = crate::temp::dir().unwrap();
    let child = shell("mkdir \"$PWD/a\"; mkdir \"$PWD/b\"").current_dir(dir.path());
    let strace = Strace::new()
        .unwrap()
        .fail(&["mkdir", "mkdirat"], "EACCES", When::Always)
        .path(dir.path().join("b"));
    let run = strace.run(&child).unwrap();
    assert_eq!(run.landed, 1, "{run:?}");
    assert!(dir.path().join("a").exists() && !dir.path().join("b").exists());
}

#[test]
#[ignore = "tier strace: cargo xtask test"]
fn an_error_that_does_not_exist_is_refused() {
    let run = Strace::new()
        .unwrap()
        .fail(&["mkdir"], "EMISSPELT", When::Always)
        .run(&shell("true"));
    assert!(
        matches!(&run, Err(ChildError::StraceRefused(why)) if why.contains("EMISSPELT")),
        "{run:?}"
    );
}

#[test]
#[ignore = "tier strace: cargo xtask test"]
fn a_child_that_fails_with_code_1_is_not_a_refusal() {
    assert_eq!(
        Strace::new()
            .unwrap()
            .run(&shell("exit 1"))
            .unwrap()
            .finished
            .code,
        Some(1)
    );
}
