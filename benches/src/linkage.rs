//! What a program asks of the system that runs it: shared libraries, and how new a glibc.

use anyhow::{Context as _, Result};
use object::Endianness;
use object::elf::{DT_NEEDED, FileHeader64};
use object::read::elf::{Dyn as _, ElfFile64, FileHeader as _};
use std::path::Path;

/// What the dynamic loader has to find.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Linkage {
    /// Names of the libraries, sorted.
    pub libraries: Vec<String>,
    /// The newest glibc whose symbols are asked for; none if it is linked statically.
    pub newest_glibc: Option<Version>,
}

/// Major and minor.
pub type Version = (u32, u32);

impl Linkage {
    /// Reads it from the 64-bit ELF file at `path`.
    ///
    /// # Errors
    /// If the file cannot be read or is none.
    pub fn of(path: &Path) -> Result<Self> {
        let data = std::fs::read(path).with_context(|| format!("no se lee {}", path.display()))?;
        Self::read(&data).with_context(|| format!("{} no es un ELF de 64 bits", path.display()))
    }

    fn read(data: &[u8]) -> object::Result<Self> {
        let file = ElfFile64::<Endianness>::parse(data)?;
        let header: &FileHeader64<Endianness> = file.elf_header();
        let endian = header.endian()?;
        let sections = file.elf_section_table();
        let mut linkage = Self::default();
        if let Some((entries, link)) = sections.dynamic(endian, data)? {
            let strings = sections.strings(endian, data, link)?;
            for entry in entries.iter().filter(|e| e.tag(endian) == DT_NEEDED) {
                let name = entry.string(endian, strings)?;
                linkage
                    .libraries
                    .push(String::from_utf8_lossy(name).into_owned());
            }
        }
        linkage.libraries.sort();
        if let Some((mut libraries, link)) = sections.gnu_verneed(endian, data)? {
            let strings = sections.strings(endian, data, link)?;
            while let Some((_, mut versions)) = libraries.next()? {
                while let Some(version) = versions.next()? {
                    let name = version.name(endian, strings)?;
                    linkage.newest_glibc = linkage.newest_glibc.max(glibc(name));
                }
            }
        }
        Ok(linkage)
    }
}

/// `GLIBC_2.17` as numbers; none for what is no glibc's.
fn glibc(name: &[u8]) -> Option<Version> {
    let version = std::str::from_utf8(name).ok()?.strip_prefix("GLIBC_")?;
    let mut parts = version.split('.').map(str::parse);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert_eq!(glibc(b"GLIBC_2.2.5"), Some((2, 2)));
        assert!(glibc(b"GLIBC_2.17") > glibc(b"GLIBC_2.9"));
        assert_eq!(glibc(b"GLIBC_PRIVATE"), None);
        assert_eq!(glibc(b"GCC_3.0"), None);
    }

    #[test]
    fn this_program_asks_for_the_c_library_and_a_version_of_it() {
        let linkage = Linkage::of(&std::env::current_exe().unwrap()).unwrap();
        assert!(
            linkage.libraries.iter().any(|l| l.starts_with("libc.so")),
            "{linkage:?}"
        );
        // The oldest of x86-64 is 2.2.5.
        assert!(linkage.newest_glibc >= Some((2, 2)), "{linkage:?}");
    }

    #[test]
    fn what_is_no_program_is_an_error() {
        for data in [&b""[..], b"#!/bin/sh\n", b"\x7fELF\x02\x01\x01"] {
            assert!(Linkage::read(data).is_err());
        }
    }
}
