//! The flag that macOS needs to link an extension whose Python symbols the interpreter brings.

fn main() {
    pyo3_build_config::add_extension_module_link_args();
}
