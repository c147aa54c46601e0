//! Bounds that no file may exceed.

/// Bounds that no file may exceed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Rows per batch handed out. Where rows are so large that a batch of them would exceed `batch_bytes`, fewer.
    pub batch_rows: usize,
    /// Largest decompressed Parquet page, in bytes; the format's usual page is 1 MiB.
    pub page_bytes: u64,
    /// What decoding one batch may hold at a time, all columns together, in bytes: pages, dictionaries and values.
    pub batch_bytes: u64,
    /// Largest Parquet footer, page index or Bloom filter, in bytes.
    pub footer_bytes: u64,
    /// Longest CSV record, in bytes.
    pub record_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            batch_rows: 16_384,
            page_bytes: 256 << 20,
            batch_bytes: 512 << 20,
            footer_bytes: 64 << 20,
            record_bytes: 64 << 20,
        }
    }
}
