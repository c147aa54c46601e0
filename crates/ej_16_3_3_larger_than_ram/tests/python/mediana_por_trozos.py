"""The median of a column, whole and as the median of the medians of its pieces."""

import io

import pandas as pd

texto = "monto\n" + "\n".join(str(n) for n in [1, 2, 3, 3, 9, 9, 9, 1, 2])
entera = pd.read_csv(io.StringIO(texto))["monto"].median()
trozos = [trozo["monto"].median() for trozo in pd.read_csv(io.StringIO(texto), chunksize=4)]
print(f"entera {entera}, de las medianas {pd.Series(trozos).median()}")
