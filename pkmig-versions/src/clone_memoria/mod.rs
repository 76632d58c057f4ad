//! The schema of CloneMemoria, an application of AI clones with memories on Supabase: row level security everywhere.

pkmig::chain! {
    /// The schema of CloneMemoria, V1 to V8: the original ends with V7.
    pub static CLONE_MEMORIA: "clone_memoria" tracked_by pkmig_clone_memoria {
        requires role authenticated;
        requires function auth.uid();
        baseline;

        v001, v002, v003, v004, v005, v006, v007, v008,
    }
}
