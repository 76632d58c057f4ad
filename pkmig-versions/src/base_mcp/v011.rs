//! V11: what the platform's documents say and its first ten versions lack: who sees which rows, and addresses as points
//! on the globe.
//!
//! The application says by `app.current_user_id` who asks. Rows belong to a user, or to an entity that the user has a
//! profile for. `images` have a policy for reading alone, so only the table's owner writes them.
//!
//! Of `addresses_select` two cases are left out: merchants who read their customers' addresses, and whoever reads those
//! of the order in `app.current_order_id`. They ask the tables `customers` and `orders` of whatever tenant comes first
//! in the `search_path`; from the platform's schema no tenant can be named, and `orders` exists nowhere.
//!
//! A point that names no reference system is taken to be in 4326, and says so after the way back.

pkmig::migration! {
    V11 "policies, and addresses on the globe" {
        create_function current_user_id() returns uuid language sql stable {
            "SELECT nullif(current_setting('app.current_user_id', true), '')::uuid"
        }

        create_policy addresses_select on addresses for select using(r"
            owner_type = 'user' AND owner_id = @.current_user_id()
            OR EXISTS (
                SELECT FROM @.user_profiles up
                WHERE up.user_id = @.current_user_id() AND up.status = 'active'
                    AND up.entity_type = addresses.owner_type AND up.entity_id = addresses.owner_id
            )
        ");

        create_policy emails_owner_access on emails using(r"
            owner_type = 'user' AND owner_id = @.current_user_id()
            OR EXISTS (
                SELECT FROM @.user_profiles up
                WHERE up.user_id = @.current_user_id() AND up.status = 'active'
                    AND up.entity_type = emails.owner_type AND up.entity_id = emails.owner_id
            )
        ");

        create_policy phones_owner_access on phones using(r"
            owner_type = 'user' AND owner_id = @.current_user_id()
            OR EXISTS (
                SELECT FROM @.user_profiles up
                WHERE up.user_id = @.current_user_id() AND up.status = 'active'
                    AND up.entity_type = phones.owner_type AND up.entity_id = phones.owner_id
            )
        ");

        create_policy socials_read_public on socials for select using(r"
            is_public
            OR owner_type = 'user' AND owner_id = @.current_user_id()
            OR EXISTS (
                SELECT FROM @.user_profiles up
                WHERE up.user_id = @.current_user_id()
                    AND up.entity_type = socials.owner_type AND up.entity_id = socials.owner_id
            )
        ");
        create_policy socials_manage_owner on socials using(r"
            owner_type = 'user' AND owner_id = @.current_user_id()
            OR EXISTS (
                SELECT FROM @.user_profiles up
                WHERE up.user_id = @.current_user_id() AND up.is_admin
                    AND up.entity_type = socials.owner_type AND up.entity_id = socials.owner_id
            )
        ");

        create_policy images_read_public on images for select using(r"
            is_public
            OR owner_type = 'user' AND owner_id = @.current_user_id()
            OR EXISTS (
                SELECT FROM @.user_profiles up
                WHERE up.user_id = @.current_user_id()
                    AND up.entity_type = images.owner_type AND up.entity_id = images.owner_id
            )
        ");

        create_policy documents_owner_access on documents using(r"
            owner_type = 'user' AND owner_id = @.current_user_id()
            OR EXISTS (
                SELECT FROM @.user_profiles up
                WHERE up.user_id = @.current_user_id() AND (up.is_admin OR NOT documents.is_sensitive)
                    AND up.entity_type = documents.owner_type AND up.entity_id = documents.owner_id
            )
        ");

        create_policy todos_owner_access on todos using(r"
            owner_type = 'user' AND owner_id = @.current_user_id()
            OR assigned_to = @.current_user_id()
        ");

        create_policy notes_read on notes for select using(r"
            owner_type = 'user' AND owner_id = @.current_user_id()
            OR NOT is_private AND EXISTS (
                SELECT FROM @.user_profiles up
                WHERE up.user_id = @.current_user_id()
                    AND up.entity_type = notes.owner_type AND up.entity_id = notes.owner_id
            )
        ");
        create_policy notes_manage_owner on notes using(r"
            owner_type = 'user' AND owner_id = @.current_user_id()
            OR EXISTS (
                SELECT FROM @.user_profiles up
                WHERE up.user_id = @.current_user_id() AND up.is_admin
                    AND up.entity_type = notes.owner_type AND up.entity_id = notes.owner_id
            )
        ");

        // The way back is by text: the cast from geography to geometry would have to name the extension's schema.
        set_type addresses.location: geography(Point, 4326) using("location") down_using("location::text");
    }
}
