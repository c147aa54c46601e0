//! Tests of ej_16_7_4_reflection.
