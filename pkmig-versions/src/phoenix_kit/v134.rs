//! V134: a folder has a header, with a picture and a logo, whose parts can be hidden.

pkmig::migration! {
    V134 "headers of folders" {
        add_column phoenix_kit_media_folders.{cover_file_uuid, logo_file_uuid}: uuid
            references(phoenix_kit_files.uuid, on_delete: set_null);
        add_column phoenix_kit_media_folders.header_size: text not_null default("medium");
        add_column phoenix_kit_media_folders.{
            header_show_title,
            header_show_icon,
            header_show_creator,
            header_show_date,
            header_show_file_count,
            header_show_description,
            header_show_background,
        }: boolean not_null default(true);
    }
}
