//! What a wheel's file name says: the distribution, its version and the systems that it is for.

use std::fmt;

use serde::Serialize;

use crate::WheelError;

/// The file name of a wheel, in its parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileName {
    /// The distribution, as written there: `pydantic_core`.
    pub distribution: String,
    /// The version, as written there.
    pub version: String,
    /// The systems; what the name compresses as `a.b` is two tags.
    pub tags: Vec<Tag>,
}

/// One system that a wheel is for: `cp311-abi3-manylinux2014_x86_64`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Tag {
    /// The interpreter: `cp311`, `py3`.
    pub python: String,
    /// The binary interface: `abi3`, `cp311`, `none`.
    pub abi: String,
    /// The operating system and processor: `any` for all of them.
    pub platform: String,
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.python, self.abi, self.platform)
    }
}

/// A minor version of Python; the later one is the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Python(
    /// 3.
    pub u8,
    /// 11 in 3.11.
    pub u8,
);

impl fmt::Display for Python {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

impl FileName {
    /// Returns the parts of a wheel's file name, without directories.
    ///
    /// # Errors
    /// - [`WheelError::FileName`]: it does not end in `.whl`, has not five or six parts, a part is empty, or the tags multiply to more than a
    ///   hundred.
    ///
    /// # Source
    /// [Binary distribution format](https://packaging.python.org/en/latest/specifications/binary-distribution-format/), file name convention.
    pub fn parse(name: &str) -> Result<Self, WheelError> {
        let refuse = |reason| WheelError::FileName {
            name: name.to_owned(),
            reason,
        };
        let stem = name
            .strip_suffix(".whl")
            .ok_or_else(|| refuse("no acaba en .whl"))?;
        let parts: Vec<&str> = stem.split('-').collect();
        let (distribution, version, tag) = match parts.as_slice() {
            [distribution, version, tag @ ..] if tag.len() == 3 => (distribution, version, tag),
            [distribution, version, build, tag @ ..] if tag.len() == 3 => {
                if !build.starts_with(|first: char| first.is_ascii_digit()) {
                    return Err(refuse("el número de compilación no empieza por una cifra"));
                }
                (distribution, version, tag)
            }
            _ => return Err(refuse("no tiene cinco partes, ni seis, separadas por «-»")),
        };
        if parts
            .iter()
            .any(|part| part.split('.').any(str::is_empty) || part.contains(['/', '\\', '\0']))
        {
            return Err(refuse("una parte está vacía o no es un nombre"));
        }
        let tags = expand(tag).ok_or_else(|| refuse("sus etiquetas son más de cien"))?;
        Ok(Self {
            distribution: (*distribution).to_owned(),
            version: (*version).to_owned(),
            tags,
        })
    }

    /// Returns the oldest Python that an abi3 tag promises to run on; `None` without such a tag.
    pub fn abi3_since(&self) -> Option<Python> {
        self.tags
            .iter()
            .filter(|tag| tag.abi == "abi3")
            .filter_map(|tag| Python::of_tag(&tag.python))
            .min()
    }

    /// Returns the newest glibc that a manylinux tag allows to need, which is the oldest that it promises to run on.
    pub fn manylinux(&self) -> Option<(u32, u32)> {
        self.tags
            .iter()
            .filter_map(|tag| glibc_of(&tag.platform))
            .min()
    }
}

impl Python {
    /// Returns 3.11 for `cp311`; `None` for `py3` and other implementations.
    pub fn of_tag(python: &str) -> Option<Self> {
        let digits = python.strip_prefix("cp")?;
        let (major, minor) = digits.split_at_checked(1)?;
        Some(Self(major.parse().ok()?, minor.parse().ok()?))
    }
}

/// Returns every combination that `cp39.cp310-abi3-a.b` stands for.
fn expand(tag: &[&str]) -> Option<Vec<Tag>> {
    let [python, abi, platform] = tag else {
        return None;
    };
    let count = [python, abi, platform]
        .iter()
        .map(|part| part.split('.').count())
        .product::<usize>();
    if count > 100 {
        return None;
    }
    let mut tags = Vec::with_capacity(count);
    for python in python.split('.') {
        for abi in abi.split('.') {
            for platform in platform.split('.') {
                tags.push(Tag {
                    python: python.to_owned(),
                    abi: abi.to_owned(),
                    platform: platform.to_owned(),
                });
            }
        }
    }
    Some(tags)
}

/// Returns 2.17 for `manylinux_2_17_x86_64` and for its old name `manylinux2014_x86_64`.
fn glibc_of(platform: &str) -> Option<(u32, u32)> {
    for (old, glibc) in [
        ("manylinux1_", (2, 5)),
        ("manylinux2010_", (2, 12)),
        ("manylinux2014_", (2, 17)),
    ] {
        if platform.starts_with(old) {
            return Some(glibc);
        }
    }
    let mut parts = platform.strip_prefix("manylinux_")?.split('_');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}
