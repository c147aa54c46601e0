//! Files of any length from a seed.

use std::io::Write;

use super::error::MayorError;
use super::record::{Closing, Header, Movement};
use super::writer::Writer;

const CONCEPTS: [&str; 12] = [
    "RECIBO DOMICILIADO LUZ",
    "COMPRA TARJETA 4B",
    "TRANSFERENCIA A SU FAVOR",
    "NOMINA MES EN CURSO",
    "NÓMINA Y ATRASOS",
    "DEVOLUCION RECIBO IMPAGADO",
    "COMISION MANTENIMIENTO CUENTA",
    "CAJERO AUTOMATICO",
    "CUOTA PRESTAMO HIPOTECARIO",
    "INGRESO EN EFECTIVO",
    "LIQUIDACION INTERESES",
    "ABONO REMESA COMERCIO",
];
const PARTIES: [&str; 10] = [
    "ELECTRICA DEL NORTE SA",
    "SUPERMERCADOS LA PLAZA",
    "AYUNTAMIENTO",
    "PEÑA E HIJOS SL",
    "GARCIA LOPEZ MARIA",
    "COMPAÑIA DE AGUAS",
    "FERRETERIA EL TORNILLO",
    "SEGUROS UNIDOS",
    "",
    "TELEFONIA Y DATOS SA",
];
const NOTES: [&str; 4] = [
    "Reclamado por el cliente en la oficina",
    "Véase el apunte anterior; corrige la fecha valor",
    "REF\\4471¦LOTE 9",
    "Firmado por ambas partes",
];
/// 2024-01-15.
const FIRST_DAY: i32 = 19_737;

/// Files whose content depends on the seed and the number of movements alone.
///
/// One movement in twenty has a note, one in fifty no value date; a text in ten has letters beyond ASCII.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Generator {
    /// Another seed, another file.
    pub seed: u64,
    /// How many movements.
    pub movements: u64,
}

impl Generator {
    /// Writes the file and returns its closing record.
    ///
    /// # Errors
    /// - [`MayorError::Io`]: it cannot be written.
    /// - [`MayorError::Format`]: more movements than the format has numbers for, ten digits.
    pub fn write(&self, out: impl Write) -> Result<Closing, MayorError> {
        let mut random = Random(self.seed);
        let header = Header {
            fecha: FIRST_DAY,
            primer_numero: 1,
            moneda: "EUR".to_owned(),
            origen: "CENTRAL DE PROCESO, ESPAÑA".to_owned(),
        };
        let mut writer = Writer::new(out, &header)?;
        let mut one = Movement {
            fecha: FIRST_DAY,
            fecha_valor: None,
            cuenta: 0,
            importe: 0,
            saldo: 0,
            clave: 0,
            concepto: String::new(),
            contrapartida: String::new(),
        };
        for index in 0..self.movements {
            // Some hundred thousand movements a day.
            one.fecha = FIRST_DAY + (index / 200_000 % 3_000) as i32;
            one.fecha_valor = (random.below(50) > 0).then(|| one.fecha + random.below(3) as i32);
            one.cuenta = (random.below(400) + 1) * 100_000_000 + random.below(100_000_000);
            // Mostly small, now and then large.
            let magnitude = 10u64.pow(random.below(7) as u32 + 2);
            let sign = if random.below(3) == 0 { 1 } else { -1 };
            one.importe = sign * random.below(magnitude) as i64;
            one.saldo = random.below(2_000_000_000) as i64 - 200_000_000;
            let concept = random.below(CONCEPTS.len() as u64);
            one.clave = 100 + concept as u16;
            one.concepto.clear();
            one.concepto.push_str(CONCEPTS[concept as usize]);
            if concept < 2 {
                one.concepto
                    .push_str(&format!(" {:06}", random.below(1_000_000)));
            }
            one.contrapartida.clear();
            one.contrapartida
                .push_str(PARTIES[random.below(PARTIES.len() as u64) as usize]);
            writer.movement(&one)?;
            if random.below(20) == 0 {
                writer.note(NOTES[random.below(NOTES.len() as u64) as usize])?;
            }
        }
        let (close, _) = writer.finish()?;
        Ok(close)
    }

    /// Returns the file as bytes.
    ///
    /// # Errors
    /// [`MayorError::Format`]: as [`Generator::write`].
    pub fn bytes(&self) -> Result<Vec<u8>, MayorError> {
        let mut bytes = Vec::new();
        self.write(&mut bytes)?;
        Ok(bytes)
    }
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`.
    fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u64
    }
}
