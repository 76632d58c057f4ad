//! The CloneMemoria chain by what it does with rows, and by whom it lets see them.
//!
//! What Supabase brings is made by `chains::database_for`.

mod limits;
mod policies;
mod quotas;
mod spaces;

use pkmig_versions::clone_memoria::CLONE_MEMORIA;

use crate::install::Install;

const ANN: &str = "00000000-0000-0000-0000-000000000001";
const BOB: &str = "00000000-0000-0000-0000-000000000002";
const EVE: &str = "00000000-0000-0000-0000-000000000003";

/// An install at a version, with three users.
async fn install(version: u32) -> Install {
    let mut install = Install::of(&CLONE_MEMORIA, version).await;
    let people = [("ann", ANN), ("bob", BOB), ("eve", EVE)];
    for (name, id) in people {
        let sql = format!("INSERT INTO users (id, email, password_hash) VALUES ('{id}', '{name}@x.org', '')");
        install.execute(&sql).await;
    }
    install
}

/// Lets users at the tables, as Supabase does; what they see there is left to the policies.
async fn open(install: &mut Install) {
    let grants = "GRANT USAGE ON SCHEMA acme TO authenticated;
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA acme TO authenticated";
    install.execute(grants).await;
}

/// What a session says of its user.
#[derive(Clone, Copy)]
enum Told {
    /// The setting that the policies of V1 to V6 read.
    Setting,
    /// The account that `auth.uid()` gives.
    Account,
}

/// The session becomes a user's.
async fn sign_in(install: &mut Install, told: &[Told], user: &str) {
    let mut sql = "RESET ROLE; SET ROLE authenticated".to_owned();
    for told in told {
        let name = match told {
            Told::Setting => "app.current_user_id",
            Told::Account => "request.jwt.claim.sub",
        };
        sql += &format!("; SET {name} = '{user}'");
    }
    install.execute(&sql).await;
}

/// The session is the owner's again.
async fn sign_out(install: &mut Install) {
    install.execute("RESET ROLE").await;
}
