//! The hash of a composite key, byte for byte as another system computes it.
//!
//! The key is a customer (a 64-bit integer) and a shop (text); either may be missing. Its bytes are
//!
//! ```text
//! salt       8 bytes, little-endian: the tenant's salt
//! cliente    0x00, or 0x01 and 8 bytes, little-endian, two's complement
//! comercio   0x00, or 0x02, the length as 4 bytes little-endian, and that many bytes of UTF-8
//! ```
//!
//! The marks and the length make two different keys two different strings of bytes. [`Algorithm::Fnv1a`] is FNV-1a of 64 bits over them, as
//! draft-eastlake-fnv writes it; [`Algorithm::Xxh3`] is what one would choose with nobody else to agree with.

use thiserror::Error;
use xxhash_rust::xxh3::xxh3_64;

use crate::sharing::Execution;

const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0100_0000_01b3;
const MISSING: u8 = 0;
const INTEGER: u8 = 1;
const TEXT: u8 = 2;

/// How many rows one task hashes.
const ROWS: usize = 1 << 15;

/// Which hash is taken of a key's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// FNV-1a of 64 bits: one multiplication for each byte, each waiting for the one before.
    Fnv1a,
    /// XXH3 of 64 bits, seed 0.
    Xxh3,
}

impl std::str::FromStr for Algorithm {
    type Err = FingerprintError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "fnv1a" => Ok(Self::Fnv1a),
            "xxh3" => Ok(Self::Xxh3),
            _ => Err(FingerprintError::Algorithm(name.to_owned())),
        }
    }
}

/// Why keys cannot be hashed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FingerprintError {
    /// Neither `fnv1a` nor `xxh3`.
    #[error("algoritmo: «{0}» no es fnv1a ni xxh3")]
    Algorithm(String),
    /// A text whose length has no place in four bytes.
    #[error("comercio: un texto de {0} bytes, y caben {max}", max = u32::MAX)]
    TooLong(usize),
    /// Whoever called wanted no more.
    #[error("interrumpido")]
    Interrupted,
}

/// A key: either part may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key<'a> {
    /// The customer.
    pub cliente: Option<i64>,
    /// The shop.
    pub comercio: Option<&'a str>,
}

/// FNV-1a of `bytes`, going on from `state`.
#[inline]
fn fnv1a(state: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(state, |state, &byte| {
        (state ^ u64::from(byte)).wrapping_mul(PRIME)
    })
}

/// The hash of keys of one tenant.
///
/// ```
/// use ej_16_6_4_when_to_extend::{Algorithm, Fingerprint, Key};
///
/// let fingerprint = Fingerprint::new(42, Algorithm::Fnv1a);
/// let a = fingerprint.of(Key { cliente: Some(7), comercio: Some("ab") })?;
/// assert_ne!(a, fingerprint.of(Key { cliente: Some(7), comercio: None })?);
/// # Ok::<(), ej_16_6_4_when_to_extend::FingerprintError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Fingerprint {
    salt: u64,
    algorithm: Algorithm,
}

impl Fingerprint {
    /// Returns the hash of a tenant, by its salt.
    #[must_use]
    pub fn new(salt: u64, algorithm: Algorithm) -> Self {
        Self { salt, algorithm }
    }

    /// Returns the hash of one key.
    ///
    /// # Errors
    /// [`FingerprintError::TooLong`]: the shop's name is of 4 GiB or more.
    pub fn of(&self, key: Key<'_>) -> Result<u64, FingerprintError> {
        self.with(key, &mut Vec::new())
    }

    fn with(&self, key: Key<'_>, bytes: &mut Vec<u8>) -> Result<u64, FingerprintError> {
        let length = |text: &str| {
            u32::try_from(text.len()).map_err(|_| FingerprintError::TooLong(text.len()))
        };
        match self.algorithm {
            Algorithm::Fnv1a => {
                let state = fnv1a(BASIS, &self.salt.to_le_bytes());
                let state = match key.cliente {
                    Some(number) => fnv1a(fnv1a(state, &[INTEGER]), &number.to_le_bytes()),
                    None => fnv1a(state, &[MISSING]),
                };
                Ok(match key.comercio {
                    Some(text) => {
                        let state = fnv1a(fnv1a(state, &[TEXT]), &length(text)?.to_le_bytes());
                        fnv1a(state, text.as_bytes())
                    }
                    None => fnv1a(state, &[MISSING]),
                })
            }
            Algorithm::Xxh3 => {
                bytes.clear();
                bytes.extend_from_slice(&self.salt.to_le_bytes());
                match key.cliente {
                    Some(number) => {
                        bytes.push(INTEGER);
                        bytes.extend_from_slice(&number.to_le_bytes());
                    }
                    None => bytes.push(MISSING),
                }
                match key.comercio {
                    Some(text) => {
                        bytes.push(TEXT);
                        bytes.extend_from_slice(&length(text)?.to_le_bytes());
                        bytes.extend_from_slice(text.as_bytes());
                    }
                    None => bytes.push(MISSING),
                }
                Ok(xxh3_64(bytes))
            }
        }
    }

