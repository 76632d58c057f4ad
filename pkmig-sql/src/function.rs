//! Functions: create or replace, drop.

use pkmig_schema::{Function, Name, Returns, Type};

use super::guard::{Condition, Object};
use super::statement::Statement;
use super::writer::{dollar_quoted, ident, literal};
use super::{Lowered, Place};

impl Place<'_> {
    /// `CREATE OR REPLACE` makes the body as declared whatever was there; PostgreSQL itself refuses another result type
    /// (manual, CREATE FUNCTION).
    pub(super) fn create_function(&self, def: &Function) -> Lowered {
        let context = self.context;
        let args = def.args.iter().map(|arg| {
            let default = arg.default.iter().map(|sql| format!(" DEFAULT {}", context.sql(sql)));
            format!("{} {}{}", context.ident(arg.name), context.ty(&arg.ty), default.collect::<String>())
        });
        let returns = match &def.returns {
            Returns::Type(ty) => context.ty(ty),
            Returns::SetOf(ty) => format!("SETOF {}", context.ty(ty)),
            Returns::Void => "void".to_owned(),
            Returns::Trigger => "trigger".to_owned(),
            Returns::Table(columns) => {
                let column = |(name, ty): &(Name, Type)| format!("{} {}", context.ident(name), context.ty(ty));
                format!("TABLE ({})", columns.iter().map(column).collect::<Vec<_>>().join(", "))
            }
        };
        let mut create = format!(
            "CREATE OR REPLACE FUNCTION {}({})\nRETURNS {returns} LANGUAGE {} {}",
            context.qualified(def.name),
            args.collect::<Vec<_>>().join(", "),
            def.language,
            def.volatility.to_uppercase()
        );
        create.push_str(if def.strict { " STRICT" } else { "" });
        create.push_str(if def.security_definer { " SECURITY DEFINER" } else { "" });
        def.settings.iter().for_each(|(name, value)| create.push_str(&format!(" SET {}", self.setting(name, value))));
        create.push_str("\nAS ");
        create.push_str(&dollar_quoted(&context.sql(&def.body), "function"));
        let mut lowered = Lowered::always(vec![Statement::CreateFunction(create)]);
        // The second time, what the version has made of it and of what it names is there.
        let signature = def.args.iter().map(|arg| context.ty(&arg.ty)).collect::<Vec<_>>().join(", ");
        let signature = format!("{}({signature})", context.qualified(def.name));
        if self.end.function(def.name).is_some_and(|end| end.returns != def.returns) {
            lowered.only_when(Condition::Missing(Object::Function(signature)));
        }
        let gone = def.body.objects().filter(|name| self.before.has_relation(name) && !self.end.has_relation(name));
        gone.for_each(|name| lowered.only_when(Condition::Exists(Object::Relation(name.to_owned()))));
        lowered
    }

    /// `work_mem = '64MB'`. The schemas of a `search_path` are names, of which `@` is the prefix.
    fn setting(&self, name: &str, value: &str) -> String {
        let parameter = name.split('.').map(ident).collect::<Vec<_>>().join(".");
        if !name.eq_ignore_ascii_case("search_path") || value.trim().is_empty() {
            return format!("{parameter} = {}", literal(value));
        }
        let schemas = value.split(',').map(|schema| match schema.trim() {
            "@" => ident(self.context.prefix().as_str()),
            other => ident(other.trim_matches('"')),
        });
        format!("{parameter} = {}", schemas.collect::<Vec<_>>().join(", "))
    }

    pub(super) fn drop_function(&self, name: Name, args: &[Type]) -> Lowered {
        let types = args.iter().map(|ty| self.context.ty(ty)).collect::<Vec<_>>().join(", ");
        // IF EXISTS asks for no privilege where nothing is there.
        let drop = format!("DROP FUNCTION IF EXISTS {}({types})", self.context.qualified(name));
        Lowered::always(vec![Statement::Written(drop)])
    }
}
