//! Tests of the exercise.
