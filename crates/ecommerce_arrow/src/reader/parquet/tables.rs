//! The structs of `parquet.thrift` (apache/parquet-format) that a reader meets, field by field.

use super::thrift::Table;
use super::thrift::Type::{Binary, Bool, Byte, Double, I16, I32, I64, List, Struct};

const fn table(name: &'static str, fields: &'static [(i16, super::thrift::Type)]) -> Table {
    Table { name, fields }
}

static EMPTY: Table = table("", &[]);

// ---- the footer

pub(super) static FILE_METADATA: Table = table(
    "FileMetaData",
    &[
        (1, I32),
        (2, List(&Struct(&SCHEMA_ELEMENT))),
        (3, I64),
        (4, List(&Struct(&ROW_GROUP))),
        (5, List(&Struct(&KEY_VALUE))),
        (6, Binary),
        (7, List(&Struct(&COLUMN_ORDER))),
        (8, Struct(&ENCRYPTION)),
        (9, Binary),
    ],
);

static SCHEMA_ELEMENT: Table = table(
    "SchemaElement",
    &[
        (1, I32),
        (2, I32),
        (3, I32),
        (4, Binary),
        (5, I32),
        (6, I32),
        (7, I32),
        (8, I32),
        (9, I32),
        (10, Struct(&LOGICAL_TYPE)),
    ],
);

static LOGICAL_TYPE: Table = table(
    "LogicalType",
    &[
        (1, Struct(&EMPTY)),
        (2, Struct(&EMPTY)),
        (3, Struct(&EMPTY)),
        (4, Struct(&EMPTY)),
        (5, Struct(&DECIMAL)),
        (6, Struct(&EMPTY)),
        (7, Struct(&TIME)),
        (8, Struct(&TIME)),
        (10, Struct(&INTEGER)),
        (11, Struct(&EMPTY)),
        (12, Struct(&EMPTY)),
        (13, Struct(&EMPTY)),
        (14, Struct(&EMPTY)),
        (15, Struct(&EMPTY)),
        (16, Struct(&VARIANT)),
        (17, Struct(&GEOMETRY)),
        (18, Struct(&GEOGRAPHY)),
    ],
);

static DECIMAL: Table = table("DecimalType", &[(1, I32), (2, I32)]);
static TIME: Table = table("TimeType", &[(1, Bool), (2, Struct(&TIME_UNIT))]);
static TIME_UNIT: Table = table(
    "TimeUnit",
    &[
        (1, Struct(&EMPTY)),
        (2, Struct(&EMPTY)),
        (3, Struct(&EMPTY)),
    ],
);
static INTEGER: Table = table("IntType", &[(1, Byte), (2, Bool)]);
static VARIANT: Table = table("VariantType", &[(1, Byte)]);
static GEOMETRY: Table = table("GeometryType", &[(1, Binary)]);
static GEOGRAPHY: Table = table("GeographyType", &[(1, Binary), (2, I32)]);

static KEY_VALUE: Table = table("KeyValue", &[(1, Binary), (2, Binary)]);
static COLUMN_ORDER: Table = table("ColumnOrder", &[(1, Struct(&EMPTY)), (2, Struct(&EMPTY))]);

static ENCRYPTION: Table = table(
    "EncryptionAlgorithm",
    &[(1, Struct(&AES_GCM)), (2, Struct(&AES_GCM))],
);
static AES_GCM: Table = table("AesGcm", &[(1, Binary), (2, Binary), (3, Bool)]);

static ROW_GROUP: Table = table(
    "RowGroup",
    &[
        (1, List(&Struct(&COLUMN_CHUNK))),
        (2, I64),
        (3, I64),
        (4, List(&Struct(&SORTING_COLUMN))),
        (5, I64),
        (6, I64),
        (7, I16),
    ],
);

static SORTING_COLUMN: Table = table("SortingColumn", &[(1, I32), (2, Bool), (3, Bool)]);

static COLUMN_CHUNK: Table = table(
    "ColumnChunk",
    &[
        (1, Binary),
        (2, I64),
        (3, Struct(&COLUMN_METADATA)),
        (4, I64),
        (5, I32),
        (6, I64),
        (7, I32),
        (8, Struct(&COLUMN_CRYPTO)),
        (9, Binary),
    ],
);

