//! `spark-sql`: DataFusion's half of the comparison of dialects, and the table of both.

use super::arguments::Dialects;
use super::messages::Input;
use super::{save, say};
use crate::spark_sql::{SparkHalf, compare, statements};
use anyhow::{Context as _, Result};

pub(super) async fn write(order: &Dialects) -> Result<()> {
    let name = order.spark.display();
    let half: SparkHalf = std::fs::read_to_string(&order.spark)
        .map_err(|error| Input(format!("{name}: {error}")))
        .and_then(|text| {
            serde_json::from_str(&text)
                .map_err(|error| Input(format!("{name} no es la mitad de Spark: {error}")))
        })?;
    let list = statements().context("la lista de sentencias no se entiende")?;
    let comparison = compare(list, &half).await?;
    if let Some(path) = &order.json {
        save(path, &(serde_json::to_string_pretty(&comparison)? + "\n"))?;
    }
    match &order.md {
        Some(path) => save(path, &comparison.markdown()),
        None => say(&comparison.markdown()),
    }
}
