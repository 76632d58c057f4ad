pkmig::migration! {
    V02 "no body" {
        drop_column notes.body;
    }
}
