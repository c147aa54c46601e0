use super::*;
use crate::process::strace_log::read;

#[test]
fn a_missing_strace_is_a_typed_error() {
    assert!(matches!(
        Strace::found_in("/nonexistent".into()),
        Err(ChildError::StraceMissing)
    ));
}

#[test]
fn a_call_split_by_another_thread_is_one_call() {
    let log = "7 unlink(\"/a\" <unfinished ...>\n\
               8 rename(\"/b\", \"/c\")  = -1 EIO (Input/output error) (INJECTED)\n\
               7 <... unlink resumed>)             = -1 EIO (Input/output error) (INJECTED)\n\
               8 --- SIGCHLD {si_signo=SIGCHLD} ---\n\
               7 unlink(\"/d\")        = 0\n\
               7 +++ exited with 0 +++\n";
    let (calls, killed) = read(log);
    let seen: Vec<_> = calls
        .iter()
        .map(|call| (call.thread, call.name.as_str(), call.injected))
        .collect();
    assert_eq!(
        seen,
        [
            (7, "unlink", true),
            (8, "rename", true),
            (7, "unlink", false)
        ]
    );
    assert_eq!(killed, 0);
}

#[test]
fn each_killed_thread_is_told() {
    let log = "12 rename(\"/a\", \"/b\") = ?\n13 +++ killed by SIGKILL +++\n12 +++ killed by SIGKILL +++\n";
    let (calls, killed) = read(log);
    assert_eq!((calls.len(), killed), (1, 2));
}
