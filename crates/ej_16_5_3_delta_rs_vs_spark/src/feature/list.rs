//! The features themselves.

use super::{Feature, Footprint, Group, Preparation};
use crate::Log;

/// Nothing particular is looked for in the log.
const ANY: Footprint = |_| Ok(true);

/// A feature that leaves no trace of its own and promises nothing about later commits.
const fn plain(
    key: &'static str,
    group: Group,
    title: &'static str,
    tried: &'static str,
    made: &'static str,
    written: Option<&'static str>,
) -> Feature {
    Feature {
        key,
        group,
        title,
        tried,
        made,
        written,
        footprint: ANY,
        kept: ANY,
        preparation: Preparation::None,
    }
}

impl Feature {
    const fn seen(mut self, footprint: Footprint) -> Self {
        self.footprint = footprint;
        self
    }

    const fn keeps(mut self, kept: Footprint) -> Self {
        self.kept = kept;
        self
    }

    const fn prepared(mut self, preparation: Preparation) -> Self {
        self.preparation = preparation;
        self
    }
}

/// One file is left of several.
const ONE_FILE: Footprint = |log| Ok(log.operation("OPTIMIZE") && log.live().len() == 1);
/// Nothing lies there that the table does not consist of.
const NO_LEFTOVERS: Footprint = |log| Ok(log.data_files() == log.live().len());

/// The three rows that most tables begin with.
const BASE: &str = "id region monto | 1 norte 10.5 | 2 sur 20.0 | 3 norte 30.25";
/// They and the row that others add.
const MORE: Option<&str> =
    Some("id region monto | 1 norte 10.5 | 2 sur 20.0 | 3 norte 30.25 | 4 este 40.0");

/// Returns the features, in the order of the page.
///
/// # Shape
/// Keys are unique; features of a group stand together.
pub fn catalogue() -> &'static [Feature] {
    CATALOGUE
}

use Group::{Change, Columns, Flow, Rules, Storage, Write};

