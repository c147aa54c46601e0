//! Which requests meet which fault.

use super::Fault;
use hyper::{HeaderMap, Method, Uri};

/// A fault and the requests it is for: all conditions must hold. A rule without conditions is for every request.
#[derive(Debug, Clone)]
pub struct Rule {
    fault: Fault,
    method: Option<Method>,
    path: Option<String>,
    suffix: Option<String>,
    query: Option<String>,
    header: Option<String>,
    skip: u64,
    times: Option<u64>,
    probability: f64,
    matched: u64,
    fired: u64,
}

impl Rule {
    /// `fault` for requests of every method.
    #[must_use]
    pub fn any(fault: Fault) -> Self {
        Self {
            fault,
            method: None,
            path: None,
            suffix: None,
            query: None,
            header: None,
            skip: 0,
            times: None,
            probability: 1.0,
            matched: 0,
            fired: 0,
        }
    }

    /// `fault` for GET: reads and listings.
    #[must_use]
    pub fn get(fault: Fault) -> Self {
        Self::any(fault).method(Method::GET)
    }

    /// `fault` for PUT: whole objects, conditional writes, parts.
    #[must_use]
    pub fn put(fault: Fault) -> Self {
        Self::any(fault).method(Method::PUT)
    }

    /// `fault` for POST: starting and completing multipart uploads, bulk deletion.
    #[must_use]
    pub fn post(fault: Fault) -> Self {
        Self::any(fault).method(Method::POST)
    }

    /// `fault` for DELETE.
    #[must_use]
    pub fn delete(fault: Fault) -> Self {
        Self::any(fault).method(Method::DELETE)
    }

    /// `fault` for HEAD.
    #[must_use]
    pub fn head(fault: Fault) -> Self {
        Self::any(fault).method(Method::HEAD)
    }

    fn method(mut self, method: Method) -> Self {
        self.method = Some(method);
        self
    }

    /// Only where the path (`/<bucket>/<key>`, percent-encoded as sent, without the query) contains this text.
    #[must_use]
    pub fn path(mut self, part: impl Into<String>) -> Self {
        self.path = Some(part.into());
        self
    }

    /// Only where the path ends with this text.
    #[must_use]
    pub fn suffix(mut self, end: impl Into<String>) -> Self {
        self.suffix = Some(end.into());
        self
    }

    /// Only where the query contains this text: `list-type=2` for listings, `uploadId=` for parts.
    #[must_use]
    pub fn query(mut self, part: impl Into<String>) -> Self {
        self.query = Some(part.into());
        self
    }

    /// Only where the request has this header: `if-none-match` for writes that create, `range` for partial reads.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>) -> Self {
        self.header = Some(name.into());
        self
    }

    /// Lets the first `n` matching requests pass.
    #[must_use]
    pub fn skip(mut self, n: u64) -> Self {
        self.skip = n;
        self
    }

    /// Fires `n` times, then never again.
    #[must_use]
    pub fn times(mut self, n: u64) -> Self {
        self.times = Some(n);
        self
    }

    /// Fires once, at the `n`-th matching request, from 1: `skip(n - 1).times(1)`.
    #[must_use]
    pub fn nth(self, n: u64) -> Self {
        self.skip(n.saturating_sub(1)).times(1)
    }

    /// Fires with this probability, drawn for each matching request from the proxy's seed.
    #[must_use]
    pub fn probability(mut self, probability: f64) -> Self {
        self.probability = probability;
        self
    }

    /// The fault, if the request matches and the rule is due; `seed` is the rule's own.
    pub(super) fn decide(
        &mut self,
        seed: u64,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Option<Fault> {
        let holds = |wanted: &Option<String>, test: &dyn Fn(&str) -> bool| {
            wanted.as_deref().is_none_or(test)
        };
        let matches = self.method.as_ref().is_none_or(|wanted| wanted == method)
            && holds(&self.path, &|part| uri.path().contains(part))
            && holds(&self.suffix, &|end| uri.path().ends_with(end))
            && holds(&self.query, &|part| {
                uri.query().unwrap_or_default().contains(part)
            })
            && holds(&self.header, &|name| headers.contains_key(name));
        if !matches {
            return None;
        }
        self.matched += 1;
        let due = self.matched > self.skip
            && self.times.is_none_or(|times| self.fired < times)
            && draw(seed, self.matched) < self.probability;
        self.fired += u64::from(due);
        due.then(|| self.fault.clone())
    }
}

/// A number in [0, 1) that depends on both arguments alone (SplitMix64's finaliser).
fn draw(seed: u64, ordinal: u64) -> f64 {
    let mut x = seed.wrapping_add(ordinal.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((x ^ (x >> 31)) >> 11) as f64 / (1u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use super::*;

    fn fires(rule: &mut Rule, method: &Method, uri: &str) -> bool {
        rule.decide(1, method, &uri.parse().unwrap(), &HeaderMap::new())
            .is_some()
    }

    #[test]
    fn all_conditions_must_hold() {
        let mut rule = Rule::put(Fault::Drop)
            .path("_delta_log/")
            .suffix(".json")
            .query("x=1");
        assert!(fires(&mut rule, &Method::PUT, "/b/t/_delta_log/0.json?x=1"));
        for (method, uri) in [
            (Method::GET, "/b/t/_delta_log/0.json?x=1"),
            (Method::PUT, "/b/t/0.json?x=1"),
            (Method::PUT, "/b/t/_delta_log/0.parquet?x=1"),
            (Method::PUT, "/b/t/_delta_log/0.json"),
        ] {
            assert!(!fires(&mut rule, &method, uri), "{method} {uri}");
        }
        let mut with_header = Rule::any(Fault::Drop).header("if-none-match");
        assert!(!fires(&mut with_header, &Method::PUT, "/b/k"));
    }

    #[test]
    fn skip_and_times_count_matching_requests_only() {
        let mut rule = Rule::get(Fault::Drop).path("k").skip(1).times(2);
        let seen: Vec<bool> = ["k", "other", "k", "k", "k"]
            .iter()
            .map(|key| fires(&mut rule, &Method::GET, &format!("/b/{key}")))
            .collect();
        assert_eq!(seen, [false, false, true, true, false]);
        let mut third = Rule::any(Fault::Drop).nth(3);
        let seen: Vec<bool> = (0..5)
            .map(|_| fires(&mut third, &Method::GET, "/b/k"))
            .collect();
        assert_eq!(seen, [false, false, true, false, false]);
    }

    #[test]
    fn luck_is_the_seeds_and_comes_out_as_often_as_asked() {
        let run = |seed| {
            let mut rule = Rule::any(Fault::Drop).probability(0.3);
            (0..10_000)
                .map(|_| {
                    rule.decide(
                        seed,
                        &Method::GET,
                        &Uri::from_static("/"),
                        &HeaderMap::new(),
                    )
                    .is_some()
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(run(5), run(5));
        assert_ne!(run(5), run(6));
        let share = run(5).iter().filter(|fired| **fired).count();
        assert!((2800..3200).contains(&share), "{share}");
    }
}
