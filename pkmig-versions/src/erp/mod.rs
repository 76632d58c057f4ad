//! The schema of an ERP suite on Supabase: tenants, customers, orders, products, projects, marketing, messages, staff
//! and logistics.

pkmig::chain! {
    /// The schema of the ERP suite.
    pub static ERP: "erp" tracked_by pkmig_erp {
        requires table auth.users (id: uuid);
        baseline;

        v001, v002, v003, v004, v005, v006, v007, v008, v009, v010, v011, v012, v013,
    }
}
