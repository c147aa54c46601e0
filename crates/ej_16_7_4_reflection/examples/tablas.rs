//! Imprime las tablas de la página y cuántas afirmaciones tiene cada veredicto.
#![forbid(unsafe_code)]

use ej_16_7_4_reflection::{List, ReflectionError, Verdict, reflection};

fn main() -> Result<(), ReflectionError> {
    let reflection = reflection()?;
    for list in List::ALL {
        println!("### {}\n\n{}", list.title(), reflection.table(list));
    }
    let counts = Verdict::ALL.map(|verdict| format!("{verdict}: {}", reflection.count(verdict)));
    println!(
        "{} afirmaciones · {}",
        reflection.claims.len(),
        counts.join(" · ")
    );
    Ok(())
}
