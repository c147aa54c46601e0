import java.util.Arrays;
import org.apache.spark.sql.SparkSession;

/** A step of the table that goes through all languages: Spark reads Parquet and writes it again, from Java. */
public final class Paso {
    public static void main(String[] rutas) {
        SparkSession spark = SparkSession.builder()
            .master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.sql.session.timeZone", "UTC")
            .getOrCreate();
        try {
            // What Spark writes by default: instants as INT96, every column nullable, snappy.
            spark.read().parquet(rutas[0]).write().parquet(rutas[1]);
            System.out.println(Arrays.toString(spark.read().parquet(rutas[1]).columns()));
        } finally {
            spark.stop();
        }
    }
}
