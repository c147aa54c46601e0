import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.current_timestamp;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.isnan;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.map;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.octet_length;
import static org.apache.spark.sql.functions.rint;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.to_date;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.unix_micros;
import static org.apache.spark.sql.functions.when;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Peer `java-spark` of the workload `etl`: the plan of etl_pyspark.py on Spark's Dataset interface, from Java, with Delta Lake.
 *
 *     spark-submit --class EtlJava final.jar --fecha 2024-01-15 --entrada DIR --salida TABLA
 *
 * The session is set as that of the PySpark peer, save for what spark-submit must be told before there is a session: heap, collector and
 * class path. Prints one JSON line with `consulta_s`, the seconds from opening the input to the last commit, the session's start left out.
 * Leaves with 2 (usage) or 3 (the input cannot be used).
 */
public final class EtlJava {
    private static final List<String> TEXTOS =
        List.of("evento_id", "tipo", "user_id", "session_id", "producto_id", "region", "pagina", "mensaje");
    private static final List<String> COLUMNAS = List.of(
        "evento_id", "tipo", "user_id", "session_id", "producto_id", "monto", "region", "pagina", "mensaje", "timestamp", "lat", "lon");
    private static final long FIN_DE_LOS_TIEMPOS = 4_102_444_800_000_000L;
    /** Positions count rows across files: the file's number times this, plus the row's number in it. */
    private static final long POR_ARCHIVO = 1L << 40;
    private static final String DINERO = "decimal(18,2)";

    public static void main(String[] argumentos) {
        int codigo;
        try {
            System.out.println(correr(argumentos));
            codigo = 0;
        } catch (Trabajo.Rechazo error) {
            System.err.println("error: " + error.getMessage());
            codigo = error.codigo;
        } catch (Exception error) {
            System.err.println("error: " + String.valueOf(error.getMessage()).lines().findFirst().orElse(error.toString()));
            codigo = 1;
        }
        System.exit(codigo);
    }

    private static String correr(String[] argumentos) throws Trabajo.Rechazo, IOException {
        Map<String, String> dichas = opciones(argumentos);
        LocalDate fecha;
        try {
            fecha = LocalDate.parse(dichas.get("fecha"));
        } catch (DateTimeParseException error) {
            throw new Trabajo.Rechazo(2, "--fecha es AAAA-MM-DD");
        }
        List<Path> archivos = archivos(Path.of(dichas.get("entrada")).resolve("fecha=" + fecha));
        SparkSession sesion = sesion();
        try {
            long inicio = System.nanoTime();
            procesar(sesion, fecha, archivos, Path.of(dichas.get("salida")).toAbsolutePath().toString());
            double segundos = (System.nanoTime() - inicio) / 1e9;
            return String.format(Locale.ROOT, "{\"consulta_s\": %.4f, \"version\": \"%s\"}", segundos, version(sesion));
        } finally {
            sesion.stop();
        }
    }

    private static Map<String, String> opciones(String[] argumentos) throws Trabajo.Rechazo {
        List<String> conocidas = List.of("fecha", "entrada", "salida");
        Map<String, String> dichas = new HashMap<>();
        for (int i = 0; i < argumentos.length; i += 2) {
            String nombre = argumentos[i].startsWith("--") ? argumentos[i].substring(2) : "";
            if (!conocidas.contains(nombre) || i + 1 == argumentos.length) {
                throw new Trabajo.Rechazo(2, "no se entiende «" + argumentos[i] + "»");
            }
            dichas.put(nombre, argumentos[i + 1]);
        }
        for (String nombre : conocidas) {
            if (!dichas.containsKey(nombre)) {
                throw new Trabajo.Rechazo(2, "falta --" + nombre);
            }
        }
        return dichas;
    }

    private static List<Path> archivos(Path dia) throws Trabajo.Rechazo, IOException {
        List<Path> archivos = List.of();
        if (Files.isDirectory(dia)) {
            try (Stream<Path> dentro = Files.list(dia)) {
                archivos = dentro.filter(archivo -> archivo.toString().endsWith(".parquet")).sorted().toList();
            }
        }
        if (archivos.isEmpty()) {
            throw new Trabajo.Rechazo(3, "no hay archivos Parquet en " + dia);
        }
        return archivos;
    }

