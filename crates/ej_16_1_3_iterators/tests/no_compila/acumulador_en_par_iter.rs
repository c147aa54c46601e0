use rayon::prelude::*;

fn main() {
    let datos = vec![1.0, 2.0, 3.0];
    let mut total = 0.0;
    datos.par_iter().for_each(|x| total += x);
    println!("{total}");
}
