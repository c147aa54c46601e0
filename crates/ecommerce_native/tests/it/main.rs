//! Tests of ecommerce_native.
