//! What an ELF says: its symbols, the libraries it asks for, and what its read-only data gives away.

use object::elf::{
    DF_1_PIE, DT_FLAGS_1, DT_NEEDED, DT_NULL, PT_INTERP, SHF_ALLOC, SHF_EXECINSTR, SHT_NOBITS,
};
use object::read::elf::{Dyn, ElfFile, FileHeader, ProgramHeader, SectionHeader, Sym};
use object::{Endianness, FileKind, Object, ObjectKind, ObjectSection};

use crate::binary::{Binary, Role};

/// Of a library, a symbol of Python or a version; the longest of CPython's has 60.
const LONGEST_NAME: usize = 256;
/// Libraries, or symbols of Python: CPython exports less than two thousand.
const MOST_NAMES: usize = 4096;
/// Dynamic symbols.
const MOST_ENTRIES: usize = 1 << 20;
/// Versions of PyO3, or of compilers.
const MOST_VERSIONS: usize = 64;

/// Why an ELF was not read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ElfError {
    #[error("{0}")]
    Tables(#[from] object::Error),
    #[error("un nombre no está en su tabla, o es más largo de lo que ninguno es")]
    Name,
    #[error("tiene más de {0} entradas en una tabla")]
    TooMany(usize),
}

/// Returns `binary` with what `data` says.
///
/// # Errors
/// The tables do not fit in the file, or have more than any extension has: what is kept of a file is bounded, whatever it says.
pub(crate) fn fill(binary: Binary, data: &[u8]) -> Result<Binary, ElfError> {
    match FileKind::parse(data)? {
        FileKind::Elf64 => of_class::<object::elf::FileHeader64<Endianness>>(binary, data),
        _ => of_class::<object::elf::FileHeader32<Endianness>>(binary, data),
    }
}

fn of_class<Elf: FileHeader<Endian = Endianness>>(
    mut binary: Binary,
    data: &[u8],
) -> Result<Binary, ElfError> {
    let file = ElfFile::<Elf>::parse(data)?;
    let endian = file.endian();
    let is_pie = dynamic(&file, &mut binary)?;
    let has_interpreter = file
        .elf_program_headers()
        .iter()
        .any(|header| header.p_type(endian) == PT_INTERP);
    symbols(&file, &mut binary)?;
    binary.stripped = file.symbols().next().is_none();
    versions(&file, &mut binary)?;
    for section in file.sections() {
        let header = section.elf_section_header();
        let flags: u64 = header.sh_flags(endian).into();
        let is_data = flags & u64::from(SHF_ALLOC) != 0
            && flags & u64::from(SHF_EXECINSTR) == 0
            && header.sh_type(endian) != SHT_NOBITS;
        if is_data {
            scan(section.data()?, &mut binary);
        } else if section.name_bytes()? == b".comment" {
            compilers(section.data()?, &mut binary);
        }
    }
    // A position-independent program is a shared object too; only the loader that it names, or the flag, tells it apart.
    binary.role = if file.kind() == ObjectKind::Executable || has_interpreter || is_pie {
        Role::Executable
    } else if !binary.init.is_empty() {
        Role::Extension
    } else {
        Role::Library
    };
    Ok(binary)
}

/// Reads the libraries; returns whether the file says that it is a program.
fn dynamic<Elf: FileHeader<Endian = Endianness>>(
    file: &ElfFile<'_, Elf>,
    binary: &mut Binary,
) -> Result<bool, ElfError> {
    let (endian, sections) = (file.endian(), file.elf_section_table());
    let Some((entries, link)) = sections.dynamic(endian, file.data())? else {
        return Ok(false);
    };
    let strings = sections.section(link)?.data(endian, file.data())?;
    let mut is_pie = false;
    for entry in entries {
        let (tag, value): (i64, u64) = (entry.d_tag(endian).into(), entry.d_val(endian).into());
        match tag {
            DT_NULL => break,
            DT_NEEDED => binary.needed.push(text(name_at(strings, value)?)),
            DT_FLAGS_1 => is_pie = value & u64::from(DF_1_PIE) != 0,
            _ => {}
        }
        within(binary.needed.len(), MOST_NAMES)?;
    }
    Ok(is_pie)
}

