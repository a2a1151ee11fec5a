//! The list of flags: a map from their names to what tells them.

use super::reader::Reader;
use super::yaml_options;
use crate::contract::flag::{Flag, Told};
use crate::contract::node::{Kind, Node};
use crate::diagnostic::{Diagnostic, Diagnostics, SourceText};

const FLAG_KEYS: [&str; 4] = ["steps", "default", "exports", "lacks"];

/// Reads the list from its text.
pub(in crate::contract) fn flags(source: &SourceText) -> Result<Vec<Flag>, Diagnostics> {
    let file: Node = serde_yaml::from_str_with_options(source.text(), yaml_options())
        .map_err(|error| Diagnostics::from(Diagnostic::from_yaml(source, &error)))?;
    let mut reader = Reader::new(source, &file);
    let flags = file.entries().iter().filter_map(|(name, node)| reader.flag(name, node)).collect();
    reader.mistakes.into_result(flags)
}

impl<'a> Reader<'a> {
    fn flag(&mut self, name: &'a Node, node: &'a Node) -> Option<Flag> {
        let keys = self.keys(node, &FLAG_KEYS);
        let name = name.as_text()?.to_owned();
        let told = if let Some(function) = keys.get("exports") {
            Told::Exports(self.value(function)?)
        } else if let Some(function) = keys.get("lacks") {
            Told::Lacks(self.value(function)?)
        } else {
            let slug = name.to_lowercase().replace('_', "-");
            let case = self.bare_case(&keys, node, "steps", &slug);
            match keys.get("default") {
                Some(default) => Told::Value { case, defaults: self.defaults(default) },
                None => Told::Set(case),
            }
        };
        Some(Flag { name, told })
    }

    /// A number, or a list of them.
    fn defaults(&mut self, node: &'a Node) -> Vec<String> {
        let number = |node: &Node| self.value::<i64>(node).map(|number| number.to_string());
        match &node.kind {
            Kind::List(items) => items.iter().filter_map(number).collect(),
            _ => std::iter::once(node).filter_map(number).collect(),
        }
    }
}
