//! The schema of PhoenixKit, an authentication, content and commerce kit for Elixir applications.
//!
//! The reference chain: its results are those of the original installed version by version.

pkmig::chain! {
    /// The schema of PhoenixKit, V1 to V36.
    pub static PHOENIX_KIT: "phoenix_kit" tracked_by phoenix_kit {
        v001, v002, v003, v004, v005, v006,
        v007, v008, v009, v010, v011, v012,
        v013, v014, v015, v016, v017, v018,
        v019, v020, v021, v022, v023, v024,
        v025, v026, v027, v028, v029, v030,
        v031, v032, v033, v034, v035, v036,
    }
}
