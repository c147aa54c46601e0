import org.apache.spark.sql.SparkSession

/** The same step from Scala, and by the typed door: each row is an object of a case class on its way. */
final case class Fila(
    texto: Option[String],
    entero: Option[Long],
    corto: Option[Int],
    flotante: Option[Double],
    dinero: Option[BigDecimal],
    dia: Option[java.time.LocalDate],
    instante: Option[java.time.Instant],
    si: Option[Boolean])

object PasoScala {
  def main(rutas: Array[String]): Unit = {
    val spark = SparkSession
      .builder()
      .master("local[1]")
      .config("spark.ui.enabled", "false")
      .config("spark.driver.host", "127.0.0.1")
      .config("spark.driver.bindAddress", "127.0.0.1")
      .config("spark.sql.session.timeZone", "UTC")
      .config("spark.sql.datetime.java8API.enabled", "true")
      .getOrCreate()
    import spark.implicits._
    try {
      val filas = spark.read.parquet(rutas(0)).as[Fila]
      // The largest first, through a shuffle: neither order nor files are those of the input. A BigDecimal of a case class is a
      // Decimal(38, 18); the column's own type is said again.
      filas
        .map(identity)
        .orderBy($"entero".desc)
        .withColumn("dinero", $"dinero".cast("decimal(18,2)"))
        .repartition(3)
        .write
        .option("compression", "zstd")
        .parquet(rutas(1))
    } finally spark.stop()
  }
}
