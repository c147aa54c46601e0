//! The operations that are asked about, each as a plan over two small frames.

use polars::prelude::*;

/// The frames that the plans stand on: their rows do not matter, only their columns.
#[derive(Clone, Debug)]
pub struct Sources {
    /// Events: `region`, `user_id` text; `monto` f64 with nulls; `n` i64; `t` date and time, in order.
    pub events: DataFrame,
    /// Customers: `user_id` and `segmento` text; `desde`, `hasta` i64; `t` date and time, in order.
    pub customers: DataFrame,
}

impl Sources {
    /// Six events and three customers.
    ///
    /// # Errors
    /// * None that input could cause: the frames are fixed.
    pub fn new() -> PolarsResult<Self> {
        let times = |micros: Vec<i64>| {
            Series::new("t".into(), micros)
                .cast(&DataType::Datetime(TimeUnit::Microseconds, None))
                .map(IntoColumn::into_column)
        };
        let mut events = df![
            "region" => [Some("norte"), Some("sur"), None, Some("norte"), Some("este"), Some("sur")],
            "user_id" => ["u1", "u2", "u1", "u3", "u2", "u9"],
            "monto" => [Some(10.5), None, Some(2.0), Some(7.25), Some(-1.0), Some(3.0)],
            "n" => [3i64, 1, 2, 6, 5, 4],
        ]?;
        events.with_column(times((0..6).map(|i| i * 60_000_000).collect())?)?;
        let mut customers = df![
            "user_id" => ["u1", "u2", "u3"],
            "segmento" => ["nuevo", "premium", "nuevo"],
            "desde" => [0i64, 2, 4],
            "hasta" => [2i64, 4, 9],
        ]?;
        customers.with_column(times(vec![0, 90_000_000, 200_000_000])?)?;
        Ok(Self { events, customers })
    }

    fn e(&self) -> LazyFrame {
        self.events.clone().lazy()
    }

    fn c(&self) -> LazyFrame {
        self.customers.clone().lazy()
    }

    fn joined(&self, how: JoinType) -> LazyFrame {
        let on = [col("user_id")];
        self.e().join(self.c(), on.clone(), on, JoinArgs::new(how))
    }
}

/// An operation of the lazy API.
pub struct Case {
    /// How the page calls it.
    pub name: &'static str,
    /// The plan that does it.
    pub plan: fn(&Sources) -> PolarsResult<LazyFrame>,
}

macro_rules! cases {
    ($($name:literal => $plan:expr),* $(,)?) => { vec![$(Case { name: $name, plan: $plan }),*] };
}

/// All operations, in the order of the page's table.
pub fn catalog() -> Vec<Case> {
    let mut cases = rows();
    cases.extend(groups());
    cases.extend(orders());
    cases.extend(joins());
    cases.extend(windows());
    cases.extend(whole_columns());
    cases.extend(shapes());
    cases
}

fn rows() -> Vec<Case> {
    cases![
        "`filter`" => |s| Ok(s.e().filter(col("monto").gt(lit(0.0)))),
        "`with_columns`, elemento a elemento" => |s| Ok(s.e().with_columns([
            (col("monto") * lit(2.0)).alias("doble"),
            col("region").str().to_uppercase().alias("mayúsculas"),
            col("t").dt().hour().alias("hora"),
        ])),
        "`when`/`then`, `is_in`, `is_between`" => |s| Ok(s.e().with_column(
            when(col("n").is_between(lit(1), lit(3), ClosedInterval::Both))
                .then(lit("bajo"))
                .otherwise(lit("alto"))
                .alias("tramo"),
        ).filter(col("region").is_in(lit(Series::new("".into(), ["norte", "sur"])).implode(false), false))),
        "`filter` y `limit`" => |s| Ok(s.e().filter(col("n").gt(lit(0))).limit(3)),
        "`filter` y `tail`" => |s| Ok(s.e().filter(col("n").gt(lit(0))).tail(3)),
        "`with_row_index`" => |s| Ok(s.e().with_row_index("fila", None)),
        "`gather_every`" => |s| Ok(s.e().select([col("n").gather_every(2, 0)])),
        "`Expr::map`, función propia" => |s| Ok(s.e().with_column(
            col("n").map(Ok, |_, field| Ok(field.clone())).alias("igual"),
        )),
        "`LazyFrame::map`, función sobre el marco" => |s| Ok(s.e().map(
            Ok,
            AllowedOptimizations::default(),
            None,
            Some("propia"),
        )),
    ]
}

