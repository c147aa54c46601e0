use super::*;
use std::hint::black_box;

const MIB: u64 = 1 << 20;

#[test]
fn the_child_sees_its_limit_of_open_files() {
    assert_eq!(
        shell("ulimit -n")
            .limit_files(64)
            .run()
            .unwrap()
            .stdout_text(),
        "64\n"
    );
}

#[test]
fn memory_past_the_limit_is_refused_to_the_child() {
    let hungry = Child::new("dd").args(["if=/dev/zero", "of=/dev/null", "bs=300M", "count=1"]);
    assert!(hungry.run().unwrap().success());
    for limited in [
        hungry.clone().limit_memory(100 * MIB),
        hungry.limit_data(100 * MIB),
    ] {
        let run = limited.run().unwrap();
        assert_eq!(run.code, Some(1), "{run:?}");
    }
}

#[test]
fn a_file_past_the_limit_is_cut() {
    let dir = crate::temp::dir().unwrap();
    let child = shell("trap '' XFSZ; head -c 100000 /dev/zero > file")
        .current_dir(dir.path())
        .limit_file_size(4096);
    assert!(!child.run().unwrap().success());
    assert_eq!(
        std::fs::metadata(dir.path().join("file")).unwrap().len(),
        4096
    );
}

#[test]
fn limits_stay_in_the_child() {
    shell("true").limit_files(32).run().unwrap();
    let own = shell("ulimit -n").run().unwrap().stdout_text();
    assert_ne!(own, "32\n");
}

#[test]
fn the_peak_is_what_the_child_touched() {
    let run = Child::new("dd")
        .args(["if=/dev/zero", "of=/dev/null", "bs=400M", "count=1"])
        .run()
        .unwrap();
    assert!(
        run.peak_rss >= 400 * MIB && run.peak_rss < 450 * MIB,
        "{run:?}"
    );
}

#[test]
fn a_large_spawner_is_not_counted_as_its_child() {
    let mine = black_box(vec![1u8; 300 << 20]);
    let run = shell("sleep 0.2").run().unwrap();
    assert!(run.peak_rss > 0 && run.peak_rss < 50 * MIB, "{run:?}");
    drop(mine);
}
