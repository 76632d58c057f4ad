//! V1: the extensions that the platform stands on, and the table that tells its version.
//!
//! The original also puts the schema into the database's `search_path`; here every name carries its schema.

pkmig::migration! {
    V01 "extensions" {
        create_extension {citext, postgis, pgcrypto, "uuid-ossp"};

        create_table pkmig_base_mcp {}
    }
}
