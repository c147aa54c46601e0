import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * What the JVM peers of the workload `final` share, as final_comun.py does for the Python ones: the command line, the session, the
 * clock, the parts and the output. A peer gives the query; everything else, and so everything that is timed, is the same code.
 *
 * Leaves with 2 (usage), 3 (the input cannot be read) or 5 (the output cannot be written).
 */
public abstract class Trabajo {
    protected static final double MAXIMO = 1e9;

    /** A call that cannot be followed, with the program's exit code; also of EtlJava. */
    static final class Rechazo extends Exception {
        final int codigo;

        Rechazo(int codigo, String texto) {
            super(texto);
            this.codigo = codigo;
        }
    }

    /** `Java` or `Scala`, and its version. */
    protected abstract String lenguaje();

    /** The answer by `clave`, a column of the file. */
    protected abstract Dataset<Row> consulta(Dataset<Row> ventas, String clave);

    /** Runs the program and leaves with its code. */
    public final void principal(String[] argumentos) {
        int codigo;
        try {
            System.out.println(correr(opciones(argumentos)));
            codigo = 0;
        } catch (Rechazo error) {
            System.err.println("error: " + error.getMessage());
            codigo = error.codigo;
        } catch (Exception error) {
            System.err.println("error: " + String.valueOf(error.getMessage()).lines().findFirst().orElse(error.toString()));
            codigo = 3;
        }
        System.exit(codigo);
    }

    private static Map<String, String> opciones(String[] argumentos) throws Rechazo {
        Map<String, String> dichas = new LinkedHashMap<>(
            Map.of("clave", "region", "repeticiones", "1", "segundos", "Infinity", "partes", "0"));
        List<String> conocidas = List.of("entrada", "salida", "clave", "repeticiones", "segundos", "partes");
        for (int i = 0; i < argumentos.length; i += 2) {
            String nombre = argumentos[i].startsWith("--") ? argumentos[i].substring(2) : "";
            if (!conocidas.contains(nombre) || i + 1 == argumentos.length) {
                throw new Rechazo(2, "no se entiende «" + argumentos[i] + "»");
            }
            dichas.put(nombre, argumentos[i + 1]);
        }
        for (String nombre : List.of("entrada", "salida")) {
            if (!dichas.containsKey(nombre)) {
                throw new Rechazo(2, "falta --" + nombre);
            }
        }
        if (!List.of("region", "usuario").contains(dichas.get("clave"))) {
            throw new Rechazo(2, "--clave es region o usuario");
        }
        try {
            if (Integer.parseInt(dichas.get("repeticiones")) < 1) {
                throw new NumberFormatException();
            }
            Double.parseDouble(dichas.get("segundos"));
        } catch (NumberFormatException error) {
            throw new Rechazo(2, "--repeticiones y --segundos son números");
        }
        return dichas;
    }

    private String correr(Map<String, String> dichas) throws Exception {
        String entrada = dichas.get("entrada");
        boolean enS3 = entrada.startsWith("s3://");
        if (!enS3 && !Files.isRegularFile(Path.of(entrada))) {
            throw new Rechazo(3, entrada + ": no existe o no es un archivo");
        }
        Path salida = Path.of(dichas.get("salida")).toAbsolutePath();
        Path aparte;
        try {
            aparte = Files.createTempDirectory(salida.getParent(), ".parcial-");
        } catch (IOException error) {
            throw new Rechazo(5, "no se puede escribir en " + salida);
        }
        try {
            long inicio = System.nanoTime();
            SparkSession sesion = sesion(enS3);
            double sesionS = segundos(inicio);
            String medido = "1".equals(dichas.get("partes"))
                ? partes(sesion, dichas, entrada, salida, aparte)
                : todo(sesion, dichas, entrada, salida, aparte);
            String version = lenguaje() + ", spark " + sesion.version();
            sesion.stop();
            return String.format(java.util.Locale.ROOT, "{%s, \"sesion_s\": %.4f, \"version\": \"%s\"}", medido, sesionS, version);
        } finally {
            borrar(aparte);
        }
    }

    /** Spark as it comes, on this machine's cores: only the web page is off and addresses are loopback ones. */
    private SparkSession sesion(boolean enS3) {
        SparkSession.Builder constructor = SparkSession.builder()
            .appName("final")
            .master("local[" + Runtime.getRuntime().availableProcessors() + "]")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.sql.session.timeZone", "UTC");
        if (enS3) {
            constructor
                .config("spark.hadoop.fs.s3.impl", "org.apache.hadoop.fs.s3a.S3AFileSystem")
                .config("spark.hadoop.fs.s3a.endpoint", System.getenv("AWS_ENDPOINT_URL"))
                .config("spark.hadoop.fs.s3a.endpoint.region", System.getenv().getOrDefault("AWS_REGION", "us-east-1"))
                .config("spark.hadoop.fs.s3a.path.style.access", "true")
                .config("spark.hadoop.fs.s3a.connection.ssl.enabled", "false")
                .config(
                    "spark.hadoop.fs.s3a.aws.credentials.provider",
                    "software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider");
        }
        SparkSession sesion = constructor.getOrCreate();
        sesion.sparkContext().setLogLevel("ERROR");
        return sesion;
    }

