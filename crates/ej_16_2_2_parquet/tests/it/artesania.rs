//! Parquet files made byte by byte, to claim what no writer would.

/// Thrift's compact protocol, as far as a footer and page headers take it.
#[derive(Default)]
pub(crate) struct Estructura {
    bytes: Vec<u8>,
    ultimo: u8,
}

pub(crate) fn varint(mut n: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while n >= 128 {
        bytes.push(n as u8 | 128);
        n >>= 7;
    }
    bytes.push(n as u8);
    bytes
}

fn zigzag(n: i64) -> Vec<u8> {
    varint(((n << 1) ^ (n >> 63)) as u64)
}

impl Estructura {
    fn campo(mut self, id: u8, tipo: u8, contenido: &[u8]) -> Self {
        self.bytes.push((id - self.ultimo) << 4 | tipo);
        self.bytes.extend(contenido);
        self.ultimo = id;
        self
    }

    pub(crate) fn i32(self, id: u8, n: i32) -> Self {
        self.campo(id, 5, &zigzag(n.into()))
    }

    pub(crate) fn i64(self, id: u8, n: i64) -> Self {
        self.campo(id, 6, &zigzag(n))
    }

    pub(crate) fn texto(self, id: u8, texto: &[u8]) -> Self {
        let contenido = [varint(texto.len() as u64), texto.to_vec()].concat();
        self.campo(id, 8, &contenido)
    }

    pub(crate) fn dentro(self, id: u8, otra: Self) -> Self {
        self.campo(id, 12, &otra.fin())
    }

    /// A list that says it has `cuenta` elements, whatever it has.
    pub(crate) fn lista(self, id: u8, tipo: u8, cuenta: u64, elementos: &[Vec<u8>]) -> Self {
        let mut contenido = vec![0xF0 | tipo];
        contenido.extend(varint(cuenta));
        contenido.extend(elementos.concat());
        self.campo(id, 9, &contenido)
    }

    pub(crate) fn fin(mut self) -> Vec<u8> {
        self.bytes.push(0);
        self.bytes
    }
}

pub(crate) const INT32: i32 = 1;
pub(crate) const BYTE_ARRAY: i32 = 6;

pub(crate) const PLAIN: i32 = 0;
pub(crate) const DELTA_LENGTH_BYTE_ARRAY: i32 = 6;
pub(crate) const DELTA_BYTE_ARRAY: i32 = 7;
pub(crate) const RLE_DICTIONARY: i32 = 8;

pub(crate) const SIN: i32 = 0;
pub(crate) const SNAPPY: i32 = 1;
pub(crate) const GZIP: i32 = 2;
pub(crate) const BROTLI: i32 = 4;
pub(crate) const LZ4: i32 = 5;
pub(crate) const ZSTD: i32 = 6;
pub(crate) const LZ4_RAW: i32 = 7;

/// A page and what its header says of it.
pub(crate) struct Pagina {
    pub(crate) diccionario: bool,
    pub(crate) valores: i32,
    pub(crate) codificacion: i32,
    pub(crate) descomprimida: i32,
    pub(crate) crc: Option<u32>,
    pub(crate) cuerpo: Vec<u8>,
}

impl Pagina {
    /// A data page that says what it is.
    pub(crate) fn datos(valores: i32, codificacion: i32, cuerpo: Vec<u8>) -> Self {
        Self {
            diccionario: false,
            valores,
            codificacion,
            descomprimida: cuerpo.len() as i32,
            crc: None,
            cuerpo,
        }
    }

