mod v002;

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { v001 }
}
