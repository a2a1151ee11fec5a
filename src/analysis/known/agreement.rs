//! How well a change on record agrees with what a program meets: in its values, its errors, its rows, or its plan.

use std::collections::BTreeSet;

use super::changed::{ChangedStep, Class, Sort};
use crate::analysis::replay::{Group, LINE_ENDS};
use crate::outcome::replayed::Kind;

/// How well two changes agree; what agrees less is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Agreement {
    /// Nothing speaks against it, and nothing for it but what both use.
    Possible,
    /// They change in the same way.
    SameWay,
    /// They change from and to the same.
    SameText,
}

/// How the two sides of a group are to be read.
#[derive(Debug, Clone)]
pub(super) enum Sides {
    /// A value that changes.
    Value { was: String, is: String, classes: (Class, Class) },
    /// The number of rows, or their order.
    Rows(Kind),
    /// What fails, by its form; nothing of a side that does not.
    Errors(Option<String>, Option<String>),
    /// The lines of two plans.
    Plans(BTreeSet<String>, BTreeSet<String>),
    /// Nothing is said of them.
    Other,
}

impl Sides {
    /// Those of a group; nothing where its sides do not say enough to compare with.
    pub(super) fn of(group: &Group) -> Option<Self> {
        // How often they differ changes, or where they first do: which value became which is not said.
        if group.is_of_counts() {
            return None;
        }
        let error = |did: &str| crate::analysis::replay::error(did).map(form);
        let lines = |plan: &str| words_of_plan(plan.split(LINE_ENDS));
        Some(match group.kind {
            Kind::Value => {
                let classes = Class::of_read(&group.was).zip(Class::of_read(&group.is))?;
                Self::Value { was: bare(&group.was), is: bare(&group.is), classes }
            }
            Kind::Rows | Kind::Order => Self::Rows(group.kind),
            Kind::Error | Kind::Code => Self::Errors(error(&group.was), error(&group.is)),
            Kind::Plan => {
                let (was, is) = (lines(&group.was), lines(&group.is));
                Self::Plans(&was - &is, &is - &was)
            }
            _ => Self::Other,
        })
    }

    /// How well a step that changes agrees; nothing where it changes otherwise.
    pub(super) fn agree(&self, step: &ChangedStep) -> Option<Agreement> {
        match self {
            Self::Value { was, is, classes } => {
                let (before, after) = step.value.as_ref()?;
                let own = Class::of(before).zip(Class::of(after))?;
                let is_same = (bare(before), bare(after)) == (was.clone(), is.clone());
                // A program that reads a number as text meets the number's text.
                let is_text_of_number = own == (Class::Real, Class::Real) && is_number(was) && is_number(is);
                if own != *classes && !is_text_of_number {
                    return None;
                }
                let both_numbers = [own.0, own.1].iter().all(|class| *class == Class::Real);
                let form_of =
                    |was: &str, is: &str| (*classes == (Class::Text, Class::Text)).then(|| Form::of(was, is));
                let is_alike = is_text_of_number || form_of(was, is) == form_of(&bare(before), &bare(after));
                Some(match (is_same, both_numbers) {
                    (true, _) => Agreement::SameText,
                    (false, true) => nearness((before, after), (was, is))?,
                    (false, false) if is_alike => Agreement::SameWay,
                    (false, false) => return None,
                })
            }
            Self::Rows(kind) => Some(match is_of_rows(step) == Some(*kind) {
                true => Agreement::SameWay,
                // Rows may change because a value does.
                false => Agreement::Possible,
            }),
            Self::Errors(was, is) => {
                let form_of = |lines: &[String]| lines.iter().find_map(|line| failure(line)).map(form);
                let (before, after) = (form_of(&step.before), form_of(&step.after));
                ((&before, &after) == (was, is)).then_some(Agreement::SameWay)
            }
            Self::Plans(lost, gained) => {
                let (before, after) = (words_of_plan(lines(&step.before)), words_of_plan(lines(&step.after)));
                let (own_lost, own_gained) = (&before - &after, &after - &before);
                (own_lost == *lost && own_gained == *gained && !(lost.is_empty() && gained.is_empty()))
                    .then_some(Agreement::SameWay)
            }
            Self::Other => (step.sort != Sort::Plan).then_some(Agreement::Possible),
        }
    }
}

/// How well a value that changes agrees with a step that changes.
pub(in crate::analysis) fn of_values(was: &str, is: &str, step: &ChangedStep) -> Option<Agreement> {
    let classes = Class::of(was).zip(Class::of(is))?;
    Sides::Value { was: bare(was), is: bare(is), classes }.agree(step)
}

/// The words of a text that says something to people, without names and numbers; nothing of any other text.
pub(in crate::analysis) fn words_of_message(shown: &str) -> Option<Vec<&str>> {
    const FEWEST: usize = 3;
    let is_word = |word: &&str| word.len() > 1 && word.chars().all(|c| c.is_ascii_alphabetic() || c == '-');
    let words: Vec<&str> = shown
        .trim_matches('"')
        .split(' ')
        .map(|it| it.trim_end_matches([',', ':']))
        .filter(is_word)
        .collect();
    (words.len() >= FEWEST).then_some(words)
}

