//! Case d: from events to a training set, with nothing of the future in it.
//!
//! A row is an entity at an instant (the cut): features from before it, label from it on. [`Features::of`] is the one
//! definition; the training set asks it for many entities and cuts, a service asks it for one entity now.

use crate::contract::DailyContract;
use arrow::array::{
    ArrayRef, BooleanBuilder, Float64Builder, Int64Builder, RecordBatch, StringBuilder,
    TimestampMicrosecondBuilder,
};
use arrow::error::ArrowError;
use ecommerce_model::{Clase, DateError, FilaEvento};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One day, in the unit of event instants.
const DAY: i64 = 86_400_000_000;

/// Whose features.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entity {
    /// One row per customer.
    User,
    /// One row per product.
    Product,
}

/// How far a feature looks back and the label ahead.
///
/// # Units
/// Microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Horizon {
    /// Events older than this before the cut do not count.
    pub back: i64,
    /// A purchase sooner than this after the cut is the label.
    pub ahead: i64,
}

impl Horizon {
    /// So many days back, so many ahead.
    pub fn days(back: u32, ahead: u32) -> Self {
        Self {
            back: i64::from(back) * DAY,
            ahead: i64::from(ahead) * DAY,
        }
    }
}

/// What features need of an event that met the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seen {
    /// Microseconds since the epoch.
    pub instant: i64,
    /// Its cents if it is a purchase.
    pub cents: Option<i64>,
    /// Whether it is a click.
    pub click: bool,
}

/// What is known of an entity at the cut.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Features {
    /// Purchases.
    pub purchases: i64,
    /// Their cents.
    pub cents: i64,
    /// Clicks.
    pub clicks: i64,
    /// Events of any kind in the last seventh of the look-back.
    pub recent: i64,
    /// Microseconds from the last event to the cut; `None` without events.
    pub since_last: Option<i64>,
    /// Mean purchase in cents; `None` without purchases.
    pub mean_cents: Option<f64>,
}

impl Features {
    /// The features at `cut`: of events in [`cut` − back, `cut`), in any order.
    pub fn of(events: &[Seen], cut: i64, horizon: Horizon) -> Self {
        let mut features = Self::default();
        let before = events
            .iter()
            .filter(|event| (cut - horizon.back..cut).contains(&event.instant));
        for event in before {
            if let Some(cents) = event.cents {
                features.purchases += 1;
                features.cents += cents;
            }
            features.clicks += i64::from(event.click);
            features.recent += i64::from(event.instant >= cut - horizon.back / 7);
            let since = cut - event.instant;
            features.since_last = Some(features.since_last.map_or(since, |least| least.min(since)));
        }
        if features.purchases > 0 {
            features.mean_cents = Some(features.cents as f64 / features.purchases as f64);
        }
        features
    }

    /// Whether there is anything to know: an entity without events is in no training set.
    pub fn is_empty(&self) -> bool {
        self.since_last.is_none()
    }
}

/// Whether the entity buys in [`cut`, `cut` + ahead): what a model is to predict.
pub fn label(events: &[Seen], cut: i64, horizon: Horizon) -> bool {
    events
        .iter()
        .any(|event| event.cents.is_some() && (cut..cut + horizon.ahead).contains(&event.instant))
}

/// Events by entity; what breaks the contract is left out, and counted.
#[derive(Debug)]
pub struct History {
    entity: Entity,
    contract: DailyContract,
    events: BTreeMap<String, Vec<Seen>>,
    rejected: u64,
}

impl History {
    /// No event yet.
    ///
    /// # Errors
    /// As [`DailyContract::new`].
    pub fn new(entity: Entity) -> Result<Self, DateError> {
        Ok(Self {
            entity,
            contract: DailyContract::new()?,
            events: BTreeMap::new(),
            rejected: 0,
        })
    }

