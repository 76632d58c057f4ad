pkmig::migration! {
    V03 "no body" {
        drop_column notes.body;
    }
}
