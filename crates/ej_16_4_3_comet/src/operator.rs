//! What an operator of a physical plan is, by its name.

use serde::{Deserialize, Serialize};

/// Who does the work of an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Engine {
    /// Comet: DataFusion's operators on Arrow batches, outside the JVM's heap.
    Native,
    /// Spark's own operators, on rows or on its own columns.
    Jvm,
    /// Spark's own as well, and every row goes to a Python process and back.
    Python,
    /// Nobody's work but the change from columns to rows or back.
    Transition,
    /// No work at all: how adaptive execution and reuse are drawn.
    Frame,
}

/// Names that stand for no work.
const FRAMES: [&str; 11] = [
    "AdaptiveSparkPlan",
    "AQEShuffleRead",
    "BroadcastQueryStage",
    "InputAdapter",
    "ReusedExchange",
    "ReusedSubquery",
    "ShuffleQueryStage",
    "Subquery",
    "SubqueryBroadcast",
    "TableCacheQueryStage",
    "WholeStageCodegen",
];

/// Operators that hand rows to Python, Arrow or pickle.
const PYTHON: [&str; 9] = [
    "AggregateInPandas",
    "ArrowEvalPython",
    "BatchEvalPython",
    "FlatMapCoGroupsInPandas",
    "FlatMapGroupsInPandas",
    "MapInArrow",
    "MapInPandas",
    "PythonMapInArrow",
    "WindowInPandas",
];

/// Changes of layout, Spark's and Comet's.
const TRANSITIONS: [&str; 6] = [
    "ColumnarToRow",
    "CometColumnarToRow",
    "CometNativeColumnarToRow",
    "CometSparkColumnarToColumnar",
    "CometSparkRowToColumnar",
    "RowToColumnar",
];

/// An exchange of Comet that runs in the JVM and, below it, may find rows to turn into batches.
const COLUMNAR_EXCHANGE: &str = "CometColumnarExchange";

/// An operator as a plan names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Operator {
    name: String,
}

impl Operator {
    /// The operator called `name`.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }

    /// Its name, as in the plan and without codegen's star.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Who does its work.
    ///
    /// ```
    /// use ej_16_4_3_comet::{Engine, Operator};
    /// assert_eq!(Operator::new("CometHashAggregate").engine(), Engine::Native);
    /// assert_eq!(Operator::new("HashAggregate").engine(), Engine::Jvm);
    /// assert_eq!(Operator::new("CometColumnarToRow").engine(), Engine::Transition);
    /// assert_eq!(Operator::new("BatchEvalPython").engine(), Engine::Python);
    /// ```
    pub fn engine(&self) -> Engine {
        let among = |names: &[&str]| names.contains(&self.name.as_str());
        if among(&TRANSITIONS) {
            Engine::Transition
        } else if among(&FRAMES) {
            Engine::Frame
        } else if among(&PYTHON) {
            Engine::Python
        } else if self.name.starts_with("Comet") {
            Engine::Native
        } else {
            Engine::Jvm
        }
    }

    /// Whether it is the exchange that turns the rows below it into batches without any transition in the plan.
    pub(crate) fn is_columnar_exchange(&self) -> bool {
        self.name == COLUMNAR_EXCHANGE
    }
}