static COLUMN_CRYPTO: Table = table(
    "ColumnCryptoMetaData",
    &[(1, Struct(&EMPTY)), (2, Struct(&COLUMN_KEY))],
);
static COLUMN_KEY: Table = table(
    "EncryptionWithColumnKey",
    &[(1, List(&Binary)), (2, Binary)],
);

static COLUMN_METADATA: Table = table(
    "ColumnMetaData",
    &[
        (1, I32),
        (2, List(&I32)),
        (3, List(&Binary)),
        (4, I32),
        (5, I64),
        (6, I64),
        (7, I64),
        (8, List(&Struct(&KEY_VALUE))),
        (9, I64),
        (10, I64),
        (11, I64),
        (12, Struct(&STATISTICS)),
        (13, List(&Struct(&PAGE_ENCODING))),
        (14, I64),
        (15, I32),
        (16, Struct(&SIZES)),
        (17, Struct(&GEOSPATIAL)),
    ],
);

static STATISTICS: Table = table(
    "Statistics",
    &[
        (1, Binary),
        (2, Binary),
        (3, I64),
        (4, I64),
        (5, Binary),
        (6, Binary),
        (7, Bool),
        (8, Bool),
    ],
);
static PAGE_ENCODING: Table = table("PageEncodingStats", &[(1, I32), (2, I32), (3, I32)]);
static SIZES: Table = table(
    "SizeStatistics",
    &[(1, I64), (2, List(&I64)), (3, List(&I64))],
);
static GEOSPATIAL: Table = table(
    "GeospatialStatistics",
    &[(1, Struct(&BOUNDING_BOX)), (2, List(&I32))],
);
static BOUNDING_BOX: Table = table(
    "BoundingBox",
    &[
        (1, Double),
        (2, Double),
        (3, Double),
        (4, Double),
        (5, Double),
        (6, Double),
        (7, Double),
        (8, Double),
    ],
);

// ---- a page

pub(super) static PAGE_HEADER: Table = table(
    "PageHeader",
    &[
        (1, I32),
        (2, I32),
        (3, I32),
        (4, I32),
        (5, Struct(&DATA_PAGE)),
        (6, Struct(&EMPTY)),
        (7, Struct(&DICTIONARY_PAGE)),
        (8, Struct(&DATA_PAGE_V2)),
    ],
);
static DATA_PAGE: Table = table(
    "DataPageHeader",
    &[
        (1, I32),
        (2, I32),
        (3, I32),
        (4, I32),
        (5, Struct(&STATISTICS)),
    ],
);
static DICTIONARY_PAGE: Table = table("DictionaryPageHeader", &[(1, I32), (2, I32), (3, Bool)]);
static DATA_PAGE_V2: Table = table(
    "DataPageHeaderV2",
    &[
        (1, I32),
        (2, I32),
        (3, I32),
        (4, I32),
        (5, I32),
        (6, I32),
        (7, Bool),
        (8, Struct(&STATISTICS)),
    ],
);

// ---- the page index

pub(super) static OFFSET_INDEX: Table = table(
    "OffsetIndex",
    &[(1, List(&Struct(&PAGE_LOCATION))), (2, List(&I64))],
);
static PAGE_LOCATION: Table = table("PageLocation", &[(1, I64), (2, I32), (3, I64)]);

pub(super) static COLUMN_INDEX: Table = table(
    "ColumnIndex",
    &[
        (1, List(&Bool)),
        (2, List(&Binary)),
        (3, List(&Binary)),
        (4, I32),
        (5, List(&I64)),
        (6, List(&I64)),
        (7, List(&I64)),
    ],
);

// ---- a Bloom filter

pub(super) static BLOOM_FILTER: Table = table(
    "BloomFilterHeader",
    &[
        (1, I32),
        (2, Struct(&ONE_CHOICE)),
        (3, Struct(&ONE_CHOICE)),
        (4, Struct(&ONE_CHOICE)),
    ],
);
static ONE_CHOICE: Table = table("", &[(1, Struct(&EMPTY))]);