    private static SparkSession sesion() {
        int nucleos = Runtime.getRuntime().availableProcessors();
        SparkSession sesion = SparkSession.builder()
            .appName("EtlJava")
            .master("local[" + nucleos + "]")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
            .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.shuffle.partitions", String.valueOf(4 * nucleos))
            .config("spark.sql.parquet.datetimeRebaseModeInRead", "CORRECTED")
            .config("spark.sql.parquet.datetimeRebaseModeInWrite", "CORRECTED")
            // The default, INT96, is read as nanoseconds by others: years before 1677 or after 2262 would overflow.
            .config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
            .config("spark.sql.warehouse.dir", Path.of(System.getProperty("java.io.tmpdir"), "almacen-spark").toString())
            .config("spark.databricks.delta.snapshotPartitions", "2")
            .getOrCreate();
        sesion.sparkContext().setLogLevel("ERROR");
        return sesion;
    }

    private static String version(SparkSession sesion) {
        long memoria = Runtime.getRuntime().maxMemory() >> 20;
        return "java " + Runtime.version().feature() + ", spark " + sesion.version() + ", heap " + memoria + " MiB";
    }

    /** One day: contract, metrics, three tables; the metrics last, since they are the commit of record. */
    private static void procesar(SparkSession sesion, LocalDate fecha, List<Path> archivos, String salida) throws Trabajo.Rechazo {
        Dataset<Row> eventos = leer(sesion, archivos);
        Dataset<Row> rechazadas = clasificar(eventos, fecha).where("motivo is not null").persist();
        if (eventos.count() == rechazadas.count()) {
            throw new Trabajo.Rechazo(3, "ninguna fila válida el " + fecha);
        }
        Column nombres = porArchivo(archivos, numero -> new Object[] {numero, nombre(archivos.get(numero))});
        List<Column> columnas = new ArrayList<>(List.of(
            lit(fecha).as("fecha"),
            element_at(nombres, expr("cast(posicion div " + POR_ARCHIVO + " as int)")).as("archivo"),
            col("posicion").mod(POR_ARCHIVO).plus(1).as("fila"),
            col("motivo")));
        COLUMNAS.forEach(columna -> columnas.add(col(columna)));
        Dataset<Row> cuarentena = rechazadas.select(columnas.toArray(Column[]::new));
        Column deNegocio = col("tipo").notEqual("error");
        String[] posicion = {"posicion"};
        Dataset<Row> validos = eventos.where(deNegocio).join(broadcast(rechazadas.select("posicion")), posicion, "left_anti");
        Dataset<Row> cubo = cubo(validos).persist();
        escribir(salida + "_cuarentena", cuarentena, fecha);
        escribir(salida + "_productos", productos(cubo, fecha), fecha);
        escribir(salida, metricas(cubo, fecha), fecha);
    }

    /** The day's rows, each with its position in the day's order: files by name, then rows as they stand. */
    private static Dataset<Row> leer(SparkSession sesion, List<Path> archivos) {
        Column numeros = porArchivo(
            archivos, numero -> new Object[] {archivos.get(numero).getFileName().toString(), numero * POR_ARCHIVO});
        // Null cannot be: the map has every file that is read.
        Column posicion = element_at(numeros, col("_metadata.file_name")).plus(col("_metadata.row_index"));
        List<Column> columnas = new ArrayList<>(List.of(posicion.as("posicion")));
        COLUMNAS.forEach(columna -> columnas.add(col(columna)));
        String[] rutas = archivos.stream().map(Path::toString).toArray(String[]::new);
        return sesion.read().schema(esquema()).parquet(rutas).select(columnas.toArray(Column[]::new));
    }

    private static Column porArchivo(List<Path> archivos, Function<Integer, Object[]> par) {
        List<Column> pares = new ArrayList<>();
        for (int numero = 0; numero < archivos.size(); numero++) {
            Arrays.stream(par.apply(numero)).forEach(valor -> pares.add(lit(valor)));
        }
        return map(pares.toArray(Column[]::new));
    }

