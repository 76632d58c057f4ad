//! V82: a comment carries whatever else its host wants to keep with it.

pkmig::migration! {
    V82 "metadata of comments" {
        add_column phoenix_kit_comments.metadata: jsonb default("{}");
    }
}
