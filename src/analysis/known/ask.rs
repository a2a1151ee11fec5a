//! Which cases may know why a statement of a program does something else: those that change in the same way over the
//! innermost of what it uses.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::agreement::{Agreement, Sides};
use super::changed::{ChangedStep, Class, Sort, changed, words_of};
use super::words::{Needs, SUBQUERY, has_word, words};
use crate::analysis::replay::{Group, result_column};
use crate::contract::Case;
use crate::outcome::replayed::Kind;
use crate::record::transcript::Transcript;

/// What is asked of the catalogue about calls that do something else.
#[derive(Debug, Clone)]
pub struct Ask {
    /// What may make the change, each alone.
    needs: Vec<Needs>,
    sorts: &'static [Sort],
    sides: Sides,
    /// What an error says that the library does not know.
    lacking: Option<String>,
}

/// How a case changes between two builds.
#[derive(Debug, Clone)]
pub struct Drift {
    /// The words of all its steps.
    all: BTreeSet<String>,
    steps: Vec<ChangedStep>,
}

impl Drift {
    /// What differs between what a case did on the old build and on the new one.
    pub fn of(case: &Case, from: &Transcript, to: &Transcript) -> Self {
        Self { all: words_of(case), steps: changed(from, to) }
    }

    /// Whether this step, behind its row, is among those that change.
    pub(super) fn has(&self, (row, text): &(String, String)) -> bool {
        self.steps.iter().any(|step| step.row == *row && step.text == *text)
    }
}

/// A case that may know it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fit {
    /// How well the changes agree, the best first.
    pub agreement: Reverse<Agreement>,
    /// How many words the shortest step has that changes so: the fewer, the less is it about anything else.
    pub words: usize,
    /// What both use: `round`.
    pub over: String,
    /// That step, behind the row of `with` that it belongs to.
    pub step: (String, String),
}

impl Ask {
    /// What may explain a group; nothing where nothing on record is of its kind, or its statement uses nothing that could
    /// be asked for.
    pub fn of(group: &Group) -> Option<Self> {
        let sorts = sorts(group);
        let sides = Sides::of(group)?;
        let lacking = lacking(&group.was).or_else(|| lacking(&group.is));
        let mut needs = match &lacking {
            Some(word) => vec![Needs::together([word.clone()])],
            None => used(group),
        };
        let is_other = |class| class != Class::Integer;
        if matches!(sides, Sides::Value { classes: (was, is), .. } if is_other(was) && is_other(is)) {
            needs.retain(|needs| !needs.all().any(|word| OF_INTEGERS.contains(&word.as_str())));
        }
        (!sorts.is_empty() && !needs.is_empty()).then_some(Self { needs, sorts, sides, lacking })
    }

    /// Whether a contract with this text in small letters has the words at all.
    pub fn may_be_in(&self, text: &str) -> bool {
        self.needs.iter().any(|needs| needs.all().all(|word| has_word(text, word)))
    }

    /// How a case that changes so fits; nothing where it does not.
    pub fn fit(&self, drift: &Drift) -> Option<Fit> {
        let steps = drift.steps.iter().filter(|step| self.sorts.contains(&step.sort));
        let fits = steps.filter_map(|step| {
            let agreement = self.sides.agree(step)?;
            let needs = self.needs.iter().find(|needs| needs.are_in(&step.words, &drift.all))?;
            if !self.is_about(step, needs, agreement) {
                return None;
            }
            let over = needs.all().cloned().collect::<Vec<_>>().join(" ");
            let step_itself = (step.row.clone(), step.text.clone());
            Some(Fit { agreement: Reverse(agreement), words: step.words.len(), over, step: step_itself })
        });
        fits.min()
    }

    /// Whether what the step is about is what the statement uses: a step that calls more, innermost, may change for the sake of
    /// that. Where nothing is called, the clauses are to be the same, and the change too.
    fn is_about(&self, step: &ChangedStep, needs: &Needs, agreement: Agreement) -> bool {
        if let Some(word) = &self.lacking {
            let says = |line: &String| lacking(line).as_ref() == Some(word);
            return step.before.iter().chain(&step.after).any(says);
        }
        let own = innermost(&step.text);
        match own.first().is_some_and(Needs::is_call) {
            true => own.iter().all(|own| self.needs.iter().any(|needs| needs.is(own))),
            false => own.iter().any(|own| own.is(needs)) && agreement > Agreement::Possible,
        }
    }
}

