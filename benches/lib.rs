//! Benchmarks only: see `model.rs` and `apply.rs`.