    private static String nombre(Path archivo) {
        return archivo.getParent().getFileName() + "/" + archivo.getFileName();
    }

    private static StructType esquema() {
        StructType esquema = new StructType();
        for (String columna : COLUMNAS) {
            DataType tipo = switch (columna) {
                case "monto", "lat", "lon" -> DataTypes.DoubleType;
                case "timestamp" -> DataTypes.TimestampType;
                default -> DataTypes.StringType;
            };
            esquema = esquema.add(columna, tipo);
        }
        return esquema;
    }

    /** The same rows with `motivo`: null, or the first reason of the contract that applies. */
    private static Dataset<Row> clasificar(Dataset<Row> eventos, LocalDate fecha) {
        Dataset<Row> repetidos = eventos.groupBy("evento_id")
            .agg(count(lit(1)).as("veces"), min("posicion").as("primera"))
            .where("veces > 1")
            .drop("veces");
        Column compra = compra();
        Column monto = col("monto");
        Column instante = unix_micros(col("timestamp"));
        Column infinito = isnan(monto).or(abs(monto).equalTo(Double.POSITIVE_INFINITY));
        // greatest() leaves nulls out.
        Column largo = greatest(TEXTOS.stream().map(texto -> octet_length(col(texto))).toArray(Column[]::new)).gt(4096);
        Column conocido = col("tipo").isin("compra", "click", "agregar_carrito", "error");
        Column imposible = instante.isNull().or(instante.lt(0)).or(instante.geq(FIN_DE_LOS_TIEMPOS));
        Column motivo = coalesce(
            when(vacio("evento_id"), "falta_evento_id"),
            when(col("posicion").gt(col("primera")), "duplicado"),
            when(coalesce(conocido, lit(false)).equalTo(false), "tipo_desconocido"),
            when(largo, "texto_demasiado_largo"),
            when(imposible, "timestamp_imposible"),
            when(to_date(col("timestamp")).notEqual(lit(fecha)), "fecha_fuera_de_la_particion"),
            when(col("tipo").notEqual("error").and(vacio("region")), "falta_region"),
            when(compra.and(vacio("user_id")), "falta_user_id"),
            when(compra.and(monto.isNull()), "falta_monto"),
            when(compra.and(infinito), "monto_no_finito"),
            when(compra.and(monto.leq(0).or(enCentavos().equalTo(0))), "monto_no_positivo"),
            when(compra.and(monto.gt(1e9)), "monto_fuera_de_rango"),
            when(fuera("lat", 90).or(fuera("lon", 180)), "coordenada_imposible"));
        return eventos.join(broadcast(repetidos), new String[] {"evento_id"}, "left").withColumn("motivo", motivo);
    }

    private static Column compra() {
        return col("tipo").equalTo("compra");
    }

    /** The amount in cents, halves to even, still a float. */
    private static Column enCentavos() {
        return rint(col("monto").multiply(100));
    }

    /** Null, or nothing left once ASCII white space is trimmed. */
    private static Column vacio(String columna) {
        return col(columna).isNull().or(trim(col(columna), " \t\n\f\r").equalTo(""));
    }

    private static Column fuera(String columna, int limite) {
        return col(columna).isNotNull().and(isnan(col(columna)).or(abs(col(columna)).gt(limite)));
    }

    /** One aggregate by region, user and product bought, out of which both tables come. */
    private static Dataset<Row> cubo(Dataset<Row> validos) {
        Column compra = compra();
        Column premium = compra.and(col("monto").gt(1000.0));
        // try_cast, since a click may carry any amount, NaN included, and nothing adds it up.
        Column centavos = when(compra, enCentavos().try_cast("bigint"));
        return validos.groupBy(col("region"), col("user_id"), when(compra, col("producto_id")).as("producto_id"))
            .agg(
                sum(centavos).as("revenue"),
                sum(when(premium, centavos)).as("revenue_premium"),
                count_if(compra).as("transacciones"),
                count_if(premium).as("transacciones_premium"),
                count_if(col("tipo").equalTo("click")).as("clicks"),
                count_if(col("tipo").equalTo("agregar_carrito")).as("carritos"));
    }

