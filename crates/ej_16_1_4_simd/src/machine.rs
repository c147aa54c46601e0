//! What this machine has: the processor's vector instructions and the sizes of its caches.

use std::fmt;
use std::fs;
use std::path::Path;

/// A level of the memory, with the size of a column that lies in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// L1, L2, L3 or RAM.
    pub name: &'static str,
    /// Bytes of the column.
    pub bytes: usize,
}

/// The data caches of the first processor, in bytes; `None` where the machine does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Caches {
    /// The first level, of one core.
    pub l1: Option<usize>,
    /// The second level.
    pub l2: Option<usize>,
    /// The third level, usually shared by several cores.
    pub l3: Option<usize>,
}

impl Caches {
    /// Returns what the kernel says in sysfs; nothing elsewhere than on Linux.
    #[must_use]
    pub fn of_this_machine() -> Self {
        Self::read(Path::new("/sys/devices/system/cpu/cpu0/cache"))
    }

    /// Returns what the directory says: one `index*` per cache, with its `level`, `type` and `size`.
    #[must_use]
    pub fn read(directory: &Path) -> Self {
        let mut caches = Self::default();
        for index in 0..8 {
            let read =
                |file: &str| fs::read_to_string(directory.join(format!("index{index}/{file}")));
            let (Ok(level), Ok(kind), Ok(size)) = (read("level"), read("type"), read("size"))
            else {
                continue;
            };
            let slot = match (level.trim(), kind.trim()) {
                ("1", "Data" | "Unified") => &mut caches.l1,
                ("2", "Data" | "Unified") => &mut caches.l2,
                ("3", "Data" | "Unified") => &mut caches.l3,
                _ => continue,
            };
            *slot = bytes(size.trim());
        }
        caches
    }

    /// Returns a column for each level: half of the first cache and of the second, so that there is room for other things; a
    /// quarter of the third, which others use too; and four times the third, at least 128 MiB, for the memory.
    ///
    /// A level that the machine does not say is taken as 32 KiB, 1 MiB and 32 MiB.
    #[must_use]
    pub fn levels(&self) -> [Level; 4] {
        let l1 = self.l1.unwrap_or(32 << 10);
        let l2 = self.l2.unwrap_or(1 << 20);
        let l3 = self.l3.unwrap_or(32 << 20);
        let level = |name, bytes: usize| Level {
            name,
            bytes: bytes / 64 * 64,
        };
        [
            level("L1", l1 / 2),
            level("L2", l2 / 2),
            level("L3", (l3 / 4).max(2 * l2)),
            level("RAM", (4 * l3).max(128 << 20)),
        ]
    }
}

/// Returns the bytes of `32K` or `8M`.
fn bytes(size: &str) -> Option<usize> {
    let (number, shift) = match size.as_bytes().last()? {
        b'K' => (&size[..size.len() - 1], 10),
        b'M' => (&size[..size.len() - 1], 20),
        _ => (size, 0),
    };
    number.parse::<usize>().ok()?.checked_mul(1 << shift)
}

impl fmt::Display for Caches {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = |bytes: Option<usize>| {
            bytes.map_or("no consta".to_owned(), |bytes| {
                format!("{} KiB", bytes >> 10)
            })
        };
        let [l1, l2, l3] = [self.l1, self.l2, self.l3].map(size);
        write!(out, "L1 de datos {l1}, L2 {l2}, L3 {l3}")
    }
}

/// Returns the vector instructions that matter here, and whether the processor has them.
#[must_use]
pub fn features() -> Vec<(&'static str, bool)> {
    #[cfg(target_arch = "x86_64")]
    return vec![
        ("sse2", is_x86_feature_detected!("sse2")),
        ("avx", is_x86_feature_detected!("avx")),
        ("avx2", is_x86_feature_detected!("avx2")),
        ("fma", is_x86_feature_detected!("fma")),
        ("popcnt", is_x86_feature_detected!("popcnt")),
        ("avx512f", is_x86_feature_detected!("avx512f")),
    ];
    #[cfg(target_arch = "aarch64")]
    return vec![
        ("neon", std::arch::is_aarch64_feature_detected!("neon")),
        ("sve", std::arch::is_aarch64_feature_detected!("sve")),
    ];
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    return Vec::new();
}
