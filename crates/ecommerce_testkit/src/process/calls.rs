//! The system calls that can be counted, with their numbers on this architecture.

use super::ChildError;

/// A system call by its name, its number here and the positions of its path arguments.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) name: &'static str,
    pub(super) number: i64,
    pub(super) paths: &'static [usize],
}

macro_rules! known {
    ($($(#[$only:meta])? $name:ident = $number:ident [$($path:literal),*];)*) => {
        &[$($(#[$only])? Known { name: stringify!($name), number: libc::$number as i64, paths: &[$($path),*] },)*]
    };
}

/// What can be counted. The older half of each pair does not exist on newer architectures.
const KNOWN: &[Known] = known! {
    #[cfg(target_arch = "x86_64")] rename = SYS_rename [0, 1];
    renameat = SYS_renameat [1, 3];
    renameat2 = SYS_renameat2 [1, 3];
    #[cfg(target_arch = "x86_64")] link = SYS_link [0, 1];
    linkat = SYS_linkat [1, 3];
    #[cfg(target_arch = "x86_64")] unlink = SYS_unlink [0];
    unlinkat = SYS_unlinkat [1];
    #[cfg(target_arch = "x86_64")] mkdir = SYS_mkdir [0];
    mkdirat = SYS_mkdirat [1];
    #[cfg(target_arch = "x86_64")] rmdir = SYS_rmdir [0];
    #[cfg(target_arch = "x86_64")] open = SYS_open [0];
    openat = SYS_openat [1];
    write = SYS_write [];
    writev = SYS_writev [];
    pwrite64 = SYS_pwrite64 [];
    ftruncate = SYS_ftruncate [];
    fallocate = SYS_fallocate [];
    copy_file_range = SYS_copy_file_range [];
    fsync = SYS_fsync [];
    fdatasync = SYS_fdatasync [];
    close = SYS_close [];
};

const ONLY_ON_OLDER: [&str; 6] = ["rename", "link", "unlink", "mkdir", "rmdir", "open"];

/// The calls with these names, without those that only older architectures have.
pub(super) fn named(names: &[&str]) -> Result<Vec<&'static Known>, ChildError> {
    let mut calls = Vec::new();
    for name in names {
        match KNOWN.iter().find(|known| known.name == *name) {
            Some(known) => calls.push(known),
            None if ONLY_ON_OLDER.contains(name) => {}
            None => return Err(ChildError::UnknownCall((*name).to_owned())),
        }
    }
    Ok(calls)
}

/// All that changes which files there are.
pub(super) fn namespace() -> Vec<&'static Known> {
    let parts = ["rename", "link", "mkdir", "rmdir"];
    KNOWN
        .iter()
        .filter(|known| parts.iter().any(|part| known.name.contains(part)))
        .collect()
}
