//! Writes whose answer and whose effect part ways.

use super::*;

#[tokio::test]
async fn a_create_that_was_applied_and_not_acknowledged_finds_itself_in_the_way() {
    for status in [500, 503] {
        let lake = lake();
        lake.proxy.add(
            Rule::put(Fault::ApplyThenAnswer(status))
                .path("_delta_log/")
                .times(1),
        );
        let error = lake.create("t/_delta_log/0.json").await.unwrap_err();
        assert!(matches!(error, Error::AlreadyExists { .. }), "{error}");
        assert!(lake.is_applied("t/_delta_log/0.json"));
        let upstream: Vec<_> = lake
            .proxy
            .attempts("PUT", "_delta_log")
            .iter()
            .map(|attempt| attempt.upstream)
            .collect();
        assert_eq!(
            (lake.statuses("PUT"), upstream),
            (vec![Some(status), Some(412)], vec![Some(200), Some(412)])
        );
    }
}

#[tokio::test]
async fn a_create_whose_answer_is_lost_fails_though_it_was_applied() {
    for fault in [Fault::ApplyThenDrop, Fault::ApplyThenHang] {
        let lake = lake().impatient();
        lake.proxy.add(Rule::put(fault.clone()));
        let before = Instant::now();
        assert!(lake.create("x").await.is_err(), "{fault:?}");
        assert!(
            soon(|| lake.is_applied("x") && lake.proxy.faults()[0].upstream == Some(200)).await,
            "{fault:?}"
        );
        assert!(before.elapsed() < Duration::from_secs(20), "{fault:?}");
    }
}

#[tokio::test]
async fn a_request_that_is_lost_on_the_way_is_never_applied() {
    for fault in [Fault::Drop, Fault::Hang, Fault::Answer(503)] {
        let lake = lake().impatient();
        lake.proxy.add(Rule::put(fault.clone()));
        assert!(lake.create("x").await.is_err(), "{fault:?}");
        assert!(!lake.is_applied("x"), "{fault:?}");
        assert!(
            lake.proxy
                .exchanges()
                .iter()
                .all(|exchange| exchange.upstream.is_none()),
            "{fault:?}"
        );
    }
}
