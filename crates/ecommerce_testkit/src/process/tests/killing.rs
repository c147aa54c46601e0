use super::*;

#[test]
fn out_of_time_ends_the_whole_group() {
    let run = shell("sleep 300 & echo $!; wait")
        .timeout(Duration::from_millis(300))
        .run()
        .unwrap();
    assert_eq!((run.timed_out, run.signal), (true, Some(9)));
    assert!(
        run.wall >= Duration::from_millis(300) && run.wall < Duration::from_secs(30),
        "{run:?}"
    );
    assert!(
        soon(|| is_gone(&run.stdout_text())),
        "the sleeper outlived its group"
    );
}

#[test]
fn what_a_child_leaves_in_the_background_ends_with_it() {
    let run = shell("sleep 300 & echo $!").run().unwrap();
    assert_eq!((run.code, run.timed_out), (Some(0), false));
    assert!(
        soon(|| is_gone(&run.stdout_text())),
        "the sleeper outlived its parent"
    );
}

#[test]
fn a_dropped_handle_kills() {
    let running = shell("sleep 300").spawn().unwrap();
    let pid = running.pid().to_string();
    assert!(!is_gone(&pid));
    drop(running);
    assert!(soon(|| is_gone(&pid)));
}

#[test]
fn every_trigger_lands_when_it_comes_true() {
    let dir = crate::temp::dir().unwrap();
    let at = |name: &str| dir.path().join(name);
    let go_on = "while :; do sleep 1; done";
    let cases = [
        ("true".to_owned(), Trigger::After(Duration::from_millis(50))),
        ("mkdir a".to_owned(), Trigger::Exists(at("a"))),
        (
            "mkdir log; touch log/0001.json#1".to_owned(),
            Trigger::EntryIn(at("log"), "#1".into()),
        ),
        ("echo ready".to_owned(), Trigger::Stdout(6)),
        (
            "mkdir big; head -c 5000 /dev/zero > big/file".to_owned(),
            Trigger::TreeBytes(at("big"), 5000),
        ),
    ];
    for (script, trigger) in cases {
        let child = shell(&format!("{script}; {go_on}")).current_dir(dir.path());
        let run = child.spawn().unwrap().kill_when(&trigger).unwrap();
        assert_eq!(
            (run.signal, run.timed_out),
            (Some(9), false),
            "{trigger:?}: {run:?}"
        );
    }
}

#[test]
fn a_kill_by_the_clock_is_not_a_timeout() {
    let run = shell("sleep 300")
        .spawn()
        .unwrap()
        .kill_after(Duration::from_millis(50))
        .unwrap();
    assert_eq!((run.signal, run.timed_out), (Some(9), false));
    assert!(run.wall >= Duration::from_millis(50));
}

#[test]
fn a_child_that_ends_before_its_trigger_shows_its_code() {
    let run = shell("exit 5")
        .spawn()
        .unwrap()
        .kill_when(&Trigger::Exists("/nonexistent/file".into()))
        .unwrap();
    assert_eq!((run.code, run.signal), (Some(5), None));
}

#[test]
fn a_trigger_that_never_comes_ends_with_the_time() {
    let child = shell("sleep 300").timeout(Duration::from_millis(200));
    let run = child
        .spawn()
        .unwrap()
        .kill_when(&Trigger::Stdout(1))
        .unwrap();
    assert!(run.timed_out);
}

#[test]
fn an_interrupt_can_be_answered() {
    // A shell runs its traps between two commands; one that forks or waits meanwhile can lose the signal.
    let child = shell("trap 'echo caught; exit 7' INT; echo ready; while :; do :; done");
    let run = child
        .spawn()
        .unwrap()
        .signal_when(Signal::Interrupt, &Trigger::Stdout(6))
        .unwrap();
    assert_eq!(
        (run.code, run.stdout_text()),
        (Some(7), "ready\ncaught\n".to_owned())
    );
}

#[test]
fn a_signal_after_the_end_reaches_nobody() {
    let running = shell("exit 0").spawn().unwrap();
    assert!(soon(|| !running.signal(Signal::Terminate).unwrap()));
    running.wait().unwrap();
}
