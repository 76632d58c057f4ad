mod accounts {
    pkmig::migration! {
        V01 "accounts" {
            create_table accounts { id: bigserial primary_key }
        }
    }

    pkmig::chain! {
        pub(super) static ACCOUNTS: "accounts" tracked_by accounts { V01 }
    }
}

pkmig::migration! {
    V01 "what others bring" {
        create_table notes {
            id: bigserial primary_key,
            owner: uuid not_null default(sql("auth.uid()")) references(auth.users.id, on_delete: cascade),
            account: bigint,

            foreign_key notes_account (account) references billing.accounts (id),
            check notes_mine ("owner = auth.uid()"),
        }
        execute "DELETE FROM @.notes WHERE NOT EXISTS (SELECT FROM auth.users u WHERE u.id = owner)"
            idempotent down_noop("there are none");
    }
}

pkmig::chain! {
    pub(super) static NOTES: "notes" tracked_by notes {
        requires role {anon, authenticated};
        requires function auth.uid();
        requires function "Billing".charge(uuid, numeric(12, 2));
        requires table auth.users (id: uuid, email: text);
        requires table billing.accounts (id: bigint);
        requires accounts::ACCOUNTS at 1 in prefix billing;
        V01,
    }
}