fn groups() -> Vec<Case> {
    cases![
        "`group_by`: suma, media, mínimo, cuenta" => |s| Ok(s.e().group_by([col("region")]).agg([
            col("monto").sum(),
            col("monto").mean().alias("media"),
            col("monto").min().alias("mínimo"),
            len(),
        ])),
        "`group_by`: `n_unique`" => |s| Ok(s.e().group_by([col("region")]).agg([col("user_id").n_unique()])),
        "`group_by`: mediana" => |s| Ok(s.e().group_by([col("region")]).agg([col("monto").median()])),
        "`group_by`: `implode`" => |s| Ok(s.e().group_by([col("region")]).agg([col("monto").implode(false)])),
        "`group_by`: `sort_by` y `first`" => |s| Ok(s.e().group_by([col("region")]).agg([
            col("n").sort_by([col("t")], SortMultipleOptions::default()).first(),
        ])),
        "`group_by_stable`" => |s| Ok(s.e().group_by_stable([col("region")]).agg([col("monto").sum()])),
        "`group_by_dynamic`" => |s| Ok(s.e().group_by_dynamic(
            col("t"),
            [],
            DynamicGroupOptions {
                every: polars::time::Duration::parse("2m"),
                period: polars::time::Duration::parse("2m"),
                offset: polars::time::Duration::parse("0s"),
                ..Default::default()
            },
        ).agg([col("monto").sum()])),
        "`rolling` por tiempo" => |s| Ok(s.e().rolling(
            col("t"),
            [],
            RollingGroupOptions {
                period: polars::time::Duration::parse("2m"),
                offset: polars::time::Duration::parse("-2m"),
                ..Default::default()
            },
        ).agg([col("monto").sum()])),
        "`unique`" => |s| Ok(s.e().unique(None, UniqueKeepStrategy::Any)),
        "`unique_stable`" => |s| Ok(s.e().unique_stable(None, UniqueKeepStrategy::First)),
        "`pivot`" => |s| Ok(s.e().pivot(
            by_name(["region"], true, false),
            std::sync::Arc::new(df!["region" => ["norte", "sur", "este"]]?),
            by_name(["user_id"], true, false),
            by_name(["monto"], true, false),
            element().sum(),
            false,
            "_".into(),
            polars::frame::PivotColumnNaming::Auto,
        )),
    ]
}

fn orders() -> Vec<Case> {
    cases![
        "`sort`" => |s| Ok(s.e().sort(["n"], SortMultipleOptions::default())),
        "`sort` de varias columnas, estable" => |s| Ok(s.e().sort(
            ["region", "n"],
            SortMultipleOptions::default().with_maintain_order(true),
        )),
        "`sort` y `limit`" => |s| Ok(s.e().sort(["n"], SortMultipleOptions::default()).limit(2)),
        "`top_k`" => |s| Ok(s.e().top_k(2, [col("n")], SortMultipleOptions::default())),
        "`reverse`" => |s| Ok(s.e().reverse()),
        "`shuffle`" => |s| Ok(s.e().select([col("n").shuffle(Some(7))])),
        "`sample_n`" => |s| Ok(s.e().select([col("n").sample_n(lit(2), false, None, Some(7))])),
    ]
}

fn joins() -> Vec<Case> {
    cases![
        "`join` interior" => |s| Ok(s.joined(JoinType::Inner)),
        "`join` izquierdo" => |s| Ok(s.joined(JoinType::Left)),
        "`join` completo" => |s| Ok(s.joined(JoinType::Full)),
        "`join` *semi*" => |s| Ok(s.joined(JoinType::Semi)),
        "`join` *anti*" => |s| Ok(s.joined(JoinType::Anti)),
        "`cross_join`" => |s| Ok(s.e().cross_join(s.c(), None)),
        "`join_where`, desigualdades" => |s| Ok(s.e().join_builder().with(s.c()).join_where(vec![
            col("n").gt_eq(col("desde")),
            col("n").lt(col("hasta")),
        ])),
        "`join` interior con `validate`" => |s| {
            let join = s.e().join_builder().with(s.c()).on([col("user_id")]);
            Ok(join.how(JoinType::Inner).validate(JoinValidation::ManyToOne).finish())
        },
        "`join` *asof*" => |s| Ok(asof(s, None)),
        "`join` *asof* por grupos" => |s| Ok(asof(s, Some("user_id"))),
    ]
}

