//! Actions in Spanish sentences.

use super::{Action, Add, CommitInfo, Metadata, Protocol};
use chrono::DateTime;
use serde_json::{Map, Value};

/// What an action means, for whoever reads a log for the first time: one line, and indented ones below it where there is more to say.
pub fn explain(action: &Action) -> String {
    match action {
        Action::CommitInfo(info) => commit_info(info),
        Action::Protocol(protocol) => protocol_line(protocol),
        Action::Metadata(metadata) => metadata_lines(metadata),
        Action::Add(add) => add_lines(add),
        Action::Remove(remove) => {
            let why = if remove.data_change {
                "sus filas dejan de estar en la tabla"
            } else {
                "sus filas siguen en la tabla, en otro archivo"
            };
            format!(
                "remove      {}\n              {why}; el archivo queda en el disco hasta un vacuum",
                remove.path
            )
        }
        Action::Txn(txn) => format!(
            "txn         la aplicación «{}» lleva escrito hasta su transacción {}",
            txn.app_id, txn.version
        ),
        Action::Other(kind, value) => {
            format!(
                "{kind:<11} (esta página no lo explica) {}",
                cut(&value.to_string())
            )
        }
    }
}

fn commit_info(info: &CommitInfo) -> String {
    let operation = info.operation.as_deref().unwrap_or("operación sin nombre");
    let instant = info
        .timestamp
        .and_then(DateTime::from_timestamp_millis)
        .map(|t| format!(", {}", t.format("%Y-%m-%d %H:%M:%S%.3f UTC")))
        .unwrap_or_default();
    let engine = info
        .engine_info
        .as_deref()
        .map(|e| format!(", escrito por {e}"));
    let mut lines = format!(
        "commitInfo  {operation}{instant}{}",
        engine.unwrap_or_default()
    );
    if let Some(version) = info.read_version {
        lines += &format!("\n              partía de la versión {version}");
    }
    for (name, value) in &info.operation_parameters {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        lines += &format!("\n              {name} = {}", cut(&text));
    }
    lines
}

fn protocol_line(protocol: &Protocol) -> String {
    let mut lines = format!(
        "protocol    para leer hace falta la versión {} del protocolo, y para escribir la {}",
        protocol.min_reader_version, protocol.min_writer_version
    );
    for (what, features) in [
        ("leer", &protocol.reader_features),
        ("escribir", &protocol.writer_features),
    ] {
        if !features.is_empty() {
            lines += &format!("\n              y para {what}: {}", features.join(", "));
        }
    }
    lines
}

fn metadata_lines(metadata: &Metadata) -> String {
    let mut lines = "metaData    las columnas de la tabla, desde aquí:".to_owned();
    let schema: Map<String, Value> =
        serde_json::from_str(&metadata.schema_string).unwrap_or_default();
    let fields = schema.get("fields").and_then(Value::as_array);
    for field in fields.into_iter().flatten() {
        let name = field["name"].as_str().unwrap_or_default();
        let kind = match &field["type"] {
            Value::String(kind) => kind.clone(),
            nested => cut(&nested.to_string()),
        };
        let nulls = if field["nullable"] == Value::Bool(false) {
            ", sin nulos"
        } else {
            ""
        };
        let partition = if metadata.partition_columns.iter().any(|p| p == name) {
            ", de partición: está en la ruta y no en los archivos"
        } else {
            ""
        };
        let generated = field["metadata"]["delta.generationExpression"]
            .as_str()
            .map(|sql| format!(", generada: {sql}"))
            .unwrap_or_default();
        lines += &format!("\n              {name}: {kind}{nulls}{partition}{generated}");
    }
    for (name, value) in &metadata.configuration {
        lines += &format!("\n              propiedad {name} = {}", cut(value));
    }
    lines
}

fn add_lines(add: &Add) -> String {
    let mut lines = format!("add         {}", add.path);
    let rows = add.rows().map_or_else(
        || "no dice cuántas filas".to_owned(),
        |n| format!("{n} filas"),
    );
    lines += &format!("\n              {rows}, {} bytes", add.size);
    if !add.data_change {
        lines += "; reescribe filas que ya estaban";
    }
    if add.deletion_vector.is_some() {
        lines += "; con un vector que marca filas borradas";
    }
    let stats = add.parsed_stats().unwrap_or_default();
    let of = |key: &str| stats.get(key).and_then(Value::as_object);
    if let (Some(least), Some(most)) = (of("minValues"), of("maxValues")) {
        for (name, least) in least {
            if let Some(most) = most.get(name) {
                let (least, most) = (cut(&least.to_string()), cut(&most.to_string()));
                lines += &format!("\n              {name} entre {least} y {most}");
            }
        }
    }
    lines
}

/// Long texts end in an ellipsis: a predicate or a nested type may fill a page.
fn cut(text: &str) -> String {
    const MOST: usize = 160;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    text.chars().take(MOST).chain("…".chars()).collect()
}