fn symbols<Elf: FileHeader<Endian = Endianness>>(
    file: &ElfFile<'_, Elf>,
    binary: &mut Binary,
) -> Result<(), ElfError> {
    let (endian, table) = (file.endian(), file.elf_dynamic_symbol_table());
    within(table.len(), MOST_ENTRIES)?;
    if table.is_empty() {
        return Ok(());
    }
    let section = file.elf_section_table().section(table.string_section())?;
    let strings = section.data(endian, file.data())?;
    for (_, symbol) in table.enumerate() {
        let at = symbol.st_name(endian) as usize;
        let start = strings.get(at..).unwrap_or_default();
        let (is_python, is_init) = (
            start.starts_with(b"Py") || start.starts_with(b"_Py"),
            start.starts_with(b"PyInit_"),
        );
        if is_python && symbol.is_undefined(endian) {
            binary.python.insert(text(name_at(strings, at as u64)?));
        } else if is_init && !symbol.is_undefined(endian) {
            binary.init.insert(text(name_at(strings, at as u64)?));
        }
        within(binary.python.len() + binary.init.len(), MOST_NAMES)?;
    }
    Ok(())
}

/// Reads which version of glibc's symbols the file was linked against.
fn versions<Elf: FileHeader<Endian = Endianness>>(
    file: &ElfFile<'_, Elf>,
    binary: &mut Binary,
) -> Result<(), ElfError> {
    let (endian, sections) = (file.endian(), file.elf_section_table());
    let Some((mut libraries, link)) = sections.gnu_verneed(endian, file.data())? else {
        return Ok(());
    };
    let strings = sections.section(link)?.data(endian, file.data())?;
    let mut entries = 0;
    while let Some((_, mut wanted)) = libraries.next()? {
        while let Some(version) = wanted.next()? {
            let name = name_at(strings, u64::from(version.vna_name.get(endian)))?;
            binary.glibc = binary.glibc.max(glibc(name));
            entries += 1;
            within(entries, MOST_NAMES)?;
        }
        entries += 1;
        within(entries, MOST_NAMES)?;
    }
    Ok(())
}

/// Returns the string at `at` of a table. Only its beginning is looked at: a table may be one string of half a gigabyte.
fn name_at(strings: &[u8], at: u64) -> Result<&[u8], ElfError> {
    let start = usize::try_from(at)
        .ok()
        .and_then(|at| strings.get(at..))
        .ok_or(ElfError::Name)?;
    let start = &start[..start.len().min(LONGEST_NAME)];
    let end = start.iter().position(|&byte| byte == 0);
    end.map(|end| &start[..end]).ok_or(ElfError::Name)
}

fn within(count: usize, most: usize) -> Result<(), ElfError> {
    if count > most {
        return Err(ElfError::TooMany(most));
    }
    Ok(())
}

fn glibc(name: &[u8]) -> Option<(u32, u32)> {
    let mut numbers = std::str::from_utf8(name)
        .ok()?
        .strip_prefix("GLIBC_")?
        .split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// Looks for PyO3 in data that is not code.
fn scan(data: &[u8], binary: &mut Binary) {
    const EXCEPTION: &[u8] = b"pyo3_runtime.PanicException";
    let mut rest = data;
    while let Some(at) = rest.iter().position(|&byte| byte == b'p') {
        rest = &rest[at..];
        if rest.starts_with(EXCEPTION) {
            binary.pyo3.panic_exception = true;
        } else if let Some(path) = rest.strip_prefix(b"pyo3-") {
            let room = MOST_VERSIONS - binary.pyo3.versions.len().min(MOST_VERSIONS);
            let version = version_of_path(path).into_iter().take(room);
            binary.pyo3.versions.extend(version);
        }
        rest = &rest[1..];
    }
}

/// Returns the version in `0.29.2/src/…`, as Cargo names a package's directory.
fn version_of_path(path: &[u8]) -> Option<String> {
    let path = &path[..path.len().min(32)];
    let end = path.iter().position(|&byte| matches!(byte, b'/' | b'\\'))?;
    let version = std::str::from_utf8(&path[..end]).ok()?;
    let mut numbers = version.splitn(3, '.');
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    (numbers.next().is_some_and(is_number)
        && numbers.next().is_some_and(is_number)
        && numbers
            .next()
            .is_some_and(|last| last.starts_with(|c: char| c.is_ascii_digit())))
    .then(|| version.to_owned())
}

/// Reads `rustc version 1.99.0 (…)` from the section where compilers sign.
fn compilers(comment: &[u8], binary: &mut Binary) {
    for line in comment.split(|&byte| byte == 0) {
        if let Some(version) = std::str::from_utf8(line)
            .ok()
            .and_then(|line| line.strip_prefix("rustc version "))
            .and_then(|rest| rest.split(' ').next())
            && version.len() < 32
            && binary.rustc.len() < MOST_VERSIONS
        {
            binary.rustc.insert(version.to_owned());
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
