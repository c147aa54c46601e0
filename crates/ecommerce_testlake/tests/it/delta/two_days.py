"""Two days written by Python's deltalake, then the first replaced with other rows."""

import sys, datetime, decimal
import pyarrow as pa
from deltalake import write_deltalake, CommitProperties, Transaction

def rows(day, *regions):
    return pa.table({
        "fecha": pa.array([datetime.date(2024, 1, day)] * len(regions)),
        "region": pa.array(regions),
        "revenue": pa.array([decimal.Decimal("1.50")] * len(regions), pa.decimal128(18, 2)),
        "_procesado_en": pa.array([day] * len(regions), pa.timestamp("us", "UTC")),
    })

write_deltalake(sys.argv[1], pa.concat_tables([rows(1, "norte"), rows(2, "sur", "sur")]), partition_by=["fecha"])
transaction = CommitProperties(app_transactions=[Transaction("analytics-ecommerce/2024-01-01", 5)])
write_deltalake(sys.argv[1], rows(1, "este", None), mode="overwrite", predicate="fecha = '2024-01-01'", commit_properties=transaction)
