//! `contracts/VERBS.md`: every verb, from the table and the types of the arguments.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use schemars::SchemaGenerator;
use serde_json::Value as Json;

use super::Verb;
use super::describe::show;
use super::facts::{Fact, Kind, Row, prose};

const HEAD: &str = "\
# The verbs

Every verb of the [language of contracts](README.md). This page is generated from their table and the types of their
arguments: `UPDATE_DOCS=1 cargo test --test verbs`.

A verb is a call, a [block](#blocks) of steps or a [check](#checks). An outcome is a *code* (a result code, with the
connection's message when it is an error), a *row*, *rows*, a *value*, or a *size*, a number that is recorded only on
request. Counters, limits, switches and flags are SQLite's names in lower case, without their prefix.

";

/// The page, with a line feed at its end.
pub fn page() -> String {
    let sections = Verb::rows();
    let mut page = Page { text: HEAD.to_owned(), ..Page::default() };
    for heading in sections.iter().map(|section| section.heading).chain(["Types"]) {
        page.line(&format!("- [{heading}](#{})", anchor(heading)));
    }
    for section in sections {
        page.paragraph(&format!("## {}", section.heading));
        page.paragraph(&prose(section.prose));
        section.rows.iter().for_each(|row| page.row(row));
    }
    page.types();
    page.text
}

/// What a heading is linked by.
fn anchor(heading: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, '-' | '_' | ' ');
    heading.to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-")
}

#[derive(Default)]
struct Page {
    text: String,
    generator: SchemaGenerator,
    /// The types that arguments name and that are told at the end.
    named: BTreeSet<String>,
}

impl Page {
    fn line(&mut self, line: &str) {
        let _ = writeln!(self.text, "{line}");
    }

    fn paragraph(&mut self, text: &str) {
        if !text.is_empty() {
            let _ = writeln!(self.text, "\n{text}");
        }
    }

    fn row(&mut self, row: &Row) {
        self.paragraph(&format!("### `{}`", row.name));
        self.paragraph(&prose(row.doc));
        let reference = (row.schema)(&mut self.generator).to_value();
        let schema = self.resolved(&reference);
        let forms = schema["anyOf"].as_array().cloned().unwrap_or_else(|| vec![schema.clone()]);
        let map = forms.iter().find(|form| form["properties"].is_object());
        let mut sentences = facts(row);
        if !row.brief.is_empty() {
            sentences.push(format!("In brief: {}.", row.brief.join(", or ")));
        } else if map.is_none() && schema["type"] != "object" {
            sentences.push(format!("Takes: {}.", self.type_of(&reference)));
        }
        self.paragraph(&sentences.join(" "));
        if let Some(map) = map {
            self.fields(map, row);
        }
    }

    /// A table of the arguments in map form.
    fn fields(&mut self, map: &Json, row: &Row) {
        let Some(properties) = map["properties"].as_object() else { return };
        let required = map["required"].as_array().cloned().unwrap_or_default();
        self.paragraph("| argument | type | left out | |\n| --- | --- | --- | --- |");
        let is_required = |name: &str| required.contains(&Json::from(name));
        let (first, others): (Vec<_>, Vec<_>) = properties.iter().partition(|(name, _)| is_required(name));
        for (name, property) in first.into_iter().chain(others) {
            let default = row.defaults.iter().find(|(known, _)| known == name).map(|(_, tree)| show(tree));
            let default = match default.filter(|shown| !matches!(shown.as_str(), "NULL" | "[]" | "false")) {
                _ if is_required(name) => "required".to_owned(),
                Some(shown) => format!("`{shown}`"),
                None => String::new(),
            };
            let (kind, what) = (self.type_of(property), description(property));
            self.line(&format!("| `{name}` | {kind} | {default} | {what} |"));
        }
    }

    /// A type in words; one that has a name is told at the end.
    fn type_of(&mut self, schema: &Json) -> String {
        if let Some(name) = name_of(schema) {
            return self.link(&name);
        }
        let choices = schema["anyOf"].as_array().into_iter().flatten();
        if let Some(choice) = choices.clone().find(|choice| choice["type"] != "null") {
            return self.type_of(choice);
        }
        match schema["type"].as_str().or_else(|| schema["type"][0].as_str()) {
            Some("string") => "text".to_owned(),
            Some("integer") => "whole number".to_owned(),
            Some("number") => "number".to_owned(),
            Some("boolean") => "`true` or `false`".to_owned(),
            Some("array") => match self.type_of(&schema["items"]) {
                steps if steps.starts_with("[step]") => "[steps](README.md#steps)".to_owned(),
                items => format!("list: {items}"),
            },
            Some("object") => format!("map: {}", self.type_of(&schema["additionalProperties"])),
            _ => String::new(),
        }
    }

