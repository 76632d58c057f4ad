//! V120: the words for a document's category become rows.

use crate::install::Install;

const DOCUMENTS: &str = "
    INSERT INTO phoenix_kit_doc_templates (uuid, name, category, inserted_at, updated_at)
    SELECT format('00000000-0000-7000-8000-00000000000%s', n)::uuid, name, category, now(), now()
    FROM (VALUES
        (1, 'invoice', 'FINANCIAL'), (2, 'offer', 'financial'), (3, 'drawing', 'tEchnical'),
        (4, 'letter', 'about us'), (5, 'card', 'About us'), (6, 'blank', ''), (7, 'none', NULL), (8, 'space', ' ')
    ) AS template (n, name, category);
    INSERT INTO phoenix_kit_doc_documents (name, template_uuid, inserted_at, updated_at) VALUES
        ('invoice 1', '00000000-0000-7000-8000-000000000001', now(), now()),
        ('card 1', '00000000-0000-7000-8000-000000000005', now(), now()),
        ('none 1', '00000000-0000-7000-8000-000000000007', now(), now()),
        ('free', NULL, now(), now());
    INSERT INTO phoenix_kit_doc_template_presets (name, category, scope_type, created_by_uuid)
        VALUES ('preset', 'financial', 'user', '00000000-0000-7000-8000-0000000000f0')";

#[tokio::test]
async fn v120_turns_categories_into_rows_and_back() {
    let mut install = Install::at(119).await;
    install.execute(DOCUMENTS).await;
    install.go(120).await;
    let categories = "SELECT name, position, status, data FROM phoenix_kit_doc_categories ORDER BY position";
    let made = install.fields(categories).await;
    assert_eq!(made, [" |0|active|{}", "About us|1|active|{}", "Financial|2|active|{}", "Technical|3|active|{}"]);
    let templates = "
        SELECT template.name, category.name AS category FROM phoenix_kit_doc_templates AS template
        LEFT JOIN phoenix_kit_doc_categories AS category ON category.uuid = category_uuid ORDER BY template.uuid";
    let expected = [
        "invoice|Financial",
        "offer|Financial",
        "drawing|Technical",
        "letter|About us",
        "card|About us",
        "blank|-",
        "none|-",
        "space| ",
    ];
    assert_eq!(install.fields(templates).await, expected);
    let documents = "
        SELECT document.name, category.name AS category FROM phoenix_kit_doc_documents AS document
        LEFT JOIN phoenix_kit_doc_categories AS category ON category.uuid = category_uuid ORDER BY document.name";
    assert_eq!(install.fields(documents).await, ["card 1|About us", "free|-", "invoice 1|Financial", "none 1|-"]);

    install.go(119).await;
    let words = "SELECT name, category FROM phoenix_kit_doc_templates ORDER BY uuid";
    let back = [
        "invoice|financial",
        "offer|financial",
        "drawing|technical",
        "letter|about us",
        "card|about us",
        "blank|-",
        "none|-",
        "space| ",
    ];
    assert_eq!(install.fields(words).await, back);
    assert_eq!(install.fields("SELECT name, category FROM phoenix_kit_doc_template_presets").await, ["preset|-"]);
}
