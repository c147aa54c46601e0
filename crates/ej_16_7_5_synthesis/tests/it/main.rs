//! Tests of ej_16_7_5_synthesis.
