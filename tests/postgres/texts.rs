//! Names and texts of an author's that look like what pkmig itself writes, or are longer than PostgreSQL has room for: they are what
//! they are, whichever way they come in.

use sqlx::PgConnection;

use crate::support::{ask, database, walk};

mod odd {
    pkmig::migration! {
        V01 "texts in defaults, checks, conditions and queries" {
            create_table track { id: integer }
            create_table "x IS NOT NULL y" { id: integer primary_key }
            create_table "n GROUP BY m" {
                id: bigserial primary_key,
                body: text not_null default(sql("$$x), y$$")),
                quoted: text default(sql(r"E'it\'s), z'")),
                check mails_body_check ("body NOT LIKE '%{name}%' AND body <> '{table}'"),
                index mails_body ("replace(body, '{name}', '{table}')") where("body <> '{name}'"),
            }
            create_view mails_shown as "SELECT id, replace(body, '{table}', '{name}') AS shown FROM @.\"n GROUP BY m\"";
        }
    }
    pkmig::migration! {
        V02 "what they speak of is renamed" {
            rename_column "n GROUP BY m".body => content;
            rename_table "x IS NOT NULL y" => "EXECUTE it";
        }
    }
    pkmig::chain! {
        pub static CHAIN: "100% {name} $check$" tracked_by track { V01, V02 }
    }
}

/// What the versions make.
const EXPECTED: &str = r#"
CREATE TABLE "EXECUTE it" (id integer CONSTRAINT "x IS NOT NULL y_pkey" PRIMARY KEY);
CREATE TABLE "n GROUP BY m" (
    id bigserial PRIMARY KEY,
    content text NOT NULL DEFAULT 'x), y',
    quoted text DEFAULT 'it''s), z',
    CONSTRAINT mails_body_check CHECK (content NOT LIKE '%{name}%' AND content <> '{table}')
);
CREATE INDEX mails_body ON "n GROUP BY m" (replace(content, '{name}', '{table}')) WHERE content <> '{name}';
CREATE VIEW mails_shown AS SELECT id, replace(content, '{table}', '{name}') AS shown FROM "n GROUP BY m"
"#;

#[tokio::test]
async fn texts_that_look_like_templates_go_up_and_down_and_twice() {
    walk(&odd::CHAIN, EXPECTED).await;
}

/// The row that the defaults make.
async fn made(connection: &mut PgConnection, prefix: &str) -> String {
    let sql = format!("INSERT INTO {prefix}.\"n GROUP BY m\" DEFAULT VALUES RETURNING content || ' ' || quoted");
    ask(connection, &sql).await
}

#[tokio::test]
async fn defaults_are_those_of_the_author_version_by_version_and_at_once() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    for (prefix, baseline) in [("one_by_one", false), ("at_once", true)] {
        let migrator = odd::CHAIN.migrator().prefix(prefix).baseline(baseline);
        migrator.up(&mut *connection).await.unwrap();
        assert_eq!(made(connection, prefix).await, "x), y it's), z", "{prefix}");
        assert!(migrator.verify(&mut *connection).await.unwrap().is_clean(), "{prefix}");
    }
}

mod long {
    pkmig::migration! {
        V01 "names that PostgreSQL cuts" {
            create_table track { id: integer }
            create_table organization_membership_invitation_tokens {
                organization_membership_invitation_token_number: bigserial,
                organization_membership_id: bigint primary_key,
                identifier_of_the_organization_that_invites: bigint unique,
                a: integer check("identifier_of_the_organization_that_invites > 0"),
                index ("substring(a::text, 1)", identifier_of_the_organization_that_invites),
            }
        }
    }
    pkmig::migration! {
        V02 "and those that are cut alike" {
            create_index on organization_membership_invitation_tokens (identifier_of_the_organization_that_invites);
            create_index on organization_membership_invitation_tokens (identifier_of_the_organization_that_invites desc);
            add_foreign_key organization_membership_invitation_tokens (identifier_of_the_organization_that_invites)
                references organization_membership_invitation_tokens (organization_membership_id);
        }
    }
    pkmig::chain! {
        pub static CHAIN: "long" tracked_by track { V01, V02 }
    }
}

#[tokio::test]
async fn names_that_nobody_has_written_are_cut_as_postgresql_cuts_them() {
    let expected = "
        CREATE TABLE organization_membership_invitation_tokens (
            organization_membership_invitation_token_number bigserial,
            organization_membership_id bigint PRIMARY KEY,
            identifier_of_the_organization_that_invites bigint UNIQUE,
            a integer CHECK (identifier_of_the_organization_that_invites > 0)
        );
        CREATE INDEX ON organization_membership_invitation_tokens
            (substring(a::text, 1), identifier_of_the_organization_that_invites);
        CREATE INDEX ON organization_membership_invitation_tokens (identifier_of_the_organization_that_invites);
        CREATE INDEX ON organization_membership_invitation_tokens (identifier_of_the_organization_that_invites DESC);
        ALTER TABLE organization_membership_invitation_tokens ADD FOREIGN KEY (identifier_of_the_organization_that_invites)
            REFERENCES organization_membership_invitation_tokens (organization_membership_id)";
    walk(&long::CHAIN, expected).await;
}
