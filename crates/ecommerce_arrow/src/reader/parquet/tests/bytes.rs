//! The checks on bytes: Thrift, gzip, levels, lengths.

use super::super::header::{self, Kind};
use super::super::thrift::{Compact, Event};
use super::super::{delta, gzip, hybrid, tables};
use super::{open, plain, texts, write};
use parquet::basic::{Compression, Encoding, GzipLevel};
use parquet::column::page::{Page, PageReader};
use parquet::file::serialized_reader::SerializedPageReader;
use proptest::prelude::*;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// The compressed pages of the file's only column, each with the size it declares.
fn stored_pages(path: &Path) -> Vec<(Vec<u8>, u64)> {
    let bytes = std::fs::read(path).unwrap();
    let file = open(path);
    let (start, length) = file.metadata().row_group(0).column(0).byte_range();
    let (mut at, end) = (start as usize, (start + length) as usize);
    let mut pages = Vec::new();
    while at < end {
        let header = header::read(&bytes[at..], (end - at) as u64).unwrap();
        at += header.bytes as usize;
        let next = at + header.compressed as usize;
        pages.push((bytes[at..next].to_vec(), header.uncompressed));
        at = next;
    }
    pages
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn gzip_is_counted_as_it_inflates(
        level in 0u32..10,
        words in prop::collection::vec("[a-f]{0,9}|.{0,300}|z{200}", 1..400),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let codec = Compression::GZIP(GzipLevel::try_new(level).unwrap());
        let path = write(dir.path(), &texts(&words), plain().set_compression(codec).build());
        for (stream, size) in stored_pages(&path) {
            prop_assert!(!gzip::inflates_beyond(&stream, size), "level {level}, {size} bytes");
            prop_assert!(gzip::inflates_beyond(&stream, size - 1), "level {level}, {size} bytes");
            let twice = [stream.clone(), stream].concat();
            prop_assert!(!gzip::inflates_beyond(&twice, 2 * size));
            prop_assert!(gzip::inflates_beyond(&twice, 2 * size - 1));
        }
    }

    /// What a page of texts becomes is the sum of its texts, found out before it is decoded.
    #[test]
    fn delta_lengths_are_those_of_the_texts(
        words in prop::collection::vec("[ab]{0,20}|.{0,40}", 1..600),
        shared in any::<bool>(),
    ) {
        let encoding = if shared { Encoding::DELTA_BYTE_ARRAY } else { Encoding::DELTA_LENGTH_BYTE_ARRAY };
        let dir = tempfile::tempdir().unwrap();
        let path = write(dir.path(), &texts(&words), plain().set_encoding(encoding).build());
        let file = open(&path);
        let source = Arc::new(File::open(&path).unwrap());
        let column = file.metadata().row_group(0).column(0);
        let mut pages = SerializedPageReader::new(source, column, words.len(), None).unwrap();
        let (mut bytes, mut values) = (0, 0);
        while let Some(page) = pages.get_next_page().unwrap() {
            let Page::DataPage { buf, num_values, .. } = page else { unreachable!() };
            values += u64::from(num_values);
            bytes += if shared {
                delta::byte_array(&buf, num_values.into()).unwrap()
            } else {
                delta::length_byte_array(&buf, num_values.into()).unwrap()
            };
            prop_assert!(delta::byte_array(&buf, u64::from(num_values) - 1).is_err());
        }
        prop_assert_eq!(values, words.len() as u64);
        prop_assert_eq!(bytes, words.iter().map(|w| w.len() as u64).sum::<u64>());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    /// Bytes that nobody wrote: an answer or an error, and an end.
    #[test]
    fn no_bytes_make_a_check_panic(bytes in prop::collection::vec(any::<u8>(), 0..120), n in 0u64..500) {
        gzip::inflates_beyond(&bytes, n);
        gzip::inflates_beyond(&[&[0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3][..], &bytes].concat(), n);
        drop(delta::byte_array(&bytes, n));
        drop(delta::length_byte_array(&bytes, n));
        drop(delta::byte_array(&[&[0x80, 1, 4, 100, 2][..], &bytes].concat(), n));
        if let Some((width, rest)) = bytes.split_first() {
            drop(hybrid::pass(rest, width % 40, n, 1));
            drop(hybrid::skim(rest, width % 40));
        }
        drop(delta::skim(&bytes, n));
        drop(header::read(&bytes[..], bytes.len() as u64));
        drop(Compact::new(&bytes[..], n).walk(&tables::FILE_METADATA, &mut |_| Ok(())));
    }

    /// Against the levels themselves, packed and repeated in any mixture.
    #[test]
    fn runs_are_passed_over_as_they_were_made(
        runs in prop::collection::vec((0u64..8, 1usize..40, any::<bool>()), 0..12),
        wanted in 0u64..8,
    ) {
        let (mut data, mut values) = (Vec::new(), Vec::new());
        for (value, n, packed) in runs {
            if packed {
                // Groups of eight values of three bits, lowest first.
                let groups = n.div_ceil(8);
                data.push((groups << 1 | 1) as u8);
                for _ in 0..groups {
                    let bits = (0..8).fold(0u32, |bits, i| bits | (((value + i) % 8) as u32) << (3 * i));
                    data.extend(&bits.to_le_bytes()[..3]);
                    values.extend((0..8).map(|i| (value + i) % 8));
                }
            } else {
                data.push((n << 1) as u8);
                data.push(value as u8);
                values.extend(std::iter::repeat_n(value, n));
            }
        }
        for asked in [values.len(), values.len() / 2, values.len() + 5] {
            let some = &values[..asked.min(values.len())];
            let found = hybrid::pass(&data, 3, asked as u64, wanted).unwrap();
            prop_assert_eq!(found.values, some.len() as u64);
            prop_assert_eq!(found.equal, some.iter().filter(|v| **v == wanted).count() as u64);
            prop_assert_eq!(found.largest, some.iter().copied().max().unwrap_or(0));
        }
    }
}

/// A field that is not in the format is passed over; where readers would pass over different bytes, the file is refused.
#[test]
fn thrift_is_walked_as_the_parser_reads_it() {
    let walk = |bytes: &[u8]| {
        let mut events = Vec::new();
        let mut compact = Compact::new(bytes, bytes.len() as u64);
        compact
            .walk(&tables::PAGE_HEADER, &mut |event| {
                events.push(event);
                Ok(())
            })
            .map(|()| (compact.read(), events))
            .map_err(|e| e.to_string())
    };
    let number = |id, n| Event::Number("PageHeader", id, n);
    // Field 1 = 0, field 2 = −3; field 20 (long form, an i64) is unknown.
    let (read, events) = walk(&[0x15, 0, 0x15, 5, 0x06, 40, 9, 0, 77]).unwrap();
    assert_eq!(read, 8);
    assert_eq!(events[1..3], [number(1, 0), number(2, -3)]);
    for (bytes, what) in [
        (
            &[0x16, 0, 0][..],
            "field 1 of PageHeader has a type that is not the format's",
        ),
        (&[0x15], "a header does not end where it must"),
        (&[0x15, 0x80], "a header does not end where it must"),
        (&[0xF9, 0x21, 0, 0], "an unknown list of booleans"),
        (
            &[0xF9, 0xF8, 0xFF, 0xFF, 0xFF, 0x7F, 0],
            "claims a list of 268435455 elements in 1 bytes",
        ),
        (&[0x10, 0], "a field of no type"),
        (&[0xF8, 9, 1], "a text does not end where it must"),
    ] {
        assert_eq!(
            walk(bytes).unwrap_err(),
            format!("damaged: {what}"),
            "{bytes:x?}"
        );
    }
    let header = header::read(
        &[0x15, 4, 0x15, 20, 0x15, 8, 0x4C, 0x15, 2, 0x15, 0, 0, 0][..],
        20,
    )
    .unwrap();
    assert_eq!(
        (
            header.kind,
            header.uncompressed,
            header.compressed,
            header.values
        ),
        (Kind::Dictionary, 10, 4, 1)
    );
}
