//! Tests of ej_16_7_1_decision_tree.
