//! The functions of our own that a query may use, and how two processes know that they mean the same ones.

use std::sync::Arc;

use datafusion::logical_expr::ScalarUDF;

/// The scalar functions that every process of a cluster is started with.
///
/// A query names a function; its code is not sent. So the client, the scheduler and every executor must have been given
/// the same ones, which they tell each other by [`Functions::signatures`].
#[derive(Clone, Default)]
pub struct Functions(Vec<Arc<ScalarUDF>>);

impl Functions {
    /// Returns the set of these functions.
    pub fn new(functions: impl IntoIterator<Item = ScalarUDF>) -> Self {
        Self(functions.into_iter().map(Arc::new).collect())
    }

    /// Returns the functions, in the order they were given.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<ScalarUDF>> {
        self.0.iter()
    }

    /// Returns one text per function: name, types and volatility.
    #[must_use]
    pub fn signatures(&self) -> Vec<String> {
        self.0.iter().map(|function| signature(function)).collect()
    }

    /// Returns the function with this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Arc<ScalarUDF>> {
        self.0.iter().find(|function| function.name() == name)
    }
}

impl std::fmt::Debug for Functions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.signatures()).finish()
    }
}

/// Returns a text that two processes compare: `haversine(Float64, Float64) immutable`.
pub(crate) fn signature(function: &ScalarUDF) -> String {
    let types = function
        .signature()
        .type_signature
        .to_string_repr()
        .join(", ");
    let volatility = format!("{:?}", function.signature().volatility).to_lowercase();
    format!("{}({types}) {volatility}", function.name())
}
