//! V2: what would be enums stands in tables, so that a kind can be added, relabelled or switched off without a
//! migration.
//!
//! The original's rows leave out `inserted_at` and `updated_at`, which had no default: here `entity_types` and
//! `plan_types` have one.

pkmig::migration! {
    V02 "lookup tables" {
        create_table entity_types {
            value: text primary_key,
            label: text not_null,
            description: text,
            category: text,
            is_active: boolean default(true),
            sort_order: integer default(0),
            metadata: jsonb default("{}"),
            inserted_at: timestamp(0) not_null default(now()),
            updated_at: timestamp(0) not_null default(now()),

            index entity_types_category_index (category),
            index entity_types_is_active_index (is_active) where("is_active = true"),
        }

        create_table address_types {
            value: text primary_key,
            label: text not_null,
            description: text,
            is_active: boolean default(true),
            sort_order: integer default(0),
            created_at: timestamp(0) not_null default(now()),
        }

        create_table email_types {
            value: text primary_key,
            label: text not_null,
            is_active: boolean default(true),
            sort_order: integer default(0),
            created_at: timestamp(0) not_null default(now()),
        }

        create_table phone_types {
            value: text primary_key,
            label: text not_null,
            is_active: boolean default(true),
            supports_sms: boolean default(false),
            sort_order: integer default(0),
            created_at: timestamp(0) not_null default(now()),
        }

        create_table social_platforms {
            value: text primary_key,
            label: text not_null,
            icon: text,
            url_pattern: text,
            is_active: boolean default(true),
            sort_order: integer default(0),
            created_at: timestamp(0) not_null default(now()),
        }

        create_table image_types {
            value: text primary_key,
            label: text not_null,
            max_file_size: integer,
            allowed_mime_types: text[],
            is_active: boolean default(true),
            sort_order: integer default(0),
            created_at: timestamp(0) not_null default(now()),
        }

        create_table document_types {
            value: text primary_key,
            label: text not_null,
            description: text,
            is_sensitive: boolean default(true),
            requires_encryption: boolean default(true),
            retention_years: integer,
            allowed_mime_types: text[],
            is_active: boolean default(true),
            sort_order: integer default(0),
            created_at: timestamp(0) not_null default(now()),
        }

        create_table status_types {
            value: text primary_key,
            label: text not_null,
            category: text,
            color: text,
            is_final: boolean default(false),
            is_active: boolean default(true),
            sort_order: integer default(0),
            created_at: timestamp(0) not_null default(now()),
        }

        create_table plan_types {
            value: text primary_key,
            label: text not_null,
            description: text,
            features: jsonb default("{}"),
            pricing: jsonb default("{}"),
            limits: jsonb default("{}"),
            is_active: boolean default(true),
            sort_order: integer default(0),
            inserted_at: timestamp(0) not_null default(now()),
            updated_at: timestamp(0) not_null default(now()),
        }

        seed entity_types (value, label, description, category, sort_order) on_conflict(value) do_nothing {
            ("user", "User", "Global platform user", "core", 1),
            ("user_profile", "User Profile", "Entity-scoped user profile", "core", 2),
            ("tenant", "Tenant", "Top-level tenant entity", "core", 3),
            ("developer", "Developer", "External API developer", "core", 4),
            ("reseller", "Reseller", "Partner reseller", "core", 5),
            ("merchant", "Merchant", "Merchant account", "core", 6),
            ("store", "Store", "Store entity", "core", 7),
            ("customer", "Customer", "End customer", "core", 8),
            ("vendor", "Vendor", "Vendor/supplier", "core", 9),
            ("product", "Product", "Product entity", "commerce", 10),
            ("product_variant", "Product Variant", "Product SKU variant", "commerce", 11),
            ("category", "Category", "Product category", "commerce", 12),
            ("collection", "Collection", "Product collection", "commerce", 13),
            ("order", "Order", "Customer order", "commerce", 14),
            ("order_item", "Order Item", "Line item in order", "commerce", 15),
            ("cart", "Shopping Cart", "Customer cart", "commerce", 16),
            ("cart_item", "Cart Item", "Item in cart", "commerce", 17),
            ("transaction", "Transaction", "Payment transaction", "payments", 20),
            ("payment_method", "Payment Method", "Saved payment method", "payments", 21),
            ("refund", "Refund", "Payment refund", "payments", 22),
            ("chargeback", "Chargeback", "Payment chargeback", "payments", 23),
            ("payout", "Payout", "Merchant payout", "payments", 24),
            ("mid", "MID", "Merchant ID account", "payments", 25),
            ("shipment", "Shipment", "Order shipment", "shipping", 30),
            ("shipment_item", "Shipment Item", "Item in shipment", "shipping", 31),
            ("tracking_event", "Tracking Event", "Shipment tracking update", "shipping", 32),
            ("page", "Page", "CMS page", "content", 40),
            ("blog_post", "Blog Post", "Blog article", "content", 41),
            ("media", "Media", "Media asset", "content", 42),
            ("campaign", "Campaign", "Marketing campaign", "marketing", 50),
            ("discount", "Discount", "Discount rule", "marketing", 51),
            ("coupon", "Coupon", "Coupon code", "marketing", 52),
            ("loyalty_program", "Loyalty Program", "Customer loyalty program", "marketing", 53),
            ("ticket", "Support Ticket", "Customer support ticket", "support", 60),
            ("message", "Message", "Support message", "support", 61),
            ("kb_article", "Knowledge Base Article", "Help article", "support", 62),
        }

        seed address_types (value, label, description, sort_order) on_conflict(value) do_nothing {
            ("home", "Home Address", "Personal home address", 1),
            ("business", "Business Address", "Business/office address", 2),
            ("shipping", "Shipping Address", "Shipping/delivery address", 3),
            ("billing", "Billing Address", "Billing address for invoices", 4),
            ("legal", "Legal Address", "Legal/registered address", 5),
            ("warehouse", "Warehouse", "Warehouse/fulfillment center", 6),
            ("pickup", "Pickup Location", "Customer pickup location", 7),
        }

        seed email_types (value, label, sort_order) on_conflict(value) do_nothing {
            ("personal", "Personal", 1),
            ("work", "Work", 2),
            ("support", "Support", 3),
            ("billing", "Billing", 4),
            ("noreply", "No Reply", 5),
            ("sales", "Sales", 6),
            ("marketing", "Marketing", 7),
        }

        seed phone_types (value, label, supports_sms, sort_order) on_conflict(value) do_nothing {
            ("mobile", "Mobile", true, 1),
            ("home", "Home", false, 2),
            ("work", "Work", false, 3),
            ("fax", "Fax", false, 4),
            ("support", "Support", true, 5),
            ("toll_free", "Toll Free", false, 6),
        }

        seed social_platforms (value, label, icon, url_pattern, sort_order) on_conflict(value) do_nothing {
            ("twitter", "Twitter/X", "twitter", "https://twitter.com/{username}", 1),
            ("facebook", "Facebook", "facebook", "https://facebook.com/{username}", 2),
            ("instagram", "Instagram", "instagram", "https://instagram.com/{username}", 3),
            ("linkedin", "LinkedIn", "linkedin", "https://linkedin.com/in/{username}", 4),
            ("tiktok", "TikTok", "tiktok", "https://tiktok.com/@{username}", 5),
            ("youtube", "YouTube", "youtube", "https://youtube.com/@{username}", 6),
            ("github", "GitHub", "github", "https://github.com/{username}", 7),
            ("pinterest", "Pinterest", "pinterest", "https://pinterest.com/{username}", 8),
            ("snapchat", "Snapchat", "snapchat", "https://snapchat.com/add/{username}", 9),
        }

        seed image_types (value, label, max_file_size, allowed_mime_types, sort_order) on_conflict(value) do_nothing {
            ("avatar", "Avatar", 5242880, "{image/jpeg,image/png,image/webp}", 1),
            ("logo", "Logo", 2097152, "{image/png,image/svg+xml}", 2),
            ("banner", "Banner", 10485760, "{image/jpeg,image/png,image/webp}", 3),
            ("product", "Product Image", 5242880, "{image/jpeg,image/png,image/webp}", 4),
            ("gallery", "Gallery Image", 10485760, "{image/jpeg,image/png,image/webp}", 5),
            ("document_scan", "Document Scan", 20971520, "{image/jpeg,image/png,application/pdf}", 6),
            ("thumbnail", "Thumbnail", 1048576, "{image/jpeg,image/png,image/webp}", 7),
        }

        seed document_types (
            value, label, description, retention_years,
            allowed_mime_types, sort_order, is_sensitive, requires_encryption
        ) on_conflict(value) do_nothing {
            (
                "kyc_id", "KYC ID Document", "Government-issued ID",
                7, "{image/jpeg,image/png,application/pdf}", 1, true, true,
            ),
            (
                "kyc_address_proof", "KYC Address Proof", "Proof of address",
                7, "{image/jpeg,image/png,application/pdf}", 2, true, true,
            ),
            ("contract", "Contract", "Legal contract", 10, "{application/pdf}", 3, true, true),
            ("invoice", "Invoice", "Invoice document", 7, "{application/pdf}", 4, false, false),
            ("receipt", "Receipt", "Payment receipt", 7, "{application/pdf}", 5, false, false),
            ("tax_form", "Tax Form", "Tax document", 7, "{application/pdf}", 6, true, true),
            ("legal", "Legal Document", "Legal filing", null, "{application/pdf}", 7, true, true),
            ("bank_statement", "Bank Statement", "Bank account statement", 7, "{application/pdf}", 8, true, true),
            (
                "business_license", "Business License", "Business registration",
                10, "{image/jpeg,image/png,application/pdf}", 9, true, true,
            ),
        }

        seed status_types (value, label, category, color, sort_order, is_final) on_conflict(value) do_nothing {
            ("active", "Active", "entity", "#22c55e", 1, false),
            ("suspended", "Suspended", "entity", "#f59e0b", 2, false),
            ("pending", "Pending", "entity", "#3b82f6", 3, false),
            ("trial", "Trial", "entity", "#8b5cf6", 4, false),
            ("canceled", "Canceled", "entity", "#ef4444", 5, true),
            ("closed", "Closed", "entity", "#6b7280", 6, true),
            ("pending_payment", "Pending Payment", "transaction", "#f59e0b", 10, false),
            ("processing", "Processing", "transaction", "#3b82f6", 11, false),
            ("succeeded", "Succeeded", "transaction", "#22c55e", 12, true),
            ("failed", "Failed", "transaction", "#ef4444", 13, true),
            ("refunded", "Refunded", "transaction", "#6b7280", 14, true),
            ("partially_refunded", "Partially Refunded", "transaction", "#f59e0b", 15, false),
            ("draft", "Draft", "order", "#6b7280", 20, false),
            ("pending_fulfillment", "Pending Fulfillment", "order", "#f59e0b", 21, false),
            ("fulfilled", "Fulfilled", "order", "#22c55e", 22, false),
            ("shipped", "Shipped", "order", "#3b82f6", 23, false),
            ("delivered", "Delivered", "order", "#22c55e", 24, true),
            ("returned", "Returned", "order", "#ef4444", 25, true),
        }

        seed plan_types (value, label, description, pricing, limits, sort_order) on_conflict(value) do_nothing {
            (
                "starter", "Starter", "For small businesses getting started",
                r#"{"monthly": 0}"#, r#"{"max_users": 2, "max_api_calls": 1000}"#, 1,
            ),
            (
                "professional", "Professional", "For growing businesses",
                r#"{"annual": 490, "monthly": 49}"#, r#"{"max_users": 10, "max_api_calls": 10000}"#, 2,
            ),
            (
                "enterprise", "Enterprise", "For large organizations",
                r#"{"annual": 1490, "monthly": 149}"#, r#"{"max_users": -1, "max_api_calls": -1}"#, 3,
            ),
        }
    }
}