    private static Dataset<Row> metricas(Dataset<Row> cubo, LocalDate fecha) {
        List<String> sumas =
            List.of("revenue", "revenue_premium", "transacciones", "transacciones_premium", "clicks", "carritos");
        Column[] delUsuario = sumas.stream().map(suma -> coalesce(sum(suma), lit(0)).as(suma)).toArray(Column[]::new);
        List<Column> deLaRegion = new ArrayList<>();
        sumas.forEach(suma -> deLaRegion.add(sum(suma).as(suma)));
        deLaRegion.add(count_if(col("transacciones").gt(0)).as("usuarios_unicos"));
        deLaRegion.add(count_if(vacio("user_id").equalTo(false)).as("visitantes"));
        Dataset<Row> porRegion = agregado(agregado(cubo, delUsuario, "region", "user_id"), deLaRegion.toArray(Column[]::new), "region");
        Dataset<Row> delDia = cubo.where("transacciones > 0").agg(countDistinct("user_id").as("usuarios_unicos_dia"));
        return porRegion.crossJoin(broadcast(delDia)).select(
            lit(fecha).as("fecha"),
            col("region"),
            decimal("revenue", DINERO).as("revenue"),
            decimal("revenue_premium", DINERO).as("revenue_premium"),
            col("transacciones"),
            col("transacciones_premium"),
            decimal(cociente("revenue", "transacciones"), DINERO).as("ticket_promedio"),
            col("usuarios_unicos"),
            col("visitantes"),
            col("clicks"),
            col("carritos"),
            decimal(cociente("usuarios_unicos * 1000000", "visitantes"), "decimal(9,6)").as("tasa_conversion"),
            col("usuarios_unicos_dia"));
    }

    private static Dataset<Row> productos(Dataset<Row> cubo, LocalDate fecha) {
        Column[] sumas = {sum("revenue").as("revenue"), sum("transacciones").as("n")};
        return agregado(cubo.where("transacciones > 0"), sumas, "producto_id").select(
            lit(fecha).as("fecha"), col("producto_id"), decimal("revenue", DINERO).as("revenue"), col("n").as("transacciones"));
    }

    private static Dataset<Row> agregado(Dataset<Row> filas, Column[] sumas, String... claves) {
        Column[] de = Arrays.stream(claves).map(clave -> col(clave)).toArray(Column[]::new);
        return filas.groupBy(de).agg(sumas[0], Arrays.copyOfRange(sumas, 1, sumas.length));
    }

    /** An integer of the decimal's last place, as that decimal: the product of decimals is exact. */
    private static Column decimal(String entero, String tipo) {
        int escala = Integer.parseInt(tipo.substring(tipo.indexOf(',') + 1, tipo.length() - 1));
        String unidad = "0." + "0".repeat(escala - 1) + "1";
        return expr(String.format(
            "cast(cast((%s) as decimal(20,0)) * cast('%s' as decimal(%d,%d)) as %s)", entero, unidad, escala + 1, escala, tipo));
    }

    /** The quotient rounded to the nearest integer, halves up; null when the denominator is zero. */
    private static String cociente(String numerador, String denominador) {
        return String.format(
            "case when %2$s > 0 then (2 * %1$s + %2$s) div (2 * %2$s) end", numerador, denominador);
    }

    /** Replaces the day in one commit; also creates the table. `fecha` is a date, so the predicate cannot be injected. */
    private static void escribir(String ruta, Dataset<Row> filas, LocalDate fecha) {
        filas.withColumn("_procesado_en", current_timestamp())
            .withColumn("_version_pipeline", lit("java " + Runtime.version().feature()))
            // The day's result is small: one file, as the other peers write it.
            .coalesce(1)
            .write()
            .format("delta")
            .mode("overwrite")
            .option("replaceWhere", "fecha = '" + fecha + "'")
            .partitionBy("fecha")
            .save(ruta);
    }
}
