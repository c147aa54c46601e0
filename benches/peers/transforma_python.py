"""Option A of exercise 16.3.5: the same tool in Python, to be packed with PyInstaller.

Reads the same YAML as `transforma` (the steps of data/tuberias) and gives the same results; it leaves out what makes the other
one long: places in the messages, suggestions, checks of the files, partitioned output set aside and put back, S3.

    python transforma_python.py tuberia.yaml
"""

import os
import re
import sys
import tempfile
from pathlib import Path

import polars as pl
import yaml

TIPOS = {
    "texto": pl.String,
    "entero": pl.Int64,
    "flotante": pl.Float64,
    "booleano": pl.Boolean,
    "fecha": pl.Date,
    "fecha_hora": pl.Datetime("us"),
}
UNIONES = {"interior": "inner", "izquierda": "left", "completa": "full", "semi": "semi", "anti": "anti", "cruzada": "cross"}
CONSERVAR = {"primera": "first", "ultima": "last", "ninguna": "none", "cualquiera": "any"}
MASCARA = (1 << 64) - 1


class Cargador(yaml.SafeLoader):
    """Dates stay as they are written, as in the other tool."""


Cargador.yaml_implicit_resolvers = {
    letra: [(etiqueta, regla) for etiqueta, regla in reglas if etiqueta != "tag:yaml.org,2002:timestamp"]
    for letra, reglas in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def tipo(nombre):
    if decimal := re.fullmatch(r"decimal\((\d+),\s*(\d+)\)", nombre):
        return pl.Decimal(int(decimal[1]), int(decimal[2]))
    return TIPOS[nombre]


def lista(valor):
    return [] if valor is None else valor if isinstance(valor, list) else [valor]


def literal(parametro):
    valor = os.environ.get(parametro.get("entorno", ""), parametro.get("valor"))
    return pl.lit(str(valor), pl.String).cast(tipo(parametro["tipo"]))


def azar(semilla, fila):
    z = (semilla * 0xD6E8FEB86659FD93 + (fila + 1) * 0x9E3779B97F4A7C15) & MASCARA
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASCARA
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASCARA
    return z ^ (z >> 31)


class Tuberia:
    def __init__(self, ruta):
        self.yaml = yaml.load(Path(ruta).read_text(), Cargador)
        self.base = Path(ruta).parent
        self.parametros = {n: literal(p) for n, p in (self.yaml.get("parametros") or {}).items()}
        self.tablas = {}

    def expresion(self, sql):
        """A parameter stands in the SQL as a column of a name that no file has, added for the length of the step."""
        return pl.sql_expr(re.sub(r"(?<!:):(\w+)", lambda m: f'"\x01{m[1]}"', str(sql)))

    def lee(self, entrada):
        ruta = entrada["ruta"]
        for nombre, valor in self.parametros.items():
            ruta = ruta.replace("{" + nombre + "}", str(pl.select(valor).item()))
        ruta = str(self.base / ruta)
        if entrada.get("formato") == "parquet" or ruta.endswith((".parquet", ".pq")):
            return pl.scan_parquet(ruta)
        csv = entrada.get("csv") or {}
        return pl.scan_csv(
            ruta,
            separator=csv.get("separador", ","),
            decimal_comma=csv.get("coma_decimal", False),
            comment_prefix=csv.get("comentario"),
            null_values=lista(csv.get("nulos")) or None,
            try_parse_dates=csv.get("fechas", True),
            infer_schema_length=1000,
            schema_overrides={n: tipo(t) for n, t in (csv.get("columnas") or {}).items()} or None,
            include_file_paths=entrada.get("columna_archivo"),
        )

    def tabla(self, nombre):
        if nombre not in self.tablas:
            entrada = self.yaml["entradas"][nombre]
            marco = self.tabla(entrada["desde"]) if "desde" in entrada else self.lee(entrada)
            for paso in entrada.get("pasos", []):
                marco = self.paso(marco, paso)
            self.tablas[nombre] = marco
        return self.tablas[nombre]

    def resultado(self):
        marco = self.tabla(self.yaml.get("desde") or next(iter(self.yaml["entradas"])))
        for paso in self.yaml.get("pasos") or []:
            marco = self.paso(marco, paso)
        return marco

    def paso(self, marco, paso):
        ((clase, que),) = paso.items()
        usados = {f"\x01{n}": v for n, v in self.parametros.items() if re.search(rf"(?<!:):{n}\b", str(que))}
        if clase in ("filtrar", "derivar", "agrupar") and usados:
            marco = marco.with_columns(**usados)
            return self.aplica(marco, clase, que).drop(list(usados), strict=False)
        return self.aplica(marco, clase, que)

    def aplica(self, marco, clase, que):
        match clase:
            case "filtrar":
                return marco.filter(self.expresion(que))
            case "derivar":
                return marco.with_columns(**{n: self.expresion(e) for n, e in que.items()})
            case "renombrar":
                return marco.rename(que)
            case "convertir":
                return marco.with_columns(self.conversion(n, a) for n, a in que.items())
            case "agrupar":
                calculos = {n: self.expresion(e) for n, e in que["calcular"].items()}
                por = lista(que.get("por"))
                return marco.group_by(por).agg(**calculos) if por else marco.select(**calculos)
            case "ordenar":
                columnas = lista(que)
                return marco.sort(
                    [c.removeprefix("-") for c in columnas],
                    descending=[c.startswith("-") for c in columnas],
                    nulls_last=True,
                    maintain_order=True,
                )
            case "unir":
                como = UNIONES[que.get("tipo", "interior")]
                claves = {"left_on": lista(que.get("por") or que.get("izquierda")), "right_on": lista(que.get("por") or que.get("derecha"))}
                return marco.join(self.tabla(que["con"]), how=como, suffix=que.get("sufijo", "_" + que["con"]), **({} if como == "cross" else claves))
            case "deduplicar":
                return marco.unique(lista(que.get("por")) or None, keep=CONSERVAR[que.get("conservar", "primera")], maintain_order=True)
            case "muestrear":
                filas = marco.collect().height
                hashes = pl.Series([azar(que.get("semilla", 0), i) for i in range(filas)], dtype=pl.UInt64)
                if "filas" in que:
                    elegidas = sorted(sorted(range(filas), key=lambda i: (hashes[i], i))[: que["filas"]])
                else:
                    elegidas = [i for i in range(filas) if hashes[i] < que["fraccion"] * 2**64]
                return marco.with_row_index("\x01fila").filter(pl.col("\x01fila").is_in(elegidas)).drop("\x01fila")
            case "seleccionar":
                return marco.select(lista(que))
            case "limitar":
                return marco.slice(que.get("saltar", 0), que["filas"]) if isinstance(que, dict) else marco.limit(que)
            case "sql":
                que = re.sub(r"(?<!:):(\w+)", lambda m: self.sql(m[1]), que)
                tablas = {n: self.tabla(n) for n in self.yaml["entradas"] if re.search(rf"\b{n}\b", que)}
                return pl.SQLContext(**tablas, actual=marco).execute(que)
            case otra:
                raise ValueError(f"el paso «{otra}» no existe")

    def sql(self, nombre):
        valor = pl.select(self.parametros[nombre]).item()
        return str(valor) if isinstance(valor, (int, float)) else "'" + str(valor).replace("'", "''") + "'"

    def conversion(self, nombre, a):
        if isinstance(a, dict):
            return pl.col(nombre).str.to_date(a["formato"])
        if a == "booleano":
            return pl.col(nombre).str.to_lowercase().replace_strict({"sí": True, "si": True, "true": True, "1": True, "no": False, "false": False, "0": False}, return_dtype=pl.Boolean)
        return pl.col(nombre).cast(tipo(a))

    def escribe(self, marco):
        salida = self.yaml["salida"]
        ruta = self.base / salida["ruta"]
        if particiones := lista(salida.get("particionar")):
            marco.sink_parquet(pl.PartitionBy(str(ruta), key=particiones, include_key=False), mkdir=True)
            return
        with tempfile.NamedTemporaryFile(dir=ruta.parent, prefix="." + ruta.name, delete=False) as temporal:
            pass
        if salida.get("formato") == "csv" or ruta.suffix == ".csv":
            csv = salida.get("csv") or {}
            textos = [n for n, t in marco.collect_schema().items() if t == pl.String]
            marco = marco.with_columns(pl.col(n).str.replace(r"^([=+\-@\t\r])", "'$1") for n in textos)
            marco.sink_csv(temporal.name, separator=csv.get("separador", ","), include_bom=csv.get("bom", False))
        else:
            compresion = {"ninguna": "uncompressed"}.get(salida.get("compresion"), salida.get("compresion", "zstd"))
            marco.sink_parquet(temporal.name, compression=compresion)
        os.chmod(temporal.name, 0o644)
        os.replace(temporal.name, ruta)


def main():
    if len(sys.argv) != 2 or sys.argv[1] in ("-h", "--help"):
        print(__doc__)
        return 0 if len(sys.argv) == 2 else 2
    tuberia = Tuberia(sys.argv[1])
    tuberia.escribe(tuberia.resultado())
    return 0


if __name__ == "__main__":
    sys.exit(main())
