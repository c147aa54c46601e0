use rayon::prelude::*;
use std::rc::Rc;

fn main() {
    let factor = Rc::new(2.0);
    let datos = vec![1.0, 2.0, 3.0];
    let total: f64 = datos.par_iter().map(|x| x * *factor).sum();
    println!("{total}");
}
