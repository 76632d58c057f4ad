//! Templates: questions and statements that are too long to stand where they are used. Each is a constant of a block, which
//! `format` fills in; a block declares those that it calls.

mod fingerprint;
mod loss;

use crate::trust;

/// What a block declares once for its statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Template {
    /// Many columns, by rows of the step's number, the table, the column and its fingerprint.
    AllColumns,
    /// Many constraints, in the same way.
    AllConstraints,
    /// Many indexes.
    AllIndexes,
    /// Some columns of a table.
    Columns,
    /// A constraint.
    Constraint,
    /// A domain.
    Domain,
    /// The labels of an enum.
    Enum,
    /// An exclusion constraint.
    Exclusion,
    /// Many objects that have gone with others.
    Gone,
    /// An index.
    Index,
    /// A policy.
    Policy,
    /// Whether a table asks its policies.
    RowSecurity,
    /// A sequence.
    Sequence,
    /// A trigger.
    Trigger,
    /// A view.
    View,
    /// What goes with a table, a column or rows. It stops the version.
    Loss,
    /// The same, told in a setting.
    Told,
    /// The rows of a seed that stay, told in the same setting.
    Stays,
    /// Deletes a seed's rows.
    DeleteSeed,
    /// Has row level security hide no row of some tables.
    Lift,
    /// Puts that back.
    PutBack,
    /// Stops the version before what somebody else owns.
    Owned,
}

impl Template {
    /// The constant that holds it, and its text between these dollar quotes.
    fn parts(self) -> (&'static str, fn(&str) -> String) {
        match self {
            Self::AllColumns => ("pkmig_all_columns", fingerprint::all_columns),
            Self::AllConstraints => ("pkmig_all_constraints", fingerprint::all_constraints),
            Self::AllIndexes => ("pkmig_all_indexes", fingerprint::all_indexes),
            Self::Columns => ("pkmig_columns", fingerprint::columns),
            Self::Constraint => ("pkmig_constraint", fingerprint::constraint),
            Self::Domain => ("pkmig_domain", fingerprint::domain),
            Self::Enum => ("pkmig_enum", fingerprint::r#enum),
            Self::Exclusion => ("pkmig_exclusion", fingerprint::exclusion),
            Self::Gone => ("pkmig_gone", fingerprint::gone),
            Self::Index => ("pkmig_index", fingerprint::index),
            Self::Policy => ("pkmig_policy", fingerprint::policy),
            Self::RowSecurity => ("pkmig_row_security", fingerprint::row_security),
            Self::Sequence => ("pkmig_sequence", fingerprint::sequence),
            Self::Trigger => ("pkmig_trigger", fingerprint::trigger),
            Self::View => ("pkmig_view", fingerprint::view),
            Self::Loss => ("pkmig_loss", loss::stop),
            Self::Told => ("pkmig_loss", loss::tell),
            Self::Stays => ("pkmig_stays", loss::stays),
            Self::DeleteSeed => ("pkmig_delete_seed", loss::delete_seed),
            Self::Lift => ("pkmig_lift", loss::lift),
            Self::PutBack => ("pkmig_put_back", loss::put_back),
            Self::Owned => ("pkmig_owned", trust::owned_template),
        }
    }

    /// The constant that holds it.
    pub(crate) fn name(self) -> &'static str {
        self.parts().0
    }

    /// The declaration, between dollar quotes that nothing holds which it is filled in with.
    pub(crate) fn declaration(self, quote: &str) -> String {
        self.parts().1(quote)
    }
}

/// The statements that take away the foreign keys which rest on some keys, and those that make them anew.
pub(crate) const RESTING: &str = "  pkmig_resting CONSTANT text := $query$
    SELECT coalesce(string_agg(format('ALTER TABLE %s DROP CONSTRAINT %I', of, name), '; '), ''),
           coalesce(string_agg(format('ALTER TABLE %s ADD CONSTRAINT %I %s; COMMENT ON CONSTRAINT %2$I ON %1$s IS %4$L',
                                      of, name, definition, comment), '; '), '')
    FROM (SELECT conrelid::regclass AS of, conname AS name, pg_get_constraintdef(oid) AS definition,
                 obj_description(oid, 'pg_constraint') AS comment
          FROM pg_catalog.pg_constraint WHERE contype = 'f' AND conindid IN (SELECT to_regclass(key) FROM unnest($1) AS key)) AS resting $query$;
  pkmig_off text;
  pkmig_on text;
";