/// What the value of a group uses: its column alone, where that calls something.
fn used(group: &Group) -> Vec<Needs> {
    let column = group.column().and_then(|column| result_column(&group.statement, column));
    let of_column = column.map(innermost).filter(|needs| needs.iter().any(Needs::is_call));
    of_column.unwrap_or_else(|| innermost(&group.statement))
}

/// How a step on record changes that may be the same.
fn sorts(group: &Group) -> &'static [Sort] {
    let fails = |did: &str| crate::analysis::replay::error(did).is_some();
    match group.kind {
        Kind::Value | Kind::Rows | Kind::Order | Kind::CalledOtherwise => &[Sort::Silent],
        Kind::Error if fails(&group.was) && fails(&group.is) => &[Sort::BothFail],
        Kind::Error => &[Sort::OneFails],
        Kind::Code => &[Sort::BothFail],
        Kind::Plan => &[Sort::Plan],
        Kind::Crash => &[Sort::Crash],
        Kind::Hang | Kind::Missing | Kind::Random | Kind::Work | Kind::Leak | Kind::Memory => &[],
    }
}

/// What an error says that the library does not know: the name of a function, with these arguments, or of a module, or the word
/// at which reading ended.
pub(in crate::analysis) fn lacking(said: &str) -> Option<String> {
    let name = |before: &str| {
        let (_, rest) = said.split_once(before)?;
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        (end > 0).then(|| rest[..end].to_ascii_lowercase())
    };
    let before =
        ["no such function: ", "unknown function: ", "no such module: ", "arguments to function ", "near \""];
    before.into_iter().find_map(name)
}

/// Words before a parenthesis that call nothing.
const NO_CALLS: [&str; 27] = [
    "values",
    "in",
    "as",
    "over",
    "filter",
    "check",
    "key",
    "unique",
    "conflict",
    "using",
    "exists",
    "and",
    "or",
    "not",
    "select",
    "where",
    "on",
    "by",
    "from",
    "join",
    "set",
    "when",
    "then",
    "else",
    "default",
    "materialized",
    "limit",
];
/// Words after which a name is one of a table or an index.
const BEFORE_NAMES: [&str; 9] =
    ["into", "table", "index", "on", "references", "view", "with", "recursive", "exists"];
/// Functions that return an integer whatever they are given: another value is not theirs.
const OF_INTEGERS: [&str; 9] = [
    "count",
    "length",
    "instr",
    "unicode",
    "changes",
    "total_changes",
    "last_insert_rowid",
    "row_number",
    "octet_length",
];
/// Clauses and operators that say what a statement without calls is about.
const TELLING: [&str; 20] = [
    "distinct",
    "union",
    "intersect",
    "except",
    "group",
    "having",
    "like",
    "glob",
    "collate",
    "returning",
    "recursive",
    "pragma",
    "between",
    "conflict",
    "left",
    "full",
    "right",
    "natural",
    "regexp",
    "match",
];

/// The calls of a statement in whose arguments nothing is called, each alone; the clauses together where there are none.
pub(in crate::analysis) fn innermost(statement: &str) -> Vec<Needs> {
    let tokens: Vec<String> = words(statement).collect();
    let calls = calls(&tokens);
    if !calls.is_empty() {
        return calls.into_iter().map(Needs::call).collect();
    }
    let clauses: BTreeSet<String> =
        tokens.into_iter().filter(|token| TELLING.contains(&token.as_str())).collect();
    if clauses.is_empty() { Vec::new() } else { vec![Needs::together(clauses)] }
}

/// The calls of functions of JSON in whose arguments there is a query, each with that together: whether its value is JSON
/// depends on the two.
pub(in crate::analysis) fn json_of_queries(statement: &str) -> Vec<Needs> {
    let tokens: Vec<String> = words(statement).collect();
    let mut open: Vec<Option<&String>> = Vec::new();
    let mut found = BTreeSet::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.as_str() {
            "(" => open.push((at > 0 && is_call(&tokens, at - 1)).then(|| &tokens[at - 1])),
            ")" => drop(open.pop()),
            SUBQUERY => found.extend(open.iter().rev().find_map(|name| *name)),
            _ => {}
        }
    }
    let of_json = found.into_iter().filter(|name| name.starts_with("json"));
    of_json.map(|name| Needs::together([name.clone(), SUBQUERY.to_owned()])).collect()
}

