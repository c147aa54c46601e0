#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use super::*;
use std::fs;
use std::path::{Path, PathBuf};

fn sample() -> TempDir {
    let dir = dir().unwrap();
    fs::create_dir(dir.path().join("b")).unwrap();
    fs::write(dir.path().join("b/two"), "2").unwrap();
    fs::write(dir.path().join("one"), "1").unwrap();
    dir
}

#[test]
fn a_directory_lives_as_long_as_its_value() {
    let dir = dir().unwrap();
    let path = dir.path().to_path_buf();
    assert!(path.is_dir());
    drop(dir);
    assert!(!path.exists());
}

#[test]
fn two_trees_with_the_same_bytes_have_the_same_digest() {
    assert_eq!(
        tree_digest(sample().path()).unwrap(),
        tree_digest(sample().path()).unwrap()
    );
    assert_eq!(
        tree_list(sample().path()).unwrap(),
        [PathBuf::from("b/two"), PathBuf::from("one")]
    );
}

#[test]
fn every_kind_of_change_changes_the_digest_and_is_named() {
    type Edit = fn(&Path);
    let edits: [(Edit, Change); 5] = [
        (
            |d| fs::write(d.join("one"), "x").unwrap(),
            Change::Changed("one".into()),
        ),
        (
            |d| fs::write(d.join("new"), "").unwrap(),
            Change::Added("new".into()),
        ),
        (
            |d| fs::create_dir(d.join("empty")).unwrap(),
            Change::Added("empty".into()),
        ),
        (
            |d| fs::remove_file(d.join("b/two")).unwrap(),
            Change::Removed("b/two".into()),
        ),
        (
            |d| std::os::unix::fs::symlink("/", d.join("b/root")).unwrap(),
            Change::Added("b/root".into()),
        ),
    ];
    for (edit, expected) in edits {
        let dir = sample();
        let before = Tree::of(dir.path()).unwrap();
        edit(dir.path());
        let after = Tree::of(dir.path()).unwrap();
        assert_ne!(before.digest(), after.digest(), "{expected:?}");
        assert_eq!(before.changes(&after), [expected]);
    }
}

#[test]
fn bytes_moved_between_name_and_content_are_seen() {
    let (left, right) = (dir().unwrap(), dir().unwrap());
    fs::write(left.path().join("ab"), "c").unwrap();
    fs::write(right.path().join("a"), "bc").unwrap();
    assert_ne!(
        tree_digest(left.path()).unwrap(),
        tree_digest(right.path()).unwrap()
    );
}

#[test]
fn what_is_excluded_may_change() {
    let dir = sample();
    let before = Tree::outside(dir.path(), &["b"]).unwrap();
    fs::write(dir.path().join("b/two"), "other").unwrap();
    assert_eq!(
        Tree::outside(dir.path(), &[dir.path().join("b")]).unwrap(),
        before
    );
    assert!(before.get("one").is_some() && before.get("b").is_none());
}

#[test]
fn links_are_recorded_and_not_followed() {
    let dir = dir().unwrap();
    std::os::unix::fs::symlink(".", dir.path().join("loop")).unwrap();
    let tree = Tree::of(dir.path()).unwrap();
    assert_eq!(
        tree.iter().collect::<Vec<_>>(),
        [(Path::new("loop"), &Entry::Link(".".into()))]
    );
}

#[test]
fn a_fifo_is_named_and_never_opened() {
    let dir = dir().unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(dir.path().join("pipe"))
        .status()
        .unwrap();
    assert!(made.success());
    assert_eq!(
        Tree::of(dir.path()).unwrap().get("pipe"),
        Some(&Entry::Special)
    );
}

#[test]
fn a_root_that_is_not_there_is_an_empty_tree() {
    assert_eq!(Tree::of("/nonexistent/tree").unwrap(), Tree::default());
}