    /// Returns the hash of each of `rows` keys, `key` giving the one of a row.
    ///
    /// # Errors
    /// - [`FingerprintError::TooLong`]: a shop's name is of 4 GiB or more.
    /// - [`FingerprintError::Interrupted`]: `execution` was stopped; that is looked at every 32 768 rows.
    pub fn of_all<'a>(
        &self,
        rows: usize,
        key: impl Fn(usize) -> Key<'a> + Sync,
        execution: Execution<'_>,
    ) -> Result<Vec<u64>, FingerprintError> {
        let mut out = vec![0; rows];
        execution.each(out.chunks_mut(ROWS).enumerate(), |(at, out)| {
            let mut bytes = Vec::new();
            for (place, out) in out.iter_mut().enumerate() {
                *out = self.with(key(at * ROWS + place), &mut bytes)?;
            }
            Ok::<(), FingerprintError>(())
        })?;
        if execution.is_stopped() {
            return Err(FingerprintError::Interrupted);
        }
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fnv1a_da_los_vectores_del_borrador() {
        // draft-eastlake-fnv, appendix on test vectors: the empty string, "a" and "foobar".
        assert_eq!(fnv1a(BASIS, b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(BASIS, b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv1a(BASIS, b"foobar"), 0x8594_4171_f739_67e8);
    }

    /// The key's bytes as the module's documentation writes them, one after the other.
    fn bytes_of(salt: u64, key: Key<'_>) -> Vec<u8> {
        let cliente = key
            .cliente
            .map_or(vec![0], |x| [&[1][..], &x.to_le_bytes()].concat());
        let comercio = key.comercio.map_or(vec![0], |x| {
            [
                &[2][..],
                &u32::try_from(x.len()).unwrap().to_le_bytes(),
                x.as_bytes(),
            ]
            .concat()
        });
        [salt.to_le_bytes().to_vec(), cliente, comercio].concat()
    }

    proptest! {
        #[test]
        fn la_huella_es_la_de_los_bytes_que_dice_la_pagina(
            salt: u64,
            cliente: Option<i64>,
            comercio in prop::option::of(".{0,20}"),
        ) {
            let key = Key { cliente, comercio: comercio.as_deref() };
            let bytes = bytes_of(salt, key);
            prop_assert_eq!(Fingerprint::new(salt, Algorithm::Fnv1a).of(key).unwrap(), fnv1a(BASIS, &bytes));
            prop_assert_eq!(Fingerprint::new(salt, Algorithm::Xxh3).of(key).unwrap(), xxh3_64(&bytes));
        }
    }

    #[test]
    fn muchas_claves_dan_lo_que_da_cada_una_y_se_pueden_interrumpir() {
        let names: Vec<String> = (0..ROWS + 7)
            .map(|i| format!("tienda {}", i % 100))
            .collect();
        let key = |i: usize| Key {
            cliente: (i % 10 != 3).then_some(i as i64),
            comercio: (i % 7 != 2).then(|| names[i].as_str()),
        };
        for algorithm in [Algorithm::Fnv1a, Algorithm::Xxh3] {
            let fingerprint = Fingerprint::new(9, algorithm);
            let all = fingerprint
                .of_all(names.len(), key, Execution::default())
                .unwrap();
            let one_by_one: Vec<_> = (0..names.len())
                .map(|i| fingerprint.of(key(i)).unwrap())
                .collect();
            assert_eq!(all, one_by_one);
            let stop = AtomicBool::new(true);
            let stopped = fingerprint.of_all(names.len(), key, Execution::default().until(&stop));
            assert_eq!(stopped, Err(FingerprintError::Interrupted));
        }
        assert_eq!(
            "md5".parse::<Algorithm>().unwrap_err().to_string(),
            "algoritmo: «md5» no es fnv1a ni xxh3"
        );
    }
}
