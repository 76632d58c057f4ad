pkmig::migration! {
    V04 "settings" {
        create_table settings { id: integer }
    }
}

pkmig::migration! {
    V05 "settings" {
        add_column settings.value: text;
    }
}

pkmig::chain! {
    pub static SETTINGS: "settings" tracked_by settings {
        from V05 bridged_by "1.2";
        V04, V05,
    }
}

fn main() {}
