//! Where the wheel can be installed.

use ej_16_6_5_pyo3_in_the_wild::Wheel;

use super::{module, run, wheel};

#[test]
#[ignore = "tier python: cargo xtask test"]
fn auditwheel_la_da_por_manylinux_y_con_la_glibc_que_dice_su_nombre() {
    let wheel_file = wheel();
    let shown = run(module("auditwheel").arg("show").arg(&wheel_file)).stdout_text();
    println!("{shown}");
    let text: String = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    let opened = Wheel::open(&wheel_file).unwrap();
    let (major, minor) = opened.file.manylinux().expect("una etiqueta manylinux");
    let tag = format!("\"manylinux_{major}_{minor}_x86_64\"");
    assert!(
        text.contains(&format!(
            "is consistent with the following platform tag: {tag}"
        )),
        "{text}"
    );
    assert!(
        !text.contains("requires no external shared libraries!")
            || opened.binaries[0].needed.is_empty()
    );
    assert!(opened.binaries[0].glibc <= Some((major, minor)));
}
