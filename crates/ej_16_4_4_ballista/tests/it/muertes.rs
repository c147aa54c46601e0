//! Rounds of kills, for the tier that does a few and the one that does many.

use std::time::Duration;

use ecommerce_cluster::Engine;
use ej_16_4_4_ballista::{Outcome, Phase, difference, strike};

use crate::escenario::{Scene, scene};

/// A loss is noticed by the connection that closes; the rest is a generous allowance for a loaded machine.
const AT_ONCE: Duration = Duration::from_secs(15);

/// Kills in every phase so many times, and after each sends the query again to the restarted cluster.
///
/// Returns how many kills landed.
pub(crate) async fn rounds(engine: Engine, rounds: usize) -> usize {
    let here: Scene = scene(engine).await;
    let mut landed = 0;
    for round in 0..rounds {
        for (number, phase) in Phase::ALL.into_iter().enumerate() {
            let name = format!("r{round}-{number}");
            let strike = strike(&here.cluster, &here.gates, phase, &name, true)
                .await
                .unwrap();
            assert!(strike.landed, "{engine}: {strike:?} proved nothing");
            assert!(
                matches!(strike.outcome, Outcome::Right | Outcome::Lost(_)),
                "{engine}: {strike:?}"
            );
            assert!(strike.took < AT_ONCE, "{engine}: {strike:?}");
            landed += 1;
            here.raised.ready(Duration::from_secs(60)).unwrap();
            here.cluster
                .reconnect(Duration::from_secs(60))
                .await
                .unwrap();
            let again = here
                .cluster
                .sql("SELECT count(*) FROM a WHERE id >= 0")
                .await
                .unwrap();
            let expected = here.alone.sql("SELECT count(*) FROM a WHERE id >= 0");
            let expected = expected.await.unwrap().collect().await.unwrap();
            assert_eq!(
                difference(&expected, &again.batches, false).unwrap(),
                None,
                "{engine}"
            );
        }
    }
    landed
}