/// The words of each innermost call: its name; of a cast also the type.
fn calls(tokens: &[String]) -> BTreeSet<Vec<String>> {
    let mut open: Vec<Option<usize>> = Vec::new();
    let mut found = BTreeSet::new();
    // Where the last call began that has ended: one around it is not innermost.
    let mut last = None;
    for (at, token) in tokens.iter().enumerate() {
        match token.as_str() {
            "(" => open.push((at > 0 && is_call(tokens, at - 1)).then(|| at - 1)),
            ")" => {
                let Some(Some(name)) = open.pop() else { continue };
                if last.is_none_or(|last| last < name) {
                    found.insert(words_of_call(&tokens[name..at]));
                }
                last = Some(name.max(last.unwrap_or(0)));
            }
            _ => {}
        }
    }
    found
}

pub(super) fn is_call(tokens: &[String], at: usize) -> bool {
    let name = tokens[at].as_str();
    let before = if at > 0 { tokens[at - 1].as_str() } else { "" };
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && !NO_CALLS.contains(&name)
        && !BEFORE_NAMES.contains(&before)
}

fn words_of_call(call: &[String]) -> Vec<String> {
    match (call.first().map(String::as_str), call.last()) {
        (Some("cast"), Some(kind)) => vec!["cast".to_owned(), "as".to_owned(), kind.clone()],
        _ => call.first().cloned().into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Contract;

    #[test]
    fn a_value_of_another_class_is_another_change() {
        let case =
            &Contract::of_sql(&crate::diagnostic::SourceText::new("x", "SELECT f('')")).unwrap().cases[0];
        let [old, new] = ["query SELECT f('') → NULL", "query SELECT f('') → \"\""].map(Transcript::from);
        let drift = Drift::of(case, &old, &new);
        let fits =
            |was, is| Ask::of(&group(Kind::Value, "select f(?)", was, is)).unwrap().fit(&drift).is_some();
        assert!(fits("NULL", "''") && fits("type NULL", "type TEXT"));
        assert!(!fits("'0.29'", "'0.28'"));
        let counts = |was, is| Ask::of(&group(Kind::Value, "select count(*) from t", was, is)).is_some();
        assert!(counts("1", "2") && !counts("0.29", "0.28"));
    }

    fn group(kind: Kind, statement: &str, was: &str, is: &str) -> Group {
        let known = Vec::new();
        let (was, is) = (was.to_owned(), is.to_owned());
        Group { kind, statement: statement.to_owned(), count: 1, first: None, was, is, known }
    }

    fn over(statement: &str) -> Vec<String> {
        innermost(statement).iter().map(|needs| needs.all().cloned().collect::<Vec<_>>().join(" ")).collect()
    }

    /// What a step that changes says of a group.
    fn fit(sql: &str, sides: [&str; 2], group: &Group) -> Option<Fit> {
        let contract = Contract::of_sql(&crate::diagnostic::SourceText::new("x", sql)).unwrap();
        let [old, new] = sides.map(|did| Transcript::from(format!("query {sql} → {did}").as_str()));
        Ask::of(group)?.fit(&Drift::of(&contract.cases[0], &old, &new))
    }

    #[test]
    fn a_step_that_is_about_something_else_too_does_not_fit() {
        let sum = group(Kind::Value, "select sum(price) from item", "2205.97", "2205.98");
        assert!(fit("SELECT sum(a) FROM t", ["1.23", "1.24"], &sum).is_some());
        let json = "SELECT sum(value) FROM json_each('[1.1]')";
        assert_eq!(fit(json, ["1.23", "1.24"], &sum), None);
        let both = group(Kind::Value, "select sum(value) from json_each(?)", "2205.97", "2205.98");
        assert_eq!(fit(json, ["1.23", "1.24"], &both).unwrap().agreement.0, Agreement::SameWay);
        let last_digit = group(Kind::Value, "select sum(price) from item", "0.30000000000000004", "0.3");
        assert_eq!(fit("SELECT sum(a) FROM t", ["1.23", "1.24"], &last_digit), None);
    }

    #[test]
    fn a_column_is_asked_for_what_it_calls_itself() {
        let of = |column: &str| {
            let mut group =
                group(Kind::Value, "select id, round(a, ?), time(b) from t", "'34.78'", "'34.77'");
            group.first = Some(format!("call 7{column}"));
            fit("SELECT round(34.775, 2)", ["34.78", "34.77"], &group)
        };
        assert!(of("").is_some() && of(", column 2").is_some());
        // It calls nothing: what else the statement calls may decide it.
        assert!(of(", column 1").is_some());
        assert_eq!(of(", column 3"), None);
    }

    #[test]
    fn clauses_alone_are_no_cause_unless_they_are_the_same_and_change_in_the_same_way() {
        let rows = |statement| group(Kind::Rows, statement, "2 rows", "1 row");
        let sql = "SELECT DISTINCT a FROM t";
        assert!(fit(sql, ["1", "no rows"], &rows("select distinct b from u")).is_none());
        let values = group(Kind::Value, "select distinct b from u", "'a'", "'b'");
        assert!(fit(sql, ["\"a\"", "\"b\""], &values).is_some());
        let more = group(Kind::Value, "select distinct b from u group by b", "'a'", "'b'");
        assert!(fit(sql, ["\"a\"", "\"b\""], &more).is_none());
    }

    #[test]
    fn the_innermost_calls_are_asked_for_or_else_the_clauses() {
        assert_eq!(over("select round(sum(a), ?), abs(b) from t where c in (?)"), ["abs", "sum"]);
        assert_eq!(over("select cast(a as text) from t"), ["as cast text"]);
        assert_eq!(over("insert into t(a) values(?)"), [""; 0]);
        assert_eq!(over("select distinct a from t union select b from u"), ["distinct union"]);
        assert_eq!(over("select upper((select lower(a) from t))"), ["lower"]);
    }

    #[test]
    fn a_function_of_json_is_asked_for_with_the_query_that_it_is_given() {
        let of = |sql: &str| {
            json_of_queries(sql).iter().map(|it| it.all().cloned().collect()).collect::<Vec<Vec<_>>>()
        };
        assert_eq!(of("SELECT json_array(1, (SELECT json_quote(0)))"), [["a subquery", "json_array"]]);
        assert_eq!(of("SELECT json_array((1)), upper((SELECT json(1)))"), [[""; 0]; 0]);
        assert_eq!(of("SELECT json(a) FROM (SELECT 1 AS a)"), [[""; 0]; 0]);
    }

    #[test]
    fn an_error_names_what_is_lacking() {
        assert_eq!(lacking("ERROR: no such function: iif").as_deref(), Some("iif"));
        assert_eq!(lacking("ERROR: near \"RETURNING\": syntax error").as_deref(), Some("returning"));
        assert_eq!(lacking("wrong number of arguments to function iif()").as_deref(), Some("iif"));
        assert_eq!(lacking("ERROR: near \"(\": syntax error"), None);
    }

    #[test]
    fn a_case_fits_that_changes_in_the_same_way_over_the_same_function() {
        let case = &Contract::of_sql(&crate::diagnostic::SourceText::new("x", "SELECT round(1.5)"))
            .unwrap()
            .cases[0];
        let [old, new] =
            ["query SELECT round(1.5) → 2.0", "query SELECT round(1.5) → 1.0"].map(Transcript::from);
        let drift = Drift::of(case, &old, &new);
        let fit = |group: &Group| Ask::of(group)?.fit(&drift);
        let value = |statement| group(Kind::Value, statement, "0.29", "0.28");
        assert_eq!(fit(&value("select round(a, ?) from t")).unwrap().over, "round");
        assert_eq!(fit(&value("select abs(a) from t")), None);
        assert_eq!(fit(&value("select round(sum(a), ?) from t")), None);
        assert_eq!(fit(&group(Kind::Error, "select round(a)", "OK", "ERROR: x")), None);
        assert_eq!(fit(&group(Kind::Work, "select round(a)", "1", "2")), None);
        assert!(Ask::of(&value("select round(a)")).unwrap().may_be_in("select round(1)"));
    }
}
