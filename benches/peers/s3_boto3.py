"""boto3 as a peer of bench 16.2.4: reads and writes whole objects, and says how long that took.

The server, the bucket and the credentials come from the environment (AWS_*, LAGO). Each line of standard input is an order:

    put BYTES EN_VUELO N     writes N times, EN_VUELO at once, the objects `BYTES-0` to `BYTES-(EN_VUELO-1)`
    get BYTES EN_VUELO N     reads them N times in all, likewise
    huella CLAVE             the sha256 of the object

and is answered with one line: nanoseconds, or the sha256. The first line of all names the version.
"""

import hashlib
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config

MAX_EN_VUELO = 16


def contenido(cuantos: int) -> bytes:
    """Bytes that no two places share soon; the same ones as on the other side."""
    palabra, partes = cuantos, []
    for _ in range(1024):
        palabra = (palabra * 6364136223846793005 + 1442695040888963407) % 2**64
        partes.append(palabra.to_bytes(8, "little"))
    bloque = b"".join(partes)
    return (bloque * (cuantos // len(bloque) + 1))[:cuantos]


def main() -> None:
    bucket = os.environ["LAGO"]
    cliente = boto3.client(
        "s3",
        endpoint_url=os.environ["AWS_ENDPOINT_URL"],
        config=Config(max_pool_connections=MAX_EN_VUELO, s3={"addressing_style": "path"}),
    )
    print(f"boto3 {boto3.__version__}", flush=True)
    datos: dict[int, bytes] = {}
    with ThreadPoolExecutor(MAX_EN_VUELO) as hilos:
        for linea in sys.stdin:
            orden, *resto = linea.split()
            if orden == "huella":
                cuerpo = cliente.get_object(Bucket=bucket, Key=resto[0])["Body"].read()
                print(hashlib.sha256(cuerpo).hexdigest(), flush=True)
                continue
            cuantos, en_vuelo, n = map(int, resto)
            datos.setdefault(cuantos, contenido(cuantos))

            def leer(i: int) -> None:
                cuerpo = cliente.get_object(Bucket=bucket, Key=f"{cuantos}-{i % en_vuelo}")["Body"].read()
                assert len(cuerpo) == cuantos

            def escribir(i: int) -> None:
                cliente.put_object(Bucket=bucket, Key=f"{cuantos}-{i % en_vuelo}", Body=datos[cuantos])

            operacion = {"get": leer, "put": escribir}[orden]
            inicio = time.perf_counter_ns()
            if en_vuelo == 1:
                for i in range(n):
                    operacion(i)
            else:
                # Never more than EN_VUELO at once: every worker takes its own numbers.
                tandas = [hilos.submit(lambda k: [operacion(i) for i in range(k, n, en_vuelo)], k) for k in range(en_vuelo)]
                for tanda in tandas:
                    tanda.result()
            print(time.perf_counter_ns() - inicio, flush=True)


if __name__ == "__main__":
    main()