    fn link(&mut self, name: &str) -> String {
        match name {
            "Literal" => "[value](README.md#values)".to_owned(),
            "Step" => "[step](README.md#steps)".to_owned(),
            "OneOrMany" => "text, or a list".to_owned(),
            "Measure" => "any verb that gives a number".to_owned(),
            name => {
                self.named.insert(name.to_owned());
                format!("[{name}](#{})", name.to_lowercase())
            }
        }
    }

    fn resolved(&self, schema: &Json) -> Json {
        let name = name_of(schema);
        let definition = name.and_then(|name| self.generator.definitions().get(&name).cloned());
        definition.unwrap_or_else(|| schema.clone())
    }

    /// The types that arguments name, and those that these name.
    fn types(&mut self) {
        self.paragraph("## Types");
        let mut told = BTreeSet::new();
        while let Some(name) = self.named.difference(&told).next().cloned() {
            self.paragraph(&format!("### {name}"));
            let definition = self.generator.definitions().get(&name).cloned().unwrap_or_default();
            self.paragraph(&description(&definition));
            self.text.push('\n');
            self.choices(&definition);
            told.insert(name);
        }
    }

    /// A line for each choice that has something to say, one for all others.
    fn choices(&mut self, definition: &Json) {
        let choices = ["oneOf", "anyOf"].iter().find_map(|keyword| definition[*keyword].as_array());
        let choices = choices.cloned().unwrap_or_else(|| vec![definition.clone()]);
        for choice in choices {
            let words = choice["enum"].as_array().cloned().unwrap_or_default();
            let words: Vec<String> =
                words.iter().filter_map(|word| Some(format!("`{}`", word.as_str()?))).collect();
            if choice == *definition
                && let Some(properties) = choice["properties"].as_object()
            {
                for (name, property) in properties {
                    let form = format!("`{name}` ({})", self.type_of(property));
                    self.choice(&form, &description(property));
                }
                continue;
            }
            let form = match (choice["const"].as_str(), choice["properties"].as_object()) {
                (Some(word), _) => format!("`{word}`"),
                (None, Some(properties)) => self.map(properties),
                (None, None) if words.is_empty() => self.type_of(&choice),
                (None, None) => words.join(", "),
            };
            let what = if choice == *definition { String::new() } else { description(&choice) };
            self.choice(&form, &what);
        }
    }

    fn choice(&mut self, form: &str, what: &str) {
        let colon = if what.is_empty() { "" } else { ": " };
        self.line(&format!("- {form}{colon}{what}"));
    }

    /// `{error: text}`
    fn map(&mut self, properties: &serde_json::Map<String, Json>) -> String {
        let field = |(name, property): (&String, &Json)| match property["properties"].as_object() {
            Some(inner) => format!("`{name}` with {}", self.map(inner)),
            None => format!("`{name}` ({})", self.type_of(property)),
        };
        properties.iter().map(field).collect::<Vec<_>>().join(", ")
    }
}

/// The name of the type that a schema refers to.
fn name_of(schema: &Json) -> Option<String> {
    schema["$ref"].as_str()?.rsplit('/').next().map(str::to_owned)
}

/// A description on one line.
fn description(schema: &Json) -> String {
    let words = schema["description"].as_str().unwrap_or_default();
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What the table says of a verb, as sentences.
fn facts(row: &Row) -> Vec<String> {
    let mut facts = Vec::new();
    facts.extend(row.kind.map(|kind| format!("Outcome: {}.", words(kind))));
    if let Some(drivers) = row.drivers {
        let names: Vec<String> = drivers.iter().map(|driver| format!("`{}`", driver.name())).collect();
        facts.push(format!("Drivers: {}.", names.join(", ")));
    }
    facts.extend(row.facts.iter().filter_map(|fact| fact_words(*fact)).map(str::to_owned));
    facts
}

fn fact_words(fact: Fact) -> Option<&'static str> {
    match fact {
        Fact::FreshProcess => Some("Its case needs `fresh_process: true`."),
        Fact::CountingAllocator => Some("Needs `config: malloc`."),
        Fact::Outermost => {
            Some("Not inside `sweep`, `power_loss`, `schedule`, `threads`, `least_memory` and `damage`.")
        }
        Fact::StartsLibrary => Some("The library is not started for its case."),
        Fact::EndsProcess => Some("Not inside a block."),
        Fact::Iterates | Fact::UsesFiles => None,
    }
}

fn words(kind: Kind) -> &'static str {
    match kind {
        Kind::Code => "code",
        Kind::Row => "row",
        Kind::Rows => "rows",
        Kind::Records => "what the records say",
        Kind::Value => "value",
        Kind::Quantity => "size",
        Kind::Growth => "size, how much something grows per 1,000 iterations",
        Kind::Counts => "rows of sizes",
        Kind::Sweep => "codes",
    }
}
