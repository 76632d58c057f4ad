//! Functions: create or replace, drop.

use pkmig_schema::{Function, FunctionArg, Name, Returns, Type};

use super::guard::{Condition, Object};
use super::{Lowered, Place};
use crate::ddl::{self, Argument, CreateFunction, DropFunction, Ident, Idents, Parameter, ParameterValue};

impl Place<'_> {
    /// `CREATE OR REPLACE` makes the body as declared whatever was there; PostgreSQL itself refuses another result type
    /// (manual, CREATE FUNCTION).
    pub(super) fn create_function(&self, def: &Function) -> Lowered {
        let context = self.context;
        let create = CreateFunction {
            name: context.qualified(def.name),
            args: def.args.iter().map(|arg| self.argument(arg)).collect(),
            returns: self.returns(&def.returns),
            language: def.language,
            volatility: def.volatility,
            strict: def.strict,
            security_definer: def.security_definer,
            settings: def.settings.iter().map(|(name, value)| self.parameter(name, value)).collect(),
            body: context.sql(&def.body),
        };
        let mut lowered = Lowered::always(vec![create.into()]);
        // The second time, what the version has made of it and of what it names is there.
        let signature = context.signature_of(def).to_string();
        if self.end.function(def.name).is_some_and(|end| end.returns != def.returns) {
            lowered.only_when(Condition::Missing(Object::Function(signature)));
        }
        let gone = def.body.objects().filter(|name| self.before.has_relation(name) && !self.end.has_relation(name));
        gone.for_each(|name| lowered.only_when(Condition::Exists(Object::Relation(name.to_owned()))));
        lowered
    }

    fn argument(&self, arg: &FunctionArg) -> Argument {
        Argument {
            name: self.context.ident(arg.name),
            ty: self.context.ty(&arg.ty),
            default: arg.default.as_ref().map(|sql| self.context.sql(sql)),
        }
    }

    fn returns(&self, returns: &Returns) -> ddl::Result {
        match returns {
            Returns::Type(ty) => ddl::Result::Type(self.context.ty(ty)),
            Returns::SetOf(ty) => ddl::Result::SetOf(self.context.ty(ty)),
            Returns::Void => ddl::Result::Void,
            Returns::Trigger => ddl::Result::Trigger,
            Returns::Table(columns) => {
                let column = |(name, ty): &(Name, Type)| (self.context.ident(name), self.context.ty(ty));
                ddl::Result::Table(columns.iter().map(column).collect())
            }
        }
    }

    /// The schemas of a `search_path` are names, of which `@` is the prefix.
    fn parameter(&self, name: &str, value: &str) -> Parameter {
        let parameter = name.split('.').map(Ident::new).collect();
        if !name.eq_ignore_ascii_case("search_path") || value.trim().is_empty() {
            return Parameter { name: parameter, value: ParameterValue::Text(value.to_owned()) };
        }
        let schemas = value.split(',').map(|schema| match schema.trim() {
            "@" => Ident::new(self.context.prefix().as_str()),
            other => Ident::new(other.trim_matches('"')),
        });
        Parameter { name: parameter, value: ParameterValue::Schemas(Idents(schemas.collect())) }
    }

    pub(super) fn drop_function(&self, name: Name, args: &[Type]) -> Lowered {
        Lowered::always(vec![DropFunction(self.context.signature(name, args.iter())).into()])
    }
}