/// Whether two texts are the same but for quotes and what stands before these: what one has as JSON, the other has as a text.
pub(in crate::analysis) fn is_json_but_for_quotes(was: &str, is: &str) -> bool {
    let bare = |text: &str| text.replace(['"', '\\'], "");
    was != is && bare(was) == bare(is)
}

fn lines(shown: &[String]) -> impl Iterator<Item = &str> {
    shown.iter().map(String::as_str)
}

/// How a text becomes another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// One number becomes another.
    Number,
    /// Small letters become large ones, or the other way round.
    Letters,
    /// The digits change, as those of a date.
    Digits,
    Other,
}

impl Form {
    fn of(was: &str, is: &str) -> Self {
        let without_digits = |text: &str| text.replace(|c: char| c.is_ascii_digit(), "0");
        match (is_number(was) && is_number(is), was.eq_ignore_ascii_case(is)) {
            (true, _) => Self::Number,
            (false, true) => Self::Letters,
            (false, false) if without_digits(was) == without_digits(is) => Self::Digits,
            (false, false) => Self::Other,
        }
    }
}

/// Whether a text is what SQLite writes for a real.
fn is_number(text: &str) -> bool {
    text.contains(['.', 'e']) && text.parse::<f64>().is_ok_and(f64::is_finite)
}

/// A shown text without its quotes: transcripts have double ones, replays single ones.
fn bare(shown: &str) -> String {
    let quoted = |quote| shown.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    quoted('"').or_else(|| quoted('\'')).unwrap_or(shown).to_owned()
}

/// Whether two changes of numbers are of the same order, by themselves or beside the numbers: a cent is another change than the last
/// digit. Nothing where one gains or loses the last digits of a double, and the other does not: that is another change of SQLite.
fn nearness(own: (&str, &str), other: (&str, &str)) -> Option<Agreement> {
    const NEAR: f64 = 1.5;
    let change = |(was, is): (&str, &str)| -> Option<[f64; 2]> {
        let (was, is): (f64, f64) = (was.parse().ok()?, is.parse().ok()?);
        let change = (was - is).abs();
        let relative = change / was.abs().max(is.abs());
        (change.is_finite() && change > 0.0).then(|| [change.log10(), relative.log10()])
    };
    let form = |(was, is): (&str, &str)| (has_last_digits(was), has_last_digits(is));
    if form(own) != form(other) {
        return None;
    }
    let is_near = |(own, other): (&f64, &f64)| (own - other).abs() <= NEAR;
    Some(match change(own).zip(change(other)) {
        Some((own, other)) if own.iter().zip(&other).any(is_near) => Agreement::SameWay,
        _ => Agreement::Possible,
    })
}

/// Whether a number is written with more digits than every double keeps.
fn has_last_digits(number: &str) -> bool {
    const KEPT: usize = 15;
    let mantissa = number.split(['e', 'E']).next().unwrap_or_default();
    let digits = mantissa.chars().filter(char::is_ascii_digit).skip_while(|digit| *digit == '0');
    digits.count() > KEPT
}

/// Whether a step changes in its rows, and how.
fn is_of_rows(step: &ChangedStep) -> Option<Kind> {
    let sorted = |rows: &[String]| {
        let mut rows = rows.to_vec();
        rows.sort();
        rows
    };
    match step.before.len() == step.after.len() {
        false => Some(Kind::Rows),
        true if sorted(&step.before) == sorted(&step.after) => Some(Kind::Order),
        true => None,
    }
}

fn failure(line: &str) -> Option<&str> {
    crate::analysis::replay::error(line)
}

/// An error without the names in it: `ERROR: no such function`, `ERROR: near ?: syntax error`.
pub(in crate::analysis) fn form(error: &str) -> String {
    let mut parts = error.split(": ");
    let code = parts.next().unwrap_or_default();
    let is_words = |part: &&str| part.contains(' ');
    let unquoted = |part: &str| {
        let mut is_quoted = false;
        part.chars()
            .filter_map(|c| {
                let is_mark = matches!(c, '"' | '\'' | '`');
                is_quoted ^= is_mark;
                match (is_mark, is_quoted) {
                    (true, true) => Some('?'),
                    (true, false) | (false, true) => None,
                    (false, false) => Some(c),
                }
            })
            .collect::<String>()
    };
    std::iter::once(code.to_owned())
        .chain(parts.filter(is_words).map(unquoted))
        .collect::<Vec<_>>()
        .join(": ")
}

