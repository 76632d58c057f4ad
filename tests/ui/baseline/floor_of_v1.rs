pkmig::migration! {
    V01 "settings" {
        create_table settings { id: integer }
    }
}

pkmig::chain! {
    pub static SETTINGS: "settings" tracked_by settings {
        from V01 bridged_by "1.2";
        V01,
    }
}

fn main() {}
