//! What one run is said to have taken.

use crate::DUELO;
use serde_json::Value;
use std::process::Command;

/// One run of the measuring process.
fn measure(command: &[&str]) -> Value {
    let directory = tempfile::tempdir().unwrap();
    let output = Command::new(DUELO)
        .args(["medir", "--limite-s", "60", "--stdout"])
        .arg(directory.path().join("o"))
        .arg("--stderr")
        .arg(directory.path().join("e"))
        .arg("--")
        .args(command)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn memory_is_that_of_the_whole_tree() {
    // `tail` keeps a line that does not end: two grandchildren hold 120 MB each at the same time.
    let hold = "(head -c 120M /dev/zero; sleep 3) | tail -n 1 | wc -c";
    let two = measure(&["sh", "-c", &format!("({hold}) & ({hold}); wait")]);
    let peak_mb = two["peak_kb"].as_u64().unwrap() / 1024;
    let bound_mb = two["peak_bound_kb"].as_u64().unwrap() / 1024;
    assert!((240..400).contains(&peak_mb), "{two}");
    assert!(
        bound_mb >= peak_mb && two["processes"].as_u64().unwrap() >= 5,
        "{two}"
    );
}

#[test]
#[cfg(target_os = "linux")]
fn the_cpu_time_of_an_orphan_counts_and_its_wall_time_does_not() {
    // The first process leaves at once; what it left behind works on.
    let worker = "i=0; while [ $i -lt 400000 ]; do i=$((i+1)); done";
    let run = measure(&["sh", "-c", &format!("(sleep 2; {worker}) & exit 0")]);
    assert_eq!(run["code"], 0);
    assert!(run["wall_s"].as_f64().unwrap() < 2.0, "{run}");
    assert!(run["cpu_s"].as_f64().unwrap() > 0.05, "{run}");
}

#[test]
fn wall_time_is_the_time_of_the_process() {
    let run = measure(&["sleep", "0.4"]);
    assert!(
        (0.4..5.0).contains(&run["wall_s"].as_f64().unwrap()),
        "{run}"
    );
    assert!(run["cpu_s"].as_f64().unwrap() < 0.2, "{run}");
}

#[test]
#[cfg(target_os = "linux")]
fn what_went_to_disk_counts_also_when_it_is_gone() {
    // Cargo's directory, not the system's temporary one, which may lie in memory, where nothing is written to a disk.
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let spill = directory.path().join("spill");
    let spill = spill.to_str().unwrap();
    let run = measure(&[
        "sh",
        "-c",
        &format!("head -c 24M /dev/zero > {spill}; rm {spill}"),
    ]);
    let written_mb = run["written_kb"].as_u64().unwrap() / 1024;
    assert!((24..30).contains(&written_mb), "{run}");
    // A page of the file system's own books is charged to whoever is there.
    let nothing = measure(&["true"]);
    assert!(nothing["written_kb"].as_u64().unwrap() < 64, "{nothing}");
}
