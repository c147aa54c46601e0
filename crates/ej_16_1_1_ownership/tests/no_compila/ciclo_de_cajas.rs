//! Guide's hint, "imposibles con el ownership normal": to own itself, a node would have to be moved into itself.

struct Nodo {
    siguiente: Option<Box<Nodo>>,
}

fn main() {
    let mut nodo = Nodo { siguiente: None };
    nodo.siguiente = Some(Box::new(nodo));
}
