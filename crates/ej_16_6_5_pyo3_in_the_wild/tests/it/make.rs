//! Wheels and ELF files made on the spot, sound unless asked otherwise.

use std::io::{Cursor, Write};

use ej_16_6_5_pyo3_in_the_wild::{Limits, Wheel, WheelError};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// What a made-up ELF of x86-64 contains.
#[derive(Clone, Default)]
pub(crate) struct Elf {
    pub(crate) exports: Vec<&'static str>,
    pub(crate) imports: Vec<&'static str>,
    pub(crate) needed: Vec<&'static str>,
    pub(crate) glibc: Vec<&'static str>,
    pub(crate) rodata: Vec<u8>,
    pub(crate) code: Vec<u8>,
    pub(crate) comment: Vec<u8>,
    pub(crate) interpreter: bool,
    pub(crate) pie: bool,
    pub(crate) local_symbols: bool,
}

/// What PyO3 leaves in the read-only data of a module.
pub(crate) const PYO3: &[u8] =
    b"\0pyo3_runtime.PanicException\0/r/pyo3-0.29.2/src/err/mod.rs\0/r/pyo3-ffi-0.29.2/src/lib.rs\0";

impl Elf {
    /// An extension with PyO3 in it, whose module is `_m`.
    pub(crate) fn extension() -> Self {
        Self {
            exports: vec!["PyInit__m"],
            imports: vec!["PyModule_Create2", "Py_DecRef", "malloc"],
            needed: vec!["libgcc_s.so.1", "libc.so.6"],
            glibc: vec!["GLIBC_2.2.5", "GLIBC_2.17", "GLIBC_PRIVATE"],
            rodata: PYO3.to_vec(),
            comment: b"GCC: (GNU) 10.2.1\0rustc version 1.99.1 (abcdef012 2026-10-01)\0".to_vec(),
            ..Self::default()
        }
    }

    /// A program, as `ruff` is one.
    pub(crate) fn program() -> Self {
        Self {
            needed: vec!["libc.so.6"],
            rodata: b"no such option".to_vec(),
            interpreter: true,
            pie: true,
            ..Self::default()
        }
    }

    /// The bytes of the file.
    pub(crate) fn build(&self) -> Vec<u8> {
        let mut strings = Strings::default();
        let mut symbols = vec![symbol(0, 0)];
        for name in &self.imports {
            symbols.push(symbol(strings.add(name), 0));
        }
        for name in &self.exports {
            symbols.push(symbol(strings.add(name), 1));
        }
        let mut dynamic = Vec::new();
        for name in &self.needed {
            dynamic.extend([1, u64::from(strings.add(name))]);
        }
        if self.pie {
            dynamic.extend([0x6fff_fffb, 0x0800_0000]);
        }
        dynamic.extend([0, 0]);
        let mut versions = Vec::new();
        if !self.glibc.is_empty() {
            let library = strings.add("libc.so.6");
            versions.extend(1u16.to_le_bytes());
            versions.extend((self.glibc.len() as u16).to_le_bytes());
            for word in [library, 16, 0] {
                versions.extend(word.to_le_bytes());
            }
            for (index, name) in self.glibc.iter().enumerate() {
                versions.extend(0u32.to_le_bytes());
                versions.extend(0u16.to_le_bytes());
                versions.extend((index as u16 + 2).to_le_bytes());
                let last = index + 1 == self.glibc.len();
                for word in [strings.add(name), if last { 0 } else { 16 }] {
                    versions.extend(word.to_le_bytes());
                }
            }
        }
        // name, type, flags, content, link, info, size of an entry
        type Section = (&'static str, u32, u64, Vec<u8>, u32, u32, u64);
        let mut sections: Vec<Section> = vec![
            ("", 0, 0, vec![], 0, 0, 0),
            (".dynstr", 3, 2, strings.bytes(), 0, 0, 0),
            (".dynsym", 11, 2, symbols.concat(), 1, 1, 24),
            (
                ".dynamic",
                6,
                3,
                dynamic.iter().flat_map(|word| word.to_le_bytes()).collect(),
                1,
                0,
                16,
            ),
            (".rodata", 1, 2, self.rodata.clone(), 0, 0, 0),
            (".text", 1, 6, self.code.clone(), 0, 0, 0),
            (".comment", 1, 0x30, self.comment.clone(), 0, 0, 0),
        ];
        if !versions.is_empty() {
            sections.push((".gnu.version_r", 0x6fff_fffe, 2, versions, 1, 1, 0));
        }
        if self.local_symbols {
            sections.push((
                ".symtab",
                2,
                0,
                [symbol(0, 0), symbol(0, 1)].concat(),
                1,
                1,
                24,
            ));
        }
        let mut names = Strings::default();
        let mut headers = Vec::new();
        let mut content = Vec::new();
        let start = 64 + 56;
        sections.push((".shstrtab", 3, 0, vec![], 0, 0, 0));
        let last = sections.len() - 1;
        let offsets: Vec<u32> = sections
            .iter()
            .map(|section| names.add(section.0))
            .collect();
        sections[last].3 = names.bytes();
        for (name, section) in offsets.into_iter().zip(&sections) {
            while !content.len().is_multiple_of(8) {
                content.push(0);
            }
            let at = (start + content.len()) as u64;
            content.extend(&section.3);
            headers.extend(name.to_le_bytes());
            headers.extend(section.1.to_le_bytes());
            for word in [section.2, at, at, section.3.len() as u64] {
                headers.extend(word.to_le_bytes());
            }
            headers.extend(section.4.to_le_bytes());
            headers.extend(section.5.to_le_bytes());
            for word in [8, section.6] {
                headers.extend(word.to_le_bytes());
            }
        }
        while !content.len().is_multiple_of(8) {
            content.push(0);
        }
        let mut file = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
        for half in [3u16, 62] {
            file.extend(half.to_le_bytes());
        }
        file.extend(1u32.to_le_bytes());
        for word in [0u64, 64, (start + content.len()) as u64] {
            file.extend(word.to_le_bytes());
        }
        file.extend(0u32.to_le_bytes());
        for half in [64, 56, 1, 64, sections.len() as u16, last as u16] {
            file.extend(half.to_le_bytes());
        }
        // One program header: the loader of a program, or nothing.
        file.extend((if self.interpreter { 3u32 } else { 0 }).to_le_bytes());
        file.extend(4u32.to_le_bytes());
        for word in [0u64; 6] {
            file.extend(word.to_le_bytes());
        }
        file.extend(content);
        file.extend(headers);
        file
    }
}

fn symbol(name: u32, section: u16) -> Vec<u8> {
    let mut bytes = name.to_le_bytes().to_vec();
    // A global function.
    bytes.extend([0x12, 0]);
    bytes.extend(section.to_le_bytes());
    bytes.extend([0; 16]);
    bytes
}

#[derive(Default)]
struct Strings(Vec<u8>);

impl Strings {
    fn add(&mut self, text: &str) -> u32 {
        if self.0.is_empty() {
            self.0.push(0);
        }
        let at = self.0.len() as u32;
        self.0.extend(text.as_bytes());
        self.0.push(0);
        at
    }

