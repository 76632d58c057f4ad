//! What each step does to the schema, what it refuses, and how it is undone.

mod backfill;
mod baseline;
mod class;
mod column;
mod comment;
mod constraint;
mod data;
mod domain;
mod enumeration;
mod found;
mod function;
mod grant;
mod index;
mod policy;
mod prune;
mod random;
mod repair;
mod sequence;
mod support;
mod table;
mod touched;
mod trigger;
mod version;
mod view;