fn asof(s: &Sources, by: Option<&str>) -> LazyFrame {
    let by = by.map(|name| vec![PlSmallStr::from(name)]);
    let options = AsOfOptions {
        strategy: AsofStrategy::Backward,
        left_by: by.clone(),
        right_by: by,
        allow_eq: true,
        check_sortedness: false,
        ..Default::default()
    };
    let how = JoinArgs::new(JoinType::AsOf(Box::new(options)));
    s.e().join(s.c(), [col("t")], [col("t")], how)
}

fn windows() -> Vec<Case> {
    cases![
        "`over`: suma por grupo" => |s| Ok(s.e().with_column(col("monto").sum().over([col("region")])?)),
        "`over`: `rank`" => |s| Ok(s.e().with_column(
            col("n").rank(RankOptions::default(), None).over([col("region")])?,
        )),
        "`over`: `cum_sum`" => |s| Ok(s.e().with_column(col("n").cum_sum(false).over([col("region")])?)),
        "`shift`" => |s| Ok(s.e().select([col("n").shift(lit(1))])),
        "`diff`" => |s| Ok(s.e().select([col("n").diff(lit(1), polars::series::ops::NullBehavior::Ignore)])),
        "`cum_sum`" => |s| Ok(s.e().select([col("n").cum_sum(false)])),
        "`rolling_mean` de ancho fijo" => |s| Ok(s.e().select([col("monto").rolling_mean(
            RollingOptionsFixedWindow { window_size: 2, min_periods: 1, ..Default::default() },
        )])),
        "`fill_null` hacia delante" => |s| Ok(s.e().select([
            col("monto").fill_null_with_strategy(FillNullStrategy::Forward(None)),
        ])),
        "`interpolate`" => |s| Ok(s.e().select([col("monto").interpolate(InterpolationMethod::Linear)])),
        "`rle`" => |s| Ok(s.e().select([col("region").rle()])),
    ]
}

fn whole_columns() -> Vec<Case> {
    cases![
        "suma, media, máximo de una columna" => |s| Ok(s.e().select([
            col("monto").sum(),
            col("monto").mean().alias("media"),
            col("monto").max().alias("máximo"),
        ])),
        "`var`, `std`" => |s| Ok(s.e().select([col("monto").var(1), col("n").std(1)])),
        "`n_unique`" => |s| Ok(s.e().select([col("user_id").n_unique()])),
        "`approx_n_unique`" => |s| Ok(s.e().select([col("user_id").approx_n_unique()])),
        "mediana, cuantil" => |s| Ok(s.e().select([
            col("monto").median(),
            col("n").quantile(lit(0.9), QuantileMethod::Nearest),
        ])),
        "`mode`" => |s| Ok(s.e().select([col("region").mode(false)])),
        "`unique_counts`" => |s| Ok(s.e().select([col("region").unique_counts()])),
        "`is_unique`" => |s| Ok(s.e().select([col("user_id").is_unique()])),
        "`rank`" => |s| Ok(s.e().select([col("n").rank(RankOptions::default(), None)])),
        "`cov`" => |s| Ok(s.e().select([cov(col("monto"), col("n"), 1)])),
        "`replace`" => |s| Ok(s.e().with_column(col("region").replace(lit("norte"), lit("N")))),
    ]
}

fn shapes() -> Vec<Case> {
    cases![
        "`concat` vertical" => |s| concat([s.e(), s.e()], UnionArgs::default()),
        "`concat` diagonal" => |s| concat_lf_diagonal([s.e(), s.c()], UnionArgs::default()),
        "`explode`" => |s| Ok(s.e().select([concat_list([col("n"), col("n")])?]).explode(
            by_name(["n"], true, false),
            ExplodeOptions { empty_as_null: true, keep_nulls: true },
        )),
        "`implode` de una columna" => |s| Ok(s.e().select([col("n").implode(false)])),
        "`unpivot`" => |s| Ok(s.e().unpivot(UnpivotArgsDSL {
            on: Some(by_name(["monto"], true, false)),
            index: by_name(["user_id"], true, false),
            variable_name: None,
            value_name: None,
        })),
        "un plan usado dos veces (`cache`)" => |s| {
            let shared = s.e().filter(col("n").gt(lit(0)));
            let totals = shared.clone().group_by([col("region")]).agg([col("monto").sum().alias("total")]);
            Ok(shared.join(totals, [col("region")], [col("region")], JoinArgs::new(JoinType::Inner)))
        },
        "SQL: `GROUP BY` y `ORDER BY`" => |s| {
            let mut sql = polars::sql::SQLContext::new();
            sql.register("eventos", s.e());
            sql.execute("SELECT region, SUM(monto) AS total FROM eventos GROUP BY region ORDER BY total")
        },
    ]
}
