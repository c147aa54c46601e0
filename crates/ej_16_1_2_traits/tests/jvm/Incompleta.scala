// A class that leaves out a method of its trait: this one must not compile.

trait Agregable[T] {
  def sumar(otro: T): T
  def identidad: T
}

class Visitas(val n: Int) extends Agregable[Visitas] {
  def sumar(otro: Visitas): Visitas = new Visitas(n + otro.n)
}
