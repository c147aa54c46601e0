import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.rint;
import static org.apache.spark.sql.functions.sum;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Peer `java-spark` of the workload `final`: the query on Spark's Dataset interface, from Java. */
public final class FinalJava extends Trabajo {
    public static void main(String[] argumentos) {
        new FinalJava().principal(argumentos);
    }

    @Override
    protected String lenguaje() {
        return "java " + Runtime.version().feature();
    }

    @Override
    protected Dataset<Row> consulta(Dataset<Row> ventas, String clave) {
        Column monto = col("monto");
        Column centavos = sum(rint(monto.multiply(100)).cast("bigint")).as("centavos");
        Column cuantas = count(lit(1)).as("ventas");
        Dataset<Row> positivas = ventas.where(monto.gt(0).and(monto.leq(MAXIMO)));
        Dataset<Row> grupos = clave.equals("region")
            ? positivas.groupBy(clave).agg(centavos, cuantas, countDistinct("user_id").as("usuarios"))
            : positivas.groupBy(clave).agg(centavos, cuantas);
        return grupos.select(col("*"), expr("(2 * centavos + ventas) div (2 * ventas)").as("media"));
    }
}