    private String todo(SparkSession sesion, Map<String, String> dichas, String entrada, Path salida, Path aparte) throws Exception {
        List<Double> tiempos = new ArrayList<>();
        while (otra(dichas, tiempos)) {
            Path nueva = aparte.resolve("respuesta-" + tiempos.size());
            long inicio = System.nanoTime();
            escribir(consulta(sesion.read().parquet(entrada), columna(dichas)), nueva);
            mover(nueva, salida);
            tiempos.add(segundos(inicio));
        }
        return "\"consulta_s\": " + tiempos.get(0) + ", \"consultas_s\": " + tiempos;
    }

    private String partes(SparkSession sesion, Map<String, String> dichas, String entrada, Path salida, Path aparte) throws Exception {
        Map<String, List<Double>> cada = new LinkedHashMap<>();
        List<Double> totales = new ArrayList<>();
        String clave = columna(dichas);
        String[] columnas = clave.equals("region") ? new String[] {"region", "user_id", "monto"} : new String[] {"user_id", "monto"};
        while (otra(dichas, totales)) {
            long inicio = System.nanoTime();
            cronometrar(cada, "leer", () -> {
                nada(sesion.read().parquet(entrada).selectExpr(columnas));
                return null;
            });
            Dataset<Row> filas = cronometrar(cada, "agregar", () -> {
                Dataset<Row> respuesta = consulta(sesion.read().parquet(entrada), clave).persist();
                nada(respuesta);
                return respuesta;
            });
            Path nueva = aparte.resolve("respuesta-" + totales.size());
            cronometrar(cada, "escribir", () -> {
                escribir(filas, nueva);
                return null;
            });
            filas.unpersist();
            mover(nueva, salida);
            totales.add(segundos(inicio));
        }
        String medianas = cada.entrySet().stream()
            .map(parte -> "\"" + parte.getKey() + "\": " + mediana(parte.getValue()))
            .collect(Collectors.joining(", "));
        return "\"partes_s\": {" + medianas + "}";
    }

    private static String columna(Map<String, String> dichas) {
        return dichas.get("clave").equals("region") ? "region" : "user_id";
    }

    private static void escribir(Dataset<Row> filas, Path ruta) {
        filas.coalesce(1).write().parquet(ruta.toString());
    }

    private static void nada(Dataset<Row> filas) {
        filas.write().format("noop").mode("overwrite").save();
    }

    private static boolean otra(Map<String, String> dichas, List<Double> hechas) {
        double sumadas = hechas.stream().mapToDouble(Double::doubleValue).sum();
        boolean enHora = sumadas < Double.parseDouble(dichas.get("segundos"));
        return hechas.size() < Integer.parseInt(dichas.get("repeticiones")) && (hechas.size() < 2 || enHora);
    }

    private static <T> T cronometrar(Map<String, List<Double>> cada, String parte, Callable<T> hacer) throws Exception {
        long inicio = System.nanoTime();
        T hecho = hacer.call();
        cada.computeIfAbsent(parte, nueva -> new ArrayList<>()).add(segundos(inicio));
        return hecho;
    }

    /** The first of each finds everything cold. */
    private static double mediana(List<Double> todas) {
        double[] ordenadas = todas.stream().skip(todas.size() > 1 ? 1 : 0).mapToDouble(Double::doubleValue).sorted().toArray();
        int medio = ordenadas.length / 2;
        return ordenadas.length % 2 == 1 ? ordenadas[medio] : (ordenadas[medio - 1] + ordenadas[medio]) / 2;
    }

    private static double segundos(long inicio) {
        return Math.round((System.nanoTime() - inicio) / 1e3) / 1e6;
    }

    /** Puts a whole answer under its name. */
    private static void mover(Path nueva, Path salida) throws IOException {
        borrar(salida);
        Files.move(nueva, salida, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void borrar(Path ruta) throws IOException {
        try (Stream<Path> dentro = Files.walk(ruta)) {
            for (Path una : dentro.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(una);
            }
        } catch (NoSuchFileException nada) {
            // It was not there, which is what was wanted.
        }
    }
}
