//! Tests of ej_16_7_2_four_languages.
