use super::*;

fn demanding(tiers: &[Tier]) -> Options {
    Options {
        exigir: tiers.to_vec(),
        ..Options::default()
    }
}

/// Returns how a tier with these tests ends on an empty checkout, without a corpus.
fn ended(options: &Options, tier: Tier, tests: &[&str]) -> Report {
    let root = tempfile::tempdir().unwrap();
    let checkout = Checkout::at(root.path());
    let mut runtimes = Runtimes::new(&checkout, Some(&root.path().join("no-hay")));
    let tests = Tests {
        rust: tests.iter().map(|name| (*name).to_owned()).collect(),
        python: Vec::new(),
    };
    one_tier(&checkout, options, &mut runtimes, tier, &tests).unwrap()
}

#[test]
fn a_missing_runtime_is_counted_and_is_a_failure_only_when_demanded() {
    let tests = ["a::nivel_corpus::b", "a::nivel_corpus::c"];
    let tolerated = ended(&demanding(&[Tier::Python]), Tier::Corpus, &tests);
    assert_eq!(
        tolerated.count,
        Count {
            passed: 0,
            failed: 0,
            skipped: 2
        }
    );
    assert!(
        tolerated.note.starts_with("NO EJECUTADO: "),
        "{}",
        tolerated.note
    );
    let demanded = ended(&demanding(&[Tier::Corpus]), Tier::Corpus, &tests);
    assert_eq!(
        demanded.count,
        Count {
            passed: 0,
            failed: 1,
            skipped: 2
        }
    );
}

#[test]
fn a_demanded_tier_without_tests_installs_nothing_and_is_no_failure() {
    assert_eq!(
        ended(&demanding(&[Tier::Jvm]), Tier::Jvm, &[]).count,
        Count::default()
    );
}

#[test]
fn long_tests_are_counted_as_not_run_unless_asked_for() {
    let report = ended(&Options::default(), Tier::Largo, &["it::largo::mata"]);
    assert_eq!(
        report.count,
        Count {
            passed: 0,
            failed: 0,
            skipped: 1
        }
    );
    assert_eq!(report.note, "solo con --largo");
}

#[test]
fn the_table_has_a_line_per_tier_and_keeps_the_note() {
    let report = Report {
        name: "jvm",
        count: Count {
            passed: 0,
            failed: 0,
            skipped: 4,
        },
        time: Duration::from_millis(1500),
        note: "NO EJECUTADO: x".to_owned(),
    };
    let table = table(&[report]);
    assert!(
        table.ends_with("jvm              0       0            4       1.5  NO EJECUTADO: x\n"),
        "{table}"
    );
}
