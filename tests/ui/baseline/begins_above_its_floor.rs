pkmig::migration! {
    V06 "settings" {
        create_table settings { id: integer }
    }
}

pkmig::chain! {
    pub static SETTINGS: "settings" tracked_by settings {
        from V05 bridged_by "1.2";
        V06,
    }
}

fn main() {}
