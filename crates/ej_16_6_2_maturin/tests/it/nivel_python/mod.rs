//! What needs Python.

mod rueda;