    /// Takes an event.
    pub fn add(&mut self, event: &FilaEvento<'_>) {
        let (Ok(accepted), Some(instant)) = (self.contract.check(event), event.timestamp) else {
            self.rejected += 1;
            return;
        };
        let name = match self.entity {
            Entity::User => event.user_id,
            Entity::Product => event.producto_id,
        };
        // An event of nobody, or of no product, says nothing of any.
        let Some(name) = name else { return };
        let seen = Seen {
            instant,
            cents: (accepted.clase == Clase::Compra).then_some(accepted.centavos.get()),
            click: accepted.clase == Clase::Click,
        };
        match self.events.get_mut(name) {
            Some(events) => events.push(seen),
            None => drop(self.events.insert(name.to_owned(), vec![seen])),
        }
    }

    /// Events that broke the contract.
    pub fn rejected(&self) -> u64 {
        self.rejected
    }

    /// What is known of one entity now: the answer of a service. `None` if nothing is.
    pub fn now(&self, name: &str, now: i64, horizon: Horizon) -> Option<Features> {
        let features = Features::of(self.events.get(name)?, now, horizon);
        (!features.is_empty()).then_some(features)
    }

    /// The training set: one row per cut and entity with events before it.
    ///
    /// # Shape
    /// `entidad` Utf8 · `corte` Timestamp(µs, UTC) · `compras`, `centavos`, `clicks`, `recientes` Int64 ·
    /// `desde_ultimo` Int64 (µs) · `media` Float64 (cents), null without purchases · `compra_despues` Boolean; by cut, then by entity.
    ///
    /// # Errors
    /// * [`ArrowError`] if the columns do not make a batch.
    ///
    /// # Cost
    /// Entities in parallel; every event of an entity is looked at once per cut.
    pub fn training_set(&self, cuts: &[i64], horizon: Horizon) -> Result<RecordBatch, ArrowError> {
        let entities: Vec<(&String, &Vec<Seen>)> = self.events.iter().collect();
        let rows: Vec<(&str, i64, Features, bool)> = cuts
            .iter()
            .flat_map(|cut| {
                entities
                    .par_iter()
                    .filter_map(|(name, events)| {
                        let features = Features::of(events, *cut, horizon);
                        (!features.is_empty())
                            .then(|| (name.as_str(), *cut, features, label(events, *cut, horizon)))
                    })
                    .collect::<Vec<_>>()
            })
            .collect();
        batch(&rows)
    }
}

fn batch(rows: &[(&str, i64, Features, bool)]) -> Result<RecordBatch, ArrowError> {
    let (mut names, mut cuts) = (
        StringBuilder::new(),
        TimestampMicrosecondBuilder::new().with_timezone("UTC"),
    );
    let mut counts: [Int64Builder; 5] = std::array::from_fn(|_| Int64Builder::new());
    let (mut means, mut labels) = (Float64Builder::new(), BooleanBuilder::new());
    for (name, cut, features, label) in rows {
        names.append_value(name);
        cuts.append_value(*cut);
        let values = [
            Some(features.purchases),
            Some(features.cents),
            Some(features.clicks),
            Some(features.recent),
            features.since_last,
        ];
        for (builder, value) in counts.iter_mut().zip(values) {
            builder.append_option(value);
        }
        means.append_option(features.mean_cents);
        labels.append_value(*label);
    }
    let [purchases, cents, clicks, recent, since_last] =
        counts.map(|mut builder| Arc::new(builder.finish()) as ArrayRef);
    RecordBatch::try_from_iter_with_nullable([
        ("entidad", Arc::new(names.finish()) as ArrayRef, false),
        ("corte", Arc::new(cuts.finish()), false),
        ("compras", purchases, false),
        ("centavos", cents, false),
        ("clicks", clicks, false),
        ("recientes", recent, false),
        ("desde_ultimo", since_last, false),
        ("media", Arc::new(means.finish()), true),
        ("compra_despues", Arc::new(labels.finish()), false),
    ])
}
