// What scalac and the JVM say where rustc refuses to compile: one fact a line, which the Rust test compares.

sealed trait TipoEvento
final case class Compra(monto: Double, region: String) extends TipoEvento
final case class Click(pagina: String) extends TipoEvento
final case class Error(mensaje: String) extends TipoEvento

object Tipos {
  def procesar(evento: TipoEvento): Option[Double] = evento match {
    case Compra(monto, _) if monto > 0 => Some(monto)
    case Compra(_, _)                  => None
    case Click(_)                      => None
  }

  def main(arguments: Array[String]): Unit = {
    val matched = try procesar(Error("x")) catch { case _: MatchError => "MatchError" }
    println(s"match sin el caso: $matched")

    val absent: Option[Double] = null
    println(s"una Option puede ser null: ${absent == null}")
    println(s"Some(null): ${Some(null: String)}")
    println(s"Option(null): ${Option(null: String)}")

    val (ints, texts) = (new java.util.ArrayList[Integer], new java.util.ArrayList[String])
    println(s"ArrayList<Integer> y ArrayList<String> son la misma clase: ${ints.getClass == texts.getClass}")
    println(s"add recibe: ${ints.getClass.getMethod("add", classOf[Object]).getParameterTypes.mkString}")
    ints.add(1000)
    ints.add(1000)
    println(s"dos 1000 son el mismo objeto: ${ints.get(0) eq ints.get(1)}")
  }
}
