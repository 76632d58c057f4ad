//! The schema of PhoenixKit, an authentication, content and commerce kit for Elixir applications.
//!
//! The reference chain: its results are those of the original installed version by version.

pkmig::chain! {
    /// The schema of PhoenixKit, V1 to V136.
    pub static PHOENIX_KIT: "phoenix_kit" tracked_by phoenix_kit {
        baseline;

        v001, v002, v003, v004, v005, v006, v007, v008,
        v009, v010, v011, v012, v013, v014, v015, v016,
        v017, v018, v019, v020, v021, v022, v023, v024,
        v025, v026, v027, v028, v029, v030, v031, v032,
        v033, v034, v035, v036, v037, v038, v039, v040,
        v041, v042, v043, v044, v045, v046, v047, v048,
        v049, v050, v051, v052, v053, v054, v055, v056,
        v057, v058, v059, v060, v061, v062, v063, v064,
        v065, v066, v067, v068, v069, v070, v071, v072,
        v073, v074, v075, v076, v077, v078, v079, v080,
        v081, v082, v083, v084, v085, v086, v087, v088,
        v089, v090, v091, v092, v093, v094, v095, v096,
        v097, v098, v099, v100, v101, v102, v103, v104,
        v105, v106, v107, v108, v109, v110, v111, v112,
        v113, v114, v115, v116, v117, v118, v119, v120,
        v121, v122, v123, v124, v125, v126, v127, v128,
        v129, v130, v131, v132, v133, v134, v135, v136,
    }
}
