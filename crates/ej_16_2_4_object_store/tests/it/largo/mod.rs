//! Minutes rather than seconds: large objects, and emulators of the other two clouds.

mod emuladores;
mod grandes;