    fn bytes(&self) -> Vec<u8> {
        if self.0.is_empty() {
            vec![0]
        } else {
            self.0.clone()
        }
    }
}

pub(crate) const NAME: &str = "m-1.0-cp311-abi3-manylinux_2_17_x86_64.whl";

/// A wheel in the making.
pub(crate) struct Rueda {
    pub(crate) name: String,
    pub(crate) files: Vec<(String, Vec<u8>)>,
}

impl Rueda {
    /// A wheel called `name` that says of itself what its name says.
    pub(crate) fn named(name: &str) -> Self {
        let parts: Vec<&str> = name.strip_suffix(".whl").unwrap().split('-').collect();
        let mut tags = String::new();
        for platform in parts[4].split('.') {
            tags += &format!("Tag: {}-{}-{platform}\n", parts[2], parts[3]);
        }
        let info = format!("{}-{}.dist-info", parts[0], parts[1]);
        Self {
            name: name.into(),
            files: vec![
                (
                    format!("{info}/WHEEL"),
                    format!(
                        "Wheel-Version: 1.0\nGenerator: a mano\nRoot-Is-Purelib: {}\n{tags}",
                        parts[4] == "any"
                    )
                    .into(),
                ),
                (
                    format!("{info}/METADATA"),
                    format!(
                        "Metadata-Version: 2.4\nName: {}\nVersion: {}\n\nName: no es este\n",
                        parts[0], parts[1]
                    )
                    .into(),
                ),
            ],
        }
    }

    /// The wheel of an abi3 extension with PyO3.
    pub(crate) fn extension() -> Self {
        Self::named(NAME)
            .with("m/__init__.py", b"from ._m import *\n".to_vec())
            .with("m/_m.abi3.so", Elf::extension().build())
    }

    pub(crate) fn with(mut self, path: &str, content: Vec<u8>) -> Self {
        self.files.retain(|(name, _)| name != path);
        self.files.push((path.into(), content));
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        for (path, content) in &self.files {
            zip.start_file(path.as_str(), options).unwrap();
            zip.write_all(content).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    pub(crate) fn read(&self) -> Result<Wheel, WheelError> {
        read(&self.name, self.bytes())
    }
}

pub(crate) fn read(name: &str, bytes: Vec<u8>) -> Result<Wheel, WheelError> {
    Wheel::read(name, Cursor::new(bytes), Limits::default())
}
