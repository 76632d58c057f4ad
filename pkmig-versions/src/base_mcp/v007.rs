//! V7: nothing of the platform's own.
//!
//! The original makes its two functions without naming a schema. Where its versions run in one go they land in
//! `public`, outside of the platform, and nothing here is made outside of the prefix: they come in V12, in the
//! platform's schema.

pkmig::migration! {
    V07 "tenant schema functions, see V12" {}
}
