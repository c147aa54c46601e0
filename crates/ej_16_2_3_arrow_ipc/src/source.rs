//! Where a stream's bytes come from: a reader, a slice, or a buffer that is shared instead of copied.

use crate::limits::STEP;
use arrow::buffer::{Buffer, MutableBuffer};
use std::io::{self, Read};

/// A run of bytes read from front to back.
pub trait Source: sealed::Sealed {
    /// Fills as much of `bytes` as there is and returns how much; less than its length means that the end was reached.
    #[doc(hidden)]
    fn fill(&mut self, bytes: &mut [u8]) -> io::Result<usize>;

    /// The next `len` bytes aligned for any column, or how many there were if they are fewer.
    #[doc(hidden)]
    fn take(&mut self, len: usize) -> io::Result<Result<Buffer, u64>>;
}

mod sealed {
    pub trait Sealed {}
    impl<R> Sealed for super::Reading<R> {}
    impl Sealed for super::Slice<'_> {}
    impl Sealed for super::Shared {}
}

/// A reader: pipe, socket, file.
///
/// # Cost
/// One copy of every body, into a buffer that holds at most [`STEP`] bytes more than have arrived, or twice what has.
#[derive(Debug)]
pub struct Reading<R>(pub(crate) R);

impl<R: Read> Source for Reading<R> {
    fn fill(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < bytes.len() {
            match self.0.read(&mut bytes[filled..]) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(filled)
    }

    fn take(&mut self, len: usize) -> io::Result<Result<Buffer, u64>> {
        let mut body = MutableBuffer::from_len_zeroed(len.min(STEP));
        let mut filled = 0;
        loop {
            filled += self.fill(&mut body.as_slice_mut()[filled..])?;
            if filled < body.len() {
                return Ok(Err(filled as u64));
            }
            if filled == len {
                return Ok(Ok(body.into()));
            }
            body.resize(len.min(filled.saturating_mul(2)), 0);
        }
    }
}

/// Bytes in memory that are copied out of.
#[derive(Debug)]
pub struct Slice<'a>(pub(crate) &'a [u8]);

impl Source for Slice<'_> {
    fn fill(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let (taken, rest) = self.0.split_at(bytes.len().min(self.0.len()));
        bytes[..taken.len()].copy_from_slice(taken);
        self.0 = rest;
        Ok(taken.len())
    }

    fn take(&mut self, len: usize) -> io::Result<Result<Buffer, u64>> {
        let Some((taken, rest)) = self.0.split_at_checked(len) else {
            return Ok(Err(self.0.len() as u64));
        };
        self.0 = rest;
        Ok(Ok(Buffer::from_slice_ref(taken)))
    }
}

/// Bytes in memory that every batch keeps alive and none copies.
#[derive(Debug)]
pub struct Shared {
    pub(crate) buffer: Buffer,
    pub(crate) at: usize,
}

impl Source for Shared {
    fn fill(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let rest = &self.buffer.as_slice()[self.at..];
        let len = bytes.len().min(rest.len());
        bytes[..len].copy_from_slice(&rest[..len]);
        self.at += len;
        Ok(len)
    }

    fn take(&mut self, len: usize) -> io::Result<Result<Buffer, u64>> {
        let left = self.buffer.len() - self.at;
        if left < len {
            return Ok(Err(left as u64));
        }
        let taken = self.buffer.slice_with_length(self.at, len);
        self.at += len;
        if !taken.as_ptr().addr().is_multiple_of(8) {
            // What nobody aligned is copied: arrow-ipc assumes that bodies begin at a multiple of 8.
            return Ok(Ok(Buffer::from_slice_ref(taken.as_slice())));
        }
        Ok(Ok(taken))
    }
}
