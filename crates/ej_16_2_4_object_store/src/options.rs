//! What a store is opened with: settings, some of them secret, and how patient to be.

use object_store::{BackoffConfig, ClientOptions, RetryConfig};
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// The prefixes under which the environment and the options name a provider's settings.
const PROVIDERS: [&str; 3] = ["aws_", "azure_", "google_"];

/// How long to insist.
///
/// object_store counts `retries` and `deadline` per request, checks the deadline only before it waits, and then waits and
/// asks once more. [`Object`](crate::Object) cuts every operation off at `deadline`, whatever is under way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Patience {
    /// Requests after the first.
    pub retries: usize,
    /// The wait before the first retry. Later waits are drawn between this and twice the last one.
    pub first_wait: Duration,
    /// No wait is longer.
    pub longest_wait: Duration,
    /// An attempt that takes longer is given up; its body counts.
    pub attempt: Duration,
    /// An operation on one object, or on one part of a large one, ends by then, well or badly.
    pub deadline: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            retries: 8,
            first_wait: Duration::from_millis(100),
            longest_wait: Duration::from_secs(5),
            attempt: Duration::from_secs(20),
            deadline: Duration::from_secs(60),
        }
    }
}

impl Patience {
    pub(crate) fn retry(&self) -> RetryConfig {
        RetryConfig {
            backoff: BackoffConfig {
                init_backoff: self.first_wait,
                max_backoff: self.longest_wait,
                base: 2.0,
            },
            max_retries: self.retries,
            retry_timeout: self.deadline,
        }
    }

    pub(crate) fn client(&self) -> ClientOptions {
        ClientOptions::new()
            .with_connect_timeout(self.attempt.min(Duration::from_secs(5)))
            .with_timeout(self.attempt)
    }
}

/// Settings of remote stores under the names of object_store: `aws_region`, `azure_storage_account_name`, …
///
/// Names are kept in lower case. `Debug` shows names alone: any value may be a secret.
#[derive(Clone, Default)]
pub struct StoreOptions {
    environment: BTreeMap<String, String>,
    chosen: BTreeMap<String, String>,
    patience: Patience,
}

impl StoreOptions {
    /// The settings of the process's environment: the variables that begin with `AWS_`, `AZURE_` or `GOOGLE_`.
    pub fn from_env() -> Self {
        // Names and values that are no UTF-8 are no settings.
        let text = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        Self::with_environment(text)
    }

    /// The settings of an environment that is not the process's own.
    pub fn with_environment(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let environment = variables
            .into_iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value))
            .filter(|(name, _)| PROVIDERS.iter().any(|prefix| name.starts_with(prefix)))
            .collect();
        Self {
            environment,
            ..Self::default()
        }
    }

    /// The same with one more setting, which goes before the environment's. A name that the store does not know is an error
    /// when it is opened; in the environment it is not.
    #[must_use]
    pub fn with_option(mut self, name: &str, value: impl Into<String>) -> Self {
        self.chosen.insert(name.to_ascii_lowercase(), value.into());
        self
    }

    /// The same with other patience.
    #[must_use]
    pub fn with_patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// How long to insist.
    pub fn patience(&self) -> &Patience {
        &self.patience
    }

    /// Whether the value that goes by this name has no business on a command line, which every user of the machine can read.
    pub fn is_secret(name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        ["secret", "key", "token", "sas", "password"]
            .iter()
            .any(|part| name.contains(part))
            && !name.ends_with("_file")
            && !name.contains("endpoint")
    }

    /// The text with every secret value, and every word of one, taken out.
    pub(crate) fn redact(&self, text: &str) -> String {
        let secret = self.environment.iter().chain(&self.chosen);
        let secret = secret.filter(|(name, _)| Self::is_secret(name));
        // A service account is a JSON document with the key inside: its words are what a parser would quote.
        let words = secret.flat_map(|(_, value)| {
            value
                .split(|c: char| c.is_whitespace() || "\"\\,:{}".contains(c))
                .chain([value.as_str()])
        });
        words
            .filter(|word| word.len() >= 8)
            .fold(text.to_owned(), |text, word| text.replace(word, "…"))
    }

    pub(crate) fn environment(&self) -> impl Iterator<Item = (&str, &str)> {
        self.environment
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The chosen settings that are not another provider's: those of `prefix`, and those without a provider in their name.
    pub(crate) fn chosen(&self, prefix: &str) -> impl Iterator<Item = (&str, &str)> {
        self.chosen
            .iter()
            .filter(move |(name, _)| {
                PROVIDERS
                    .iter()
                    .all(|other| *other == prefix || !name.starts_with(other))
            })
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl fmt::Debug for StoreOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreOptions")
            .field("environment", &self.environment.keys())
            .field("chosen", &self.chosen.keys())
            .field("patience", &self.patience)
            .finish()
    }
}
