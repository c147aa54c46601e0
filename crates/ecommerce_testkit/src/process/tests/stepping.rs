use super::*;

/// This very test binary as a program with several threads: the tests of `temp`, all of whose files lie under `dir`.
fn threads_that_make_files(dir: &Path) -> Child {
    let tests = Child::new(std::env::current_exe().unwrap()).args(["temp::", "--test-threads=4"]);
    tests.env("TMPDIR", dir).timeout(Duration::from_secs(60))
}

#[test]
fn every_step_of_a_pool_of_threads_can_be_hit() {
    let dir = crate::temp::dir().unwrap();
    let child = threads_that_make_files(dir.path());
    let steps = Steps::namespace().under(dir.path());
    let whole = steps.count(&child).unwrap();
    assert!(whole.finished.success() && !whole.landed, "{whole:?}");
    let all = whole.calls.len();
    assert!(all > 30, "{:?}", whole.calls);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    for n in [1, 2, all / 2, all] {
        let dir = crate::temp::dir().unwrap();
        let run = Steps::namespace()
            .under(dir.path())
            .kill_at(n, &threads_that_make_files(dir.path()))
            .unwrap();
        assert!(run.landed, "step {n} of {all}: {run:?}");
        assert_eq!((run.finished.signal, run.calls.len()), (Some(9), n));
    }
}

#[test]
fn the_call_at_which_it_dies_is_not_made() {
    let dir = crate::temp::dir().unwrap();
    let child = shell("mkdir one; mkdir two; mkdir three").current_dir(dir.path());
    let run = Steps::of(&["mkdir", "mkdirat"])
        .unwrap()
        .kill_at(3, &child)
        .unwrap();
    assert!(run.landed, "{run:?}");
    let made: Vec<_> = run
        .calls
        .iter()
        .flat_map(|call| call.paths.clone())
        .collect();
    assert_eq!(made, ["one", "two", "three"].map(std::path::PathBuf::from));
    assert_eq!(crate::temp::Tree::of(dir.path()).unwrap().iter().count(), 2);
}

#[test]
fn a_step_that_never_comes_does_not_land() {
    let run = Steps::namespace()
        .under("/nonexistent")
        .kill_at(1, &shell("exit 6"))
        .unwrap();
    assert_eq!(
        (run.landed, run.finished.code, run.calls.len()),
        (false, Some(6), 0)
    );
}

#[test]
fn output_limits_and_time_hold_under_tracing() {
    let run = Steps::namespace()
        .count(&shell("ulimit -n; cat").limit_files(50).stdin("x"))
        .unwrap();
    assert_eq!(
        (run.finished.stdout_text(), run.finished.timed_out),
        ("50\nx".to_owned(), false)
    );
    let late = shell("sleep 300 & sleep 300").timeout(Duration::from_millis(300));
    let run = Steps::namespace().count(&late).unwrap();
    assert_eq!(
        (run.finished.timed_out, run.finished.signal, run.landed),
        (true, Some(9), false)
    );
}

#[test]
fn signals_of_its_own_reach_a_traced_child() {
    let run = Steps::namespace()
        .count(&shell("trap 'exit 9' TERM; kill -TERM $$; exit 1"))
        .unwrap();
    assert_eq!(run.finished.code, Some(9));
}

#[test]
fn two_traced_children_at_once_do_not_take_each_others_events() {
    let both: Vec<_> = std::thread::scope(|scope| {
        let runs = [3, 4].map(|code| {
            scope.spawn(move || {
                Steps::namespace()
                    .count(&shell(&format!("(true); exit {code}")))
                    .unwrap()
            })
        });
        runs.map(|run| run.join().unwrap().finished.code).into()
    });
    assert_eq!(both, [Some(3), Some(4)]);
}

#[test]
fn a_name_that_is_no_call_is_refused() {
    assert!(
        matches!(Steps::of(&["renombrar"]), Err(ChildError::UnknownCall(name)) if name == "renombrar")
    );
    assert!(Steps::of(&["rename", "link", "unlink", "mkdir", "open"]).is_ok());
}

#[test]
fn a_program_that_is_not_there_is_a_typed_error_here_too() {
    assert!(matches!(
        Steps::namespace().count(&Child::new("/nonexistent/program")),
        Err(ChildError::Start { .. })
    ));
}
