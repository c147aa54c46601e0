//! An exercise of section 16.3; its registry row says `pendiente`.
