import org.apache.spark.sql.{Dataset, Row}
import org.apache.spark.sql.functions._

/** Peer `scala-spark` of the workload `final`: the query on Spark's Dataset interface, from Scala. */
class FinalScala extends Trabajo {
  override protected def lenguaje(): String = s"scala ${scala.util.Properties.versionNumberString}"

  override protected def consulta(ventas: Dataset[Row], clave: String): Dataset[Row] = {
    val monto = col("monto")
    val centavos = sum(rint(monto * 100).cast("bigint")).as("centavos")
    val usuarios = if (clave == "region") Seq(countDistinct("user_id").as("usuarios")) else Seq.empty
    val que = count(lit(1)).as("ventas") +: usuarios
    ventas
      .where(monto > 0 && monto <= FinalScala.Maximo)
      .groupBy(clave)
      .agg(centavos, que: _*)
      .select(col("*"), expr("(2 * centavos + ventas) div (2 * ventas)").as("media"))
  }
}

object FinalScala {
  /** A protected constant of a Java class is not seen from Scala's companion. */
  private val Maximo = 1e9

  def main(argumentos: Array[String]): Unit = new FinalScala().principal(argumentos)
}
