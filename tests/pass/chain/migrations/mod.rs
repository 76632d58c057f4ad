pkmig::chain! {
    pub(crate) static NOTES: "notes" tracked_by notes { v001, v002 }
}