    pub(crate) fn diccionario(valores: i32, cuerpo: Vec<u8>) -> Self {
        Self {
            diccionario: true,
            ..Self::datos(valores, PLAIN, cuerpo)
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut cabecera = Estructura::default()
            .i32(1, if self.diccionario { 2 } else { 0 })
            .i32(2, self.descomprimida)
            .i32(3, self.cuerpo.len() as i32);
        if let Some(crc) = self.crc {
            cabecera = cabecera.i32(4, crc as i32);
        }
        let propia = Estructura::default()
            .i32(1, self.valores)
            .i32(2, self.codificacion);
        let cabecera = if self.diccionario {
            cabecera.dentro(7, propia)
        } else {
            cabecera.dentro(5, propia.i32(3, 3).i32(4, 3))
        };
        [cabecera.fin(), self.cuerpo.clone()].concat()
    }
}

/// A column of a crafted file.
pub(crate) struct Columna {
    pub(crate) tipo: i32,
    pub(crate) codec: i32,
    /// Whether its values repeat within a row.
    pub(crate) repetida: bool,
    pub(crate) paginas: Vec<Pagina>,
    /// What stands where its offset index should.
    pub(crate) indice: Option<Vec<u8>>,
    /// What stands where its Bloom filter should.
    pub(crate) bloom: Option<Vec<u8>>,
}

impl Columna {
    pub(crate) fn nueva(tipo: i32, codec: i32, paginas: Vec<Pagina>) -> Self {
        Self {
            tipo,
            codec,
            repetida: false,
            paginas,
            indice: None,
            bloom: None,
        }
    }
}

/// A file of one row group.
pub(crate) fn archivo(filas: i64, columnas: &[Columna]) -> Vec<u8> {
    let mut bytes = b"PAR1".to_vec();
    let mut esquema = vec![
        Estructura::default()
            .texto(4, b"raiz")
            .i32(5, columnas.len() as i32)
            .fin(),
    ];
    let mut trozos = Vec::new();
    for (i, columna) in columnas.iter().enumerate() {
        let nombre = format!("c{i}");
        esquema.push(
            Estructura::default()
                .i32(1, columna.tipo)
                .i32(3, if columna.repetida { 2 } else { 0 })
                .texto(4, nombre.as_bytes())
                .fin(),
        );
        let inicio = bytes.len() as i64;
        let mut datos = None;
        for pagina in &columna.paginas {
            if !pagina.diccionario {
                datos.get_or_insert(bytes.len() as i64);
            }
            bytes.extend(pagina.bytes());
        }
        let valores: i64 = columna
            .paginas
            .iter()
            .filter(|p| !p.diccionario)
            .map(|p| i64::from(p.valores))
            .sum();
        let largo = bytes.len() as i64 - inicio;
        let datos = datos.unwrap_or(inicio);
        let mut propios = Estructura::default()
            .i32(1, columna.tipo)
            .lista(2, 5, 1, &[zigzag(0)])
            .lista(
                3,
                8,
                1,
                &[[varint(nombre.len() as u64), nombre.into_bytes()].concat()],
            )
            .i32(4, columna.codec)
            .i64(5, valores)
            .i64(6, largo)
            .i64(7, largo)
            .i64(9, datos);
        if datos != inicio {
            propios = propios.i64(11, inicio);
        }
        let mut anexo = |contenido: &Option<Vec<u8>>| {
            let contenido = contenido.as_ref()?;
            let inicio = bytes.len() as i64;
            bytes.extend(contenido);
            Some((inicio, contenido.len() as i32))
        };
        let (bloom, indice) = (anexo(&columna.bloom), anexo(&columna.indice));
        if let Some((donde, _)) = bloom {
            propios = propios.i64(14, donde);
        }
        let mut trozo = Estructura::default().i64(2, inicio).dentro(3, propios);
        if let Some((donde, largo)) = indice {
            trozo = trozo.i64(4, donde).i32(5, largo);
        }
        trozos.push(trozo.fin());
    }
    let grupo = Estructura::default()
        .lista(1, 12, trozos.len() as u64, &trozos)
        .i64(2, bytes.len() as i64)
        .i64(3, filas)
        .fin();
    con_pie(
        bytes,
        &pie(esquema.len() as u64, &esquema, filas, 1, &[grupo]),
    )
}

/// A footer that says it has so many schema elements and row groups.
pub(crate) fn pie(
    elementos: u64,
    esquema: &[Vec<u8>],
    filas: i64,
    cuenta: u64,
    grupos: &[Vec<u8>],
) -> Vec<u8> {
    Estructura::default()
        .i32(1, 1)
        .lista(2, 12, elementos, esquema)
        .i64(3, filas)
        .lista(4, 12, cuenta, grupos)
        .fin()
}

pub(crate) fn con_pie(mut bytes: Vec<u8>, pie: &[u8]) -> Vec<u8> {
    bytes.extend(pie);
    bytes.extend((pie.len() as u32).to_le_bytes());
    bytes.extend(b"PAR1");
    bytes
}

/// A text as PLAIN stores it.
pub(crate) fn texto_plano(texto: &[u8]) -> Vec<u8> {
    [&(texto.len() as u32).to_le_bytes(), texto].concat()
}

/// `n` times the same number in DELTA_BINARY_PACKED, one block after the other: next to nothing, however many.
pub(crate) fn delta_constante(valor: i64, n: u64) -> Vec<u8> {
    let mut bytes = [varint(128), varint(4), varint(n), zigzag(valor)].concat();
    // Blocks of 128 differences of 0, in 0 bits each.
    for _ in 0..n.saturating_sub(1).div_ceil(128) {
        bytes.extend([0, 0, 0, 0, 0]);
    }
    bytes
}

/// The CRC-32 of gzip and PNG.
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg())
        })
    })
}
