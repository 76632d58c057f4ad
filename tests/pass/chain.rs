//! Version files, two chains side by side, and names that Rust keeps for itself.

pub(crate) mod migrations;

pub(crate) mod other {
    pkmig::migration! {
        V01 "another library" {
            create_table type {
                id: bigserial primary_key,
                match: text,
                "Odd name": text,
            }
        }
    }

    pkmig::chain! {
        /// Tracked by a table whose name Rust keeps for itself.
        pub(crate) static OTHER: "other" tracked_by type { V01 }
    }
}

#[test]
fn a_chain_in_files_and_one_beside_it() {
    assert_eq!(migrations::NOTES.latest(), pkmig::schema::Version(2));
    assert_eq!(other::OTHER.tracked_by, "type");
}