static CATALOGUE: &[Feature] = &[
    plain(
        "append",
        Write,
        "añadir",
        "tres filas y luego una; otro añade la suya",
        "id region monto | 1 norte 10.5 | 2 sur 20.0 | 3 norte 30.25 | 9 oeste 90.0",
        Some("id region monto | 1 norte 10.5 | 2 sur 20.0 | 3 norte 30.25 | 9 oeste 90.0 | 4 este 40.0"),
    ),
    plain(
        "overwrite",
        Write,
        "sobrescribir",
        "tres filas, y en su lugar una; otro la cambia por la suya",
        "id region monto | 7 sur 70.0",
        Some("id region monto | 4 este 40.0"),
    ),
    plain(
        "replace_where",
        Write,
        "sobrescribir una partición (`replaceWhere`)",
        "particionada por región: se reemplaza `norte`; otro reemplaza `sur`",
        "id region monto | 2 sur 20.0 | 7 norte 70.0",
        Some("id region monto | 7 norte 70.0 | 8 sur 80.0"),
    ),
    plain(
        "evolucion",
        Write,
        "evolución del esquema (`mergeSchema`)",
        "una fila trae la columna `canal`; otro trae además `nota`",
        "id region monto canal | 1 norte 10.5 - | 2 sur 20.0 - | 3 norte 30.25 - | 9 oeste 90.0 web",
        Some("id region monto canal nota | 1 norte 10.5 - - | 2 sur 20.0 - - | 3 norte 30.25 - - | 9 oeste 90.0 web - | 4 este 40.0 app vip"),
    ),
    plain(
        "version",
        Write,
        "viaje en el tiempo, por versión",
        "se añade una fila y se lee la versión anterior",
        BASE,
        None,
    ),
    plain(
        "fecha",
        Write,
        "viaje en el tiempo, por fecha",
        "como el anterior, con la fecha que hay entre los dos commits",
        BASE,
        None,
    )
    .prepared(Preparation::DateCommits),
    plain(
        "convertir",
        Write,
        "convertir Parquet en Delta",
        "un directorio con un archivo Parquet pasa a ser una tabla",
        BASE,
        MORE,
    ),
    plain(
        "delete",
        Change,
        "DELETE",
        "se borra la fila 2; otro borra la 3",
        "id region monto | 1 norte 10.5 | 3 norte 30.25",
        Some("id region monto | 1 norte 10.5"),
    ),
    plain(
        "update",
        Change,
        "UPDATE",
        "se dobla el monto de `norte`; otro cambia la región de la fila 2",
        "id region monto | 1 norte 21.0 | 2 sur 20.0 | 3 norte 60.5",
        Some("id region monto | 1 norte 21.0 | 2 centro 20.0 | 3 norte 60.5"),
    ),
    plain(
        "merge",
        Change,
        "MERGE con las cinco cláusulas y sus condiciones",
        "MATCHED … DELETE, MATCHED … UPDATE, NOT MATCHED … INSERT, NOT MATCHED BY SOURCE … DELETE y … UPDATE, cada una con AND",
        "id region monto | 2 sur 200.0 | 3 norte 30.25 | 5 cerrada 50.0 | 8 este 80.0",
        Some("id region monto | 2 sur 200.0 | 5 cerrada 50.0 | 10 este 100.0"),
    )
    .seen(|log| Ok(log.operation("MERGE"))),
    plain(
        "merge_evolucion",
        Change,
        "MERGE con evolución del esquema",
        "el origen trae la columna `canal`",
        "id region monto canal | 1 norte 11.0 web | 2 sur 20.0 - | 3 norte 30.25 - | 4 este 40.0 app",
        Some("id region monto canal | 1 norte 11.0 web | 2 sur 22.0 tel | 3 norte 30.25 - | 4 este 40.0 app"),
    )
    .seen(|log| Ok(log.operation("MERGE"))),
    plain(
        "merge_ambiguo",
        Change,
        "MERGE ambiguo, rechazado",
        "dos filas del origen casan con la misma: se rechaza y la tabla queda como estaba",
        BASE,
        Some(BASE),
    ),
    plain(
        "check",
        Rules,
        "CHECK",
        "`monto > 0`; una fila buena entra y una negativa no",
        BASE,
        MORE,
    )
    .seen(|log| Ok(log.property("delta.constraints.positivo").is_some())),
    plain(
        "not_null",
        Rules,
        "NOT NULL",
        "`id` no admite nulos; una fila buena entra y una sin `id` no",
        BASE,
        MORE,
    )
    .seen(|log| Ok(log.schema().contains(r#""nullable":false"#))),
    plain(
        "invariante",
        Rules,
        "invariante de columna",
        "`monto > 0` en los metadatos de la columna; una fila buena entra y una negativa no",
        BASE,
        MORE,
    )
    .seen(|log| Ok(log.schema().contains("delta.invariants"))),
    plain(
        "generada",
        Rules,
        "columna generada",
        "`centavos` se calcula del monto; otro no la da, o la da mal y se le rechaza",
        "id region monto centavos | 1 norte 10.5 1050 | 2 sur 20.0 2000 | 3 norte 30.25 3025",
        Some("id region monto centavos | 1 norte 10.5 1050 | 2 sur 20.0 2000 | 3 norte 30.25 3025 | 4 este 40.0 4000"),
    )
    .seen(|log| Ok(log.schema().contains("delta.generationExpression"))),
    plain(
        "identidad",
        Rules,
        "columna de identidad",
        "tres filas sin `id`, una a una; otro añade la cuarta",
        "id region monto | 1 norte 10.5 | 2 sur 20.0 | 3 norte 30.25",
        MORE,
    )
    .seen(|log| Ok(log.schema().contains("delta.identity.highWaterMark"))),
    plain(
        "por_omision",
        Rules,
        "valor por omisión",
        "`canal` vale 'web' si no se da",
        "id region monto canal | 1 norte 10.5 web | 2 sur 20.0 web | 3 norte 30.25 web",
        Some("id region monto canal | 1 norte 10.5 web | 2 sur 20.0 web | 3 norte 30.25 web | 4 este 40.0 web"),
    )
    .seen(|log| Ok(log.schema().contains("CURRENT_DEFAULT"))),
    plain(
        "solo_anadir",
        Rules,
        "tabla que solo crece (`appendOnly`)",
        "un DELETE se rechaza; otro añade, y su DELETE se rechaza también",
        BASE,
        MORE,
    )
    .seen(|log| Ok(log.property("delta.appendOnly") == Some("true"))),
    plain(
        "mapeo_nombre",
        Columns,
        "mapeo de columnas por nombre",
        "las columnas se llaman en los archivos de otra manera",
        BASE,
        MORE,
    )
    .seen(|log| Ok(log.schema().contains("delta.columnMapping.physicalName"))),
    plain(
        "mapeo_id",
        Columns,
        "mapeo de columnas por número",
        "como el anterior, con los números de campo de Parquet",
        BASE,
        MORE,
    )
    .seen(|log| Ok(log.property("delta.columnMapping.mode") == Some("id"))),
    plain(
        "renombrar",
        Columns,
        "renombrar y quitar columnas",
        "`region` pasa a `zona` y `monto` se quita, sin reescribir datos",
        "id zona | 1 norte | 2 sur | 3 norte",
        Some("id zona | 1 norte | 2 sur | 3 norte | 4 este"),
    )
    .seen(|log| Ok(log.schema().contains("zona"))),
    plain(
        "sin_zona",
        Columns,
        "instantes sin zona (`timestampNtz`)",
        "una columna de instantes sin zona horaria",
        "id momento | 1 2024-01-15T10:00:00 | 2 2024-06-30T23:59:59",
        Some("id momento | 1 2024-01-15T10:00:00 | 2 2024-06-30T23:59:59 | 4 2024-12-24T12:30:00"),
    )
    .seen(|log| Ok(log.schema().contains("timestamp_ntz"))),
    plain(
        "ensanchar",
        Columns,
        "ensanchar un tipo",
        "`id` pasa de INT a BIGINT sin reescribir datos, y llega un `id` que no cabía",
        "id region | 1 norte | 5000000000 sur",
        Some("id region | 1 norte | 5000000000 sur | 6000000000 este"),
    )
    .seen(|log| Ok(log.schema().contains("delta.typeChanges"))),
    plain(
        "variante",
        Columns,
        "VARIANT",
        "una columna con JSON de cualquier forma",
        r#"id extra | 1 7 | 2 300 | 3 "hola""#,
        Some(r#"id extra | 1 7 | 2 300 | 3 "hola" | 4 "adiós""#),
    )
    .seen(|log| Ok(log.schema().contains(r#""variant""#))),
    plain(
        "vectores",
        Storage,
        "vectores de borrado",
        "DELETE de una fila de tres sin reescribir el archivo; otro borra una más",
        "id region monto | 1 norte 10.5 | 3 norte 30.25",
        Some("id region monto | 1 norte 10.5"),
    )
    .seen(|log| Ok(log.any("/add/deletionVector"))),
    plain(
        "cambios",
        Storage,
        "registro de cambios (CDF)",
        "INSERT, UPDATE y DELETE, y se leen los cambios; otro hace un UPDATE más",
        "tipo id monto | insert 1 10.5 | insert 2 20.0 | insert 3 30.25 | update_preimage 1 10.5 | update_postimage 1 11.0 | delete 2 20.0",
        Some("tipo id monto | insert 1 10.5 | insert 2 20.0 | insert 3 30.25 | update_preimage 1 10.5 | update_postimage 1 11.0 | delete 2 20.0 | update_preimage 3 30.25 | update_postimage 3 33.0"),
    )
    .seen(|log| Ok(log.any("/cdc/path")))
    .keeps(|log| Ok(log.last("/cdc/path"))),
    plain(
        "compactar",
        Storage,
        "OPTIMIZE",
        "tres archivos pasan a ser uno; otro añade uno y compacta",
        BASE,
        MORE,
    )
    .seen(ONE_FILE)
    .keeps(ONE_FILE),
    plain(
        "zorder",
        Storage,
        "OPTIMIZE ZORDER BY",
        "como el anterior, por `region` y `id`",
        BASE,
        MORE,
    )
    .seen(ONE_FILE)
    .keeps(ONE_FILE),
    plain(
        "agrupar",
        Storage,
        "liquid clustering",
        "CLUSTER BY (region); otro añade",
        BASE,
        MORE,
    )
    .seen(|log| Ok(log.any("/domainMetadata/configuration"))),
    plain(
        "checkpoint",
        Storage,
        "checkpoint clásico",
        "se escribe un checkpoint y se borran los commits anteriores",
        BASE,
        MORE,
    )
    .seen(|log| Ok(log.checkpoints().next().is_some()))
    .prepared(Preparation::DropOldCommits),
    plain(
        "checkpoint_v2",
        Storage,
        "checkpoint v2",
        "como el anterior, con `delta.checkpointPolicy = v2`",
        BASE,
        MORE,
    )
    .seen(Log::has_checkpoint_v2)
    .prepared(Preparation::DropOldCommits),
    plain(
        "vacuum",
        Storage,
        "VACUUM",
        "se sobrescribe y se borran los archivos viejos, con retención 0; otro hace lo mismo",
        "id region monto | 7 sur 70.0",
        Some("id region monto | 4 este 40.0"),
    )
    .seen(NO_LEFTOVERS)
    .keeps(NO_LEFTOVERS),
    plain(
        "restaurar",
        Storage,
        "RESTORE",
        "se añade una fila y se vuelve a la versión anterior; otro hace lo mismo",
        BASE,
        Some(BASE),
    )
    .seen(|log| Ok(log.operation("RESTORE"))),
    plain(
        "clonar",
        Storage,
        "clon superficial",
        "una tabla que apunta a los archivos de otra; otro añade en el clon",
        BASE,
        MORE,
    )
    .seen(|log| Ok(log.live().iter().any(|path| path.contains(":/") || path.starts_with('/')))),
    plain(
        "rastreo",
        Storage,
        "identidad de las filas (row tracking)",
        "`delta.enableRowTracking`; otro añade y las filas nuevas llevan la suya",
        BASE,
        MORE,
    )
    .seen(|log| Ok(log.any("/add/baseRowId")))
    .keeps(|log| Ok(log.last("/add/baseRowId"))),
    plain(
        "instante_en_commit",
        Storage,
        "instante dentro del commit",
        "`delta.enableInCommitTimestamps`; otro añade y su commit lleva el suyo",
        BASE,
        MORE,
    )
    .seen(|log| Ok(log.any("/commitInfo/inCommitTimestamp")))
    .keeps(|log| Ok(log.last("/commitInfo/inCommitTimestamp"))),
    plain(
        "uniform",
        Storage,
        "UniForm: metadatos de Iceberg",
        "`delta.universalFormat.enabledFormats = iceberg`, sin más jars que los de delta-spark",
        BASE,
        MORE,
    )
    .seen(|log| Ok(log.has_file("metadata.json"))),
    plain(
        "manifiesto",
        Storage,
        "manifiestos para Athena o Redshift",
        "GENERATE symlink_format_manifest",
        BASE,
        None,
    )
    .seen(|log| Ok(log.has_file("_symlink_format_manifest/manifest"))),
    plain(
        "transaccion",
        Flow,
        "transacción de aplicación, repetida",
        "el mismo lote dos veces con el mismo identificador, sin mirar antes: la segunda no cuenta",
        "id region monto | 1 norte 10.5 | 2 sur 20.0 | 3 norte 30.25 | 9 oeste 90.0",
        Some("id region monto | 1 norte 10.5 | 2 sur 20.0 | 3 norte 30.25 | 9 oeste 90.0 | 4 este 40.0"),
    )
    .seen(|log| Ok(log.any("/txn/appId")))
    .keeps(|log| Ok(log.any("/txn/appId"))),
    plain(
        "escribir_flujo",
        Flow,
        "escribir un flujo, cada lote una vez",
        "Spark: `writeStream`; Rust y Python: lotes con identificador, mirando antes cuál fue el último",
        BASE,
        MORE,
    )
    .seen(|log| Ok(log.any("/txn/appId"))),
    plain(
        "leer_flujo",
        Flow,
        "leer un flujo, cada commit una vez",
        "Spark: `readStream`; Rust y Python: a mano, commit a commit",
        "id region monto | 1 norte 10.5 | 2 sur 20.0 | 3 norte 30.25 | 9 oeste 90.0",
        Some("id region monto | 1 norte 10.5 | 2 sur 20.0 | 3 norte 30.25 | 9 oeste 90.0 | 4 este 40.0"),
    ),
];
