//! The independent reader against tables that are whole, and tables damaged in every way it should notice.

mod nivel_python {
    use ecommerce_testkit::temp::{self, TempDir, tree_list};
    use ecommerce_testlake::delta::{
        CheckError, Day, Expected, Findings, IndependentReader, Invariant, Table, Violation,
        content, replayed,
    };
    use std::fs;
    use std::path::PathBuf;

    /// Two days written by Python's deltalake, then the first replaced with other rows.
    const TWO_DAYS: &str = include_str!("two_days.py");

    struct Lake {
        dir: TempDir,
        reader: IndependentReader,
    }

    fn lake() -> Lake {
        let lake = Lake {
            dir: temp::dir().unwrap(),
            reader: IndependentReader::from_env().unwrap(),
        };
        let written = lake
            .reader
            .program(TWO_DAYS)
            .arg(lake.table())
            .run()
            .unwrap();
        assert!(written.success(), "{written:?}");
        lake
    }

    impl Lake {
        fn table(&self) -> PathBuf {
            self.dir.path().join("metricas")
        }

        fn read(&self) -> Findings {
            self.reader.read(self.table()).unwrap()
        }

        fn violations(&self) -> Vec<Violation> {
            self.read().violations(&as_written())
        }

        /// The live file of the first day: the one that the last commit added.
        fn live_file(&self) -> PathBuf {
            let files = tree_list(self.table()).unwrap();
            let Table::Table { retired, .. } = self.read().table else {
                panic!("no table")
            };
            let live = |file: &&PathBuf| {
                file.starts_with("fecha=2024-01-01")
                    && !retired.iter().any(|gone| file.ends_with(gone))
            };
            self.table().join(files.iter().find(live).unwrap())
        }

        fn commit(&self, version: u64) -> PathBuf {
            self.table().join(format!("_delta_log/{version:020}.json"))
        }
    }

    fn as_written() -> Expected {
        let first = [
            content::row([Some("2024-01-01"), Some("este"), Some("1.50")]),
            content::row([Some("2024-01-01"), None, Some("1.50")]),
        ];
        Expected::new()
            .day("2024-01-01", Day::exactly(first))
            .day("2024-01-02", Day::Rows(2))
    }

    #[test]
    #[ignore = "tier python: cargo xtask test"]
    fn a_whole_table_has_no_violation() {
        let lake = lake();
        let found = lake.read();
        assert_eq!(found.violations(&as_written()), []);
        assert_eq!(found.violations(&found.as_expected()), []);
        assert_eq!(
            (
                found.version(),
                found.transaction("analytics-ecommerce/2024-01-01")
            ),
            (Some(1), Some(5))
        );
        assert_eq!(
            (found.day("2024-01-02").unwrap().files, found.residue()),
            (1, vec![])
        );
        let Table::Table {
            rows,
            versions,
            retired,
            columns,
            ..
        } = found.table
        else {
            panic!("no table")
        };
        assert_eq!((rows, versions, retired.len()), (4, vec![0, 1], 1));
        assert_eq!(columns, ["fecha", "region", "revenue", "_procesado_en"]);
    }

    #[test]
    #[ignore = "tier python: cargo xtask test"]
    fn a_session_and_the_log_replayed_by_hand_find_the_same() {
        let lake = lake();
        let mut session = lake.reader.session().unwrap();
        fs::write(lake.table().join("fecha=2024-01-02/part-9.parquet"), "x").unwrap();
        fs::write(lake.commit(7).with_extension("json#1"), "x").unwrap();
        for _ in 0..2 {
            assert_eq!(session.read(lake.table()).unwrap(), lake.read());
        }
        assert_eq!(replayed(lake.table()).unwrap(), lake.read());
        let nowhere = lake.dir.path().join("nowhere");
        assert_eq!(session.read(&nowhere).unwrap(), replayed(&nowhere).unwrap());
        fs::write(lake.commit(1), "{\"add").unwrap();
        for found in [
            session.read(lake.table()).unwrap(),
            replayed(lake.table()).unwrap(),
        ] {
            assert!(matches!(found.table, Table::Unreadable { .. }), "{found:?}");
        }
    }

    #[test]
    #[ignore = "tier python: cargo xtask test"]
    fn other_rows_missing_days_and_extra_days_are_violations() {
        let found = lake().read();
        let days = |expected: Expected| -> Vec<String> {
            let named = |violation| {
                if let Violation::Day(fecha, ..) = violation {
                    Some(fecha)
                } else {
                    None
                }
            };
            found
                .violations(&expected)
                .into_iter()
                .filter_map(named)
                .collect()
        };
        assert_eq!(
            days(as_written().day("2024-01-02", Day::Rows(3))),
            ["2024-01-02"]
        );
        assert_eq!(
            days(as_written().day("2024-01-02", Day::exactly(["x"]))),
            ["2024-01-02"]
        );
        assert_eq!(
            days(as_written().day("2024-01-03", Day::Rows(1))),
            ["2024-01-03"]
        );
        assert_eq!(
            days(Expected::new().day("2024-01-01", Day::Rows(2))),
            ["2024-01-02"]
        );
        assert_eq!(found.violations(&Expected::absent()), [Violation::Present]);
    }

