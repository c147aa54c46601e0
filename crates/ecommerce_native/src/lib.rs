//! A native Parquet aggregation engine: filter, group by key, sum, count, mean and exact distinct
