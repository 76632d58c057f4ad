pkmig::migration! {
    V02 "the body is called text" {
        rename_column notes.body => text;
    }
}