    #[test]
    #[ignore = "tier python: cargo xtask test"]
    fn no_table_is_absent_even_with_files_lying_there() {
        let lake = lake();
        fs::remove_dir_all(lake.table().join("_delta_log")).unwrap();
        let found = lake.read();
        assert_eq!((&found.table, found.orphans.len()), (&Table::Absent, 3));
        assert_eq!(found.violations(&Expected::absent()), []);
        assert_eq!(found.violations(&Expected::new()), [Violation::Absent]);
    }

    #[test]
    #[ignore = "tier python: cargo xtask test"]
    fn a_live_file_that_is_gone_cut_or_of_another_length_is_broken() {
        type Damage = fn(&Lake);
        let damages: [Damage; 3] = [
            |lake| fs::remove_file(lake.live_file()).unwrap(),
            |lake| {
                let bytes = fs::read(lake.live_file()).unwrap();
                fs::write(lake.live_file(), &bytes[..bytes.len() - 20]).unwrap();
            },
            |lake| {
                let log = fs::read_to_string(lake.commit(1)).unwrap();
                assert!(log.contains(r#"{\"numRecords\":2"#), "{log}");
                fs::write(
                    lake.commit(1),
                    log.replace(r#"{\"numRecords\":2"#, r#"{\"numRecords\":3"#),
                )
                .unwrap();
            },
        ];
        for (i, damage) in damages.into_iter().enumerate() {
            let lake = lake();
            damage(&lake);
            let found = lake.violations();
            assert!(
                found
                    .iter()
                    .any(|violation| matches!(violation, Violation::Broken(..))),
                "{i}: {found:?}"
            );
        }
    }

    #[test]
    #[ignore = "tier python: cargo xtask test"]
    fn a_log_with_a_gap_or_a_torn_commit_is_noticed() {
        let lake = lake();
        fs::rename(lake.commit(1), lake.commit(2)).unwrap();
        let found = lake.violations();
        assert!(
            found
                .iter()
                .any(|v| matches!(v, Violation::Gap(_) | Violation::Unreadable(_))),
            "{found:?}"
        );
        fs::rename(lake.commit(2), lake.commit(1)).unwrap();
        assert_eq!(lake.violations(), []);
        let log = fs::read_to_string(lake.commit(1)).unwrap();
        fs::write(lake.commit(1), &log[..log.len() / 2]).unwrap();
        let found = lake.violations();
        assert!(
            matches!(&found[..], [Violation::Unreadable(_)]),
            "{found:?}"
        );
    }

    #[test]
    #[ignore = "tier python: cargo xtask test"]
    fn residue_is_reported_and_is_no_violation() {
        let lake = lake();
        fs::copy(
            lake.live_file(),
            lake.table().join("fecha=2024-01-01/part-perdido.parquet"),
        )
        .unwrap();
        fs::write(
            lake.table().join("_delta_log/00000000000000000002.json#1"),
            "{",
        )
        .unwrap();
        let found = lake.read();
        assert_eq!(found.violations(&as_written()), []);
        assert_eq!(
            found.residue(),
            [
                "fecha=2024-01-01/part-perdido.parquet",
                "_delta_log/00000000000000000002.json#1"
            ]
        );
    }

    #[test]
    #[ignore = "tier python: cargo xtask test"]
    fn old_or_new_is_decided_and_the_surroundings_are_watched() {
        let lake = lake();
        let invariant = Invariant::watch(lake.table(), lake.dir.path()).unwrap();
        let other = Expected::new().day("2024-01-01", Day::Rows(1));
        let (which, _) = invariant
            .check_any(&lake.reader, &[&other, &as_written()])
            .unwrap();
        assert_eq!(which, 1);
        fs::write(lake.dir.path().join("suelto"), "x").unwrap();
        let error = invariant.check(&lake.reader, &as_written()).unwrap_err();
        assert!(
            matches!(&error, CheckError::Violated(all) if matches!(all[..], [Violation::Outside(_)])),
            "{error}"
        );
        let others_may = Invariant::watch_except(
            lake.table(),
            lake.dir.path(),
            &[lake.dir.path().join("suelto")],
        )
        .unwrap();
        fs::write(lake.dir.path().join("suelto"), "y").unwrap();
        others_may.check(&lake.reader, &as_written()).unwrap();
    }

    #[test]
    #[ignore = "tier python: cargo xtask test"]
    fn an_interpreter_without_the_packages_is_an_error_of_the_reader() {
        let isolated = IndependentReader::with("/nonexistent/python");
        assert!(isolated.read("/nonexistent").is_err());
    }
}
