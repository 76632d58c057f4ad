//! V31: billing, with payment by bank transfer.
//!
//! Orders are placed for a billing profile and invoiced; what was paid or refunded for an invoice
//! are its transactions. Orders and invoices keep copies of what they were made from, so that a
//! later change of a profile or a price does not change them.

pkmig::migration! {
    V31 "billing" {
        create_table phoenix_kit_currencies {
            id: bigserial primary_key,
            code: varchar(3) not_null,
            name: varchar(255) not_null,
            symbol: varchar(5) not_null,
            decimal_places: integer not_null default(2),
            is_default: boolean not_null default(false),
            enabled: boolean not_null default(true),
            exchange_rate: numeric(15, 6) not_null default(1),
            sort_order: integer not_null default(0),
            inserted_at: timestamp not_null,
            updated_at: timestamp not_null,

            unique_index phoenix_kit_currencies_code_uidx (code),
            comment "currencies one can pay in, with their rates",
        }
        seed phoenix_kit_currencies
            (code, name, symbol, decimal_places, is_default, enabled, exchange_rate, sort_order, inserted_at, updated_at)
            on_conflict(code) do_nothing
        {
            ("EUR", "Euro", "€", 2, true, true, 1.0, 1, now(), now()),
            ("USD", "US Dollar", "$", 2, false, true, 1.1, 2, now(), now()),
            ("GBP", "British Pound", "£", 2, false, true, 0.85, 3, now(), now()),
        }

        create_table phoenix_kit_billing_profiles {
            id: bigserial primary_key,
            user_id: integer not_null references(phoenix_kit_users.id, on_delete: cascade),
            "type": varchar(20) not_null default("individual") comment("a person (individual) or a company"),
            is_default: boolean not_null default(false),
            name: varchar(255),
            first_name: varchar(255),
            last_name: varchar(255),
            middle_name: varchar(255),
            phone: varchar(255),
            email: varchar(255),
            company_name: varchar(255),
            company_vat_number: varchar(20) comment("VAT number in the European Union, its country code first"),
            company_registration_number: varchar(30),
            company_legal_address: text,
            address_line1: varchar(255),
            address_line2: varchar(255),
            city: varchar(255),
            state: varchar(255),
            postal_code: varchar(20),
            country: varchar(2) default("EE"),
            metadata: jsonb default("{}"),
            inserted_at: timestamp not_null,
            updated_at: timestamp not_null,

            index phoenix_kit_billing_profiles_user_id_idx (user_id),
            index phoenix_kit_billing_profiles_user_default_idx (user_id, is_default),
            comment "who a bill is made out to, a person or a company",
        }

        create_table phoenix_kit_orders {
            id: bigserial primary_key,
            user_id: integer not_null references(phoenix_kit_users.id, on_delete: restrict),
            billing_profile_id: integer references(phoenix_kit_billing_profiles.id, on_delete: set_null),
            order_number: varchar(30) not_null,
            status: varchar(20) not_null default("draft"),
            payment_method: varchar(20) not_null default("bank"),
            line_items: jsonb not_null default("[]")
                comment("array of objects: name, description, quantity, unit_price, total"),
            subtotal: numeric(15, 2) not_null default(0),
            tax_amount: numeric(15, 2) not_null default(0),
            tax_rate: numeric(5, 4) not_null default(0),
            discount_amount: numeric(15, 2) not_null default(0),
            discount_code: varchar(50),
            total: numeric(15, 2) not_null,
            currency: varchar(3) not_null default("EUR"),
            billing_snapshot: jsonb default("{}") comment("the billing profile as it was when the order was placed"),
            notes: text,
            internal_notes: text,
            metadata: jsonb default("{}"),
            confirmed_at: timestamp,
            paid_at: timestamp,
            cancelled_at: timestamp,
            inserted_at: timestamp not_null,
            updated_at: timestamp not_null,

            index phoenix_kit_orders_user_id_idx (user_id),
            index phoenix_kit_orders_billing_profile_id_idx (billing_profile_id),
            index phoenix_kit_orders_status_idx (status),
            index phoenix_kit_orders_inserted_at_idx (inserted_at),
            unique_index phoenix_kit_orders_order_number_uidx (order_number),
            comment "what was ordered, at which price, for whom",
        }

        create_table phoenix_kit_invoices {
            id: bigserial primary_key,
            user_id: integer not_null references(phoenix_kit_users.id, on_delete: restrict),
            order_id: integer references(phoenix_kit_orders.id, on_delete: set_null),
            invoice_number: varchar(30) not_null,
            status: varchar(20) not_null default("draft"),
            subtotal: numeric(15, 2) not_null default(0),
            tax_amount: numeric(15, 2) not_null default(0),
            tax_rate: numeric(5, 4) not_null default(0),
            total: numeric(15, 2) not_null,
            currency: varchar(3) not_null default("EUR"),
            due_date: date,
            billing_details: jsonb default("{}"),
            line_items: jsonb not_null default("[]"),
            payment_terms: varchar(255),
            bank_details: jsonb default("{}") comment("the account to pay to: bank, IBAN, SWIFT code"),
            notes: text,
            metadata: jsonb default("{}"),
            receipt_number: varchar(30),
            receipt_generated_at: timestamp,
            receipt_data: jsonb default("{}")
                comment("facts about the receipt, such as its address and how often it was fetched"),
            sent_at: timestamp,
            paid_at: timestamp,
            voided_at: timestamp,
            inserted_at: timestamp not_null,
            updated_at: timestamp not_null,
            paid_amount: numeric(15, 2) not_null default(0),

            index phoenix_kit_invoices_user_id_idx (user_id),
            index phoenix_kit_invoices_order_id_idx (order_id),
            index phoenix_kit_invoices_status_idx (status),
            index phoenix_kit_invoices_due_date_idx (due_date),
            unique_index phoenix_kit_invoices_invoice_number_uidx (invoice_number),
            comment "bills for orders, with their receipts once paid",
        }

        create_table phoenix_kit_transactions {
            id: bigserial primary_key,
            invoice_id: integer not_null references(phoenix_kit_invoices.id, on_delete: restrict),
            user_id: integer not_null references(phoenix_kit_users.id, on_delete: restrict),
            transaction_number: varchar(30) not_null,
            amount: numeric(15, 2) not_null comment("above zero a payment, below zero a refund"),
            currency: varchar(3) not_null default("EUR"),
            payment_method: varchar(20) not_null default("bank"),
            description: varchar(255),
            metadata: jsonb default("{}"),
            provider_transaction_id: varchar(255),
            provider_data: jsonb default("{}"),
            inserted_at: timestamp not_null,
            updated_at: timestamp not_null,

            index phoenix_kit_transactions_invoice_id_idx (invoice_id),
            index phoenix_kit_transactions_user_id_idx (user_id),
            index phoenix_kit_transactions_payment_method_idx (payment_method),
            unique_index phoenix_kit_transactions_transaction_number_uidx (transaction_number),
            comment "money received for invoices, or given back",
        }

        seed phoenix_kit_settings (key, value, module, date_added, date_updated) on_conflict(key) do_nothing {
            ("billing_enabled", "false", "billing", now(), now()),
            ("billing_default_currency", "EUR", "billing", now(), now()),
            ("billing_tax_enabled", "false", "billing", now(), now()),
            ("billing_default_tax_rate", "0", "billing", now(), now()),
            ("billing_invoice_prefix", "INV", "billing", now(), now()),
            ("billing_order_prefix", "ORD", "billing", now(), now()),
            ("billing_receipt_prefix", "RCP", "billing", now(), now()),
            ("billing_invoice_due_days", "14", "billing", now(), now()),
            ("billing_transaction_prefix", "TXN", "billing", now(), now()),
        }
    }
}
