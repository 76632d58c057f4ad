pkmig::migration! {
    V05 "settings" {
        create_table settings { id: integer }
    }
}

pkmig::chain! {
    pub static SETTINGS: "settings" tracked_by settings {
        from V05;
        V05,
    }
}

fn main() {}