/// What the lines of a plan say beside names: `SCAN`, `USE TEMP B-TREE FOR ORDER BY`.
fn words_of_plan<'a>(lines: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    let is_word = |word: &&str| {
        word.len() > 1
            && word.chars().all(|c| c.is_ascii_uppercase() || c == '-')
            && !matches!(*word, "AND" | "OR")
    };
    let lines = lines.map(|line| line.trim_matches('"').split_whitespace().filter(is_word));
    let words = lines.map(|words| words.collect::<Vec<_>>().join(" "));
    words.filter(|words| !words.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(before: &[&str], after: &[&str], values: Option<(&str, &str)>) -> ChangedStep {
        let owned = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
        ChangedStep {
            words: BTreeSet::new(),
            row: String::new(),
            text: String::new(),
            sort: Sort::Silent,
            classes: Vec::new(),
            value: values.map(|(was, is)| (was.to_owned(), is.to_owned())),
            before: owned(before),
            after: owned(after),
        }
    }

    fn sides(kind: Kind, was: &str, is: &str) -> Sides {
        let (statement, known) = ("select 1".to_owned(), Vec::new());
        let (was, is) = (was.to_owned(), is.to_owned());
        Sides::of(&Group { kind, statement, count: 1, first: None, was, is, known }).unwrap()
    }

    #[test]
    fn values_agree_by_their_text_or_by_how_far_they_go() {
        let cents = step(&["34.78"], &["34.77"], Some(("34.78", "34.77")));
        let agree = |was, is| sides(Kind::Value, was, is).agree(&cents);
        assert_eq!(agree("34.78", "34.77"), Some(Agreement::SameText));
        assert_eq!(agree("0.29", "0.28"), Some(Agreement::SameWay));
        assert_eq!(agree("2205975.49", "2205.98"), Some(Agreement::Possible));
        assert_eq!(agree("2205.9749999999995", "2205.975"), None, "other digits change");
        assert_eq!(agree("0.29", "NULL"), None);
        assert_eq!(agree("'34.78'", "'34.77'"), Some(Agreement::SameText), "a number that is read as text");
        assert_eq!(agree("'0.29'", "'0.28'"), Some(Agreement::SameWay));
        assert_eq!(agree("'24:00:00'", "'00:00:00'"), None);
        assert_eq!(agree("x'33'", "x'34'"), None);
        let text = step(&["\"a\""], &["\"b\""], Some(("\"a\"", "\"b\"")));
        assert_eq!(sides(Kind::Value, "'a'", "'b'").agree(&text), Some(Agreement::SameText));
        assert_eq!(sides(Kind::Value, "'c'", "'d'").agree(&text), Some(Agreement::SameWay));
        for (was, is) in
            [("'integer'", "'INTEGER'"), ("'1.0e+15'", "'1000000000000000.3'"), ("'24:00'", "'00:00'")]
        {
            assert_eq!(sides(Kind::Value, was, is).agree(&text), None, "{was} becomes {is} otherwise");
        }
    }

    #[test]
    fn a_text_for_people_has_words_without_names_and_numbers() {
        let said = "\"fts5: corruption found reading blob 137438953473 from table \\\"f\\\"\"";
        let words = ["corruption", "found", "reading", "blob", "from", "table"];
        assert_eq!(words_of_message(said).unwrap(), words);
        assert_eq!(words_of_message("\"ok\""), None);
    }

    #[test]
    fn json_that_becomes_a_text_gets_quotes() {
        assert!(is_json_but_for_quotes("\"[{\\\"a\\\":1}]\"", "\"[\\\"{\\\\\\\"a\\\\\\\":1}\\\"]\""));
        assert!(
            !is_json_but_for_quotes("\"[1]\"", "\"[2]\"") && !is_json_but_for_quotes("\"[1]\"", "\"[1]\"")
        );
    }

    #[test]
    fn errors_agree_by_their_words_without_names() {
        let lacks = step(&["ERROR: no such function: unhex"], &["1"], None);
        let agree = |was, is| sides(Kind::Error, was, is).agree(&lacks);
        assert_eq!(agree("ERROR: no such function: iif", "OK"), Some(Agreement::SameWay));
        assert_eq!(agree("ERROR: no such column: a", "OK"), None);
        assert_eq!(agree("OK", "ERROR: no such function: iif"), None);
        assert_eq!(form("ERROR: near \"RETURNING\": syntax error"), "ERROR: near ?: syntax error");
        assert_eq!(form("CONSTRAINT: UNIQUE constraint failed: t.a"), "CONSTRAINT: UNIQUE constraint failed");
    }

    #[test]
    fn rows_and_plans_agree_by_what_is_lost_and_gained() {
        let order = step(&["1", "2"], &["2", "1"], None);
        assert_eq!(sides(Kind::Order, "1", "2").agree(&order), Some(Agreement::SameWay));
        assert_eq!(sides(Kind::Rows, "2 rows", "1 row").agree(&order), Some(Agreement::Possible));
        let plan = step(&["\"SCAN t\"", "\"USE TEMP B-TREE FOR ORDER BY\""], &["\"SCAN t\""], None);
        let agree = |was, is| sides(Kind::Plan, was, is).agree(&plan);
        assert_eq!(agree("SCAN item; USE TEMP B-TREE FOR ORDER BY", "SCAN item"), Some(Agreement::SameWay));
        assert_eq!(agree("SCAN item", "SEARCH item USING INDEX a"), None);
    }
}
