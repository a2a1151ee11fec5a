//! Comparisons of numbers: what `compare` says, and what a number is promised to be.

use std::collections::BTreeMap;

use super::verb::Check;

/// An operator between two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `>=`
    GreaterOrEqual,
    /// `>`
    Greater,
}

impl Operator {
    /// The operator at the beginning of a text, and the rest.
    pub fn strip(text: &str) -> Option<(Self, &str)> {
        let operators = [
            ("<=", Self::LessOrEqual),
            (">=", Self::GreaterOrEqual),
            ("==", Self::Equal),
            ("!=", Self::NotEqual),
            ("<", Self::Less),
            (">", Self::Greater),
        ];
        operators.into_iter().find_map(|(mark, operator)| Some((operator, text.strip_prefix(mark)?)))
    }

    /// Whether `left operator right`.
    pub fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Equal => left == right,
            Self::NotEqual => left != right,
            Self::GreaterOrEqual => left >= right,
            Self::Greater => left > right,
        }
    }
}

/// `<= 65536`: what a number is promised to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bound {
    operator: Operator,
    number: f64,
}

impl Bound {
    /// Reads a bound.
    pub fn parse(text: &str) -> Option<Self> {
        let (operator, number) = Operator::strip(text.trim())?;
        Some(Self { operator, number: number.trim().replace('_', "").parse().ok()? })
    }

    /// Whether a number is within it.
    pub fn holds(self, number: f64) -> bool {
        self.operator.holds(number, self.number)
    }
}

/// `after <= before + 4096`: saved outcomes and numbers, with sums and differences on either side.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    left: Vec<Term>,
    operator: Operator,
    right: Vec<Term>,
}

#[derive(Debug, Clone, PartialEq)]
struct Term {
    negative: bool,
    operand: Operand,
}

#[derive(Debug, Clone, PartialEq)]
enum Operand {
    Name(String),
    Number(f64),
}

impl Comparison {
    /// Reads a comparison.
    pub fn parse(text: &str) -> Option<Self> {
        let at = text.find(['<', '>', '=', '!'])?;
        let (operator, right) = Operator::strip(&text[at..])?;
        Some(Self { left: terms(&text[..at])?, operator, right: terms(right)? })
    }

    /// Whether it holds, given the saved numbers; `None` when one is no number.
    pub fn holds(&self, saved: &BTreeMap<String, f64>) -> Option<bool> {
        let sum = |terms: &[Term]| {
            terms.iter().try_fold(0.0, |sum, term| {
                let value = match &term.operand {
                    Operand::Name(name) => *saved.get(name)?,
                    Operand::Number(n) => *n,
                };
                Some(if term.negative { sum - value } else { sum + value })
            })
        };
        Some(self.operator.holds(sum(&self.left)?, sum(&self.right)?))
    }

    /// The saved names that it uses.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.left.iter().chain(&self.right).filter_map(|term| match &term.operand {
            Operand::Name(name) => Some(name.as_str()),
            Operand::Number(_) => None,
        })
    }
}

impl Check {
    /// What was expected and what came, where it does not hold.
    pub fn broken(&self, saved: &BTreeMap<String, f64>) -> Option<(String, String)> {
        let Self::Compare(text) = self;
        let comparison = Comparison::parse(text)?;
        let known = comparison.names().map(|name| match saved.get(name) {
            Some(number) => format!("{name} = {number}"),
            None => format!("{name} is no number"),
        });
        let actual = known.collect::<Vec<_>>().join(", ");
        (comparison.holds(saved) != Some(true)).then(|| (text.clone(), actual))
    }
}

fn terms(text: &str) -> Option<Vec<Term>> {
    let mut terms = Vec::new();
    let mut negative = false;
    let mut want_operand = true;
    for word in text.split_whitespace() {
        match word {
            "+" | "-" if !want_operand => {
                negative = word == "-";
                want_operand = true;
            }
            word if want_operand => {
                terms.push(Term { negative, operand: operand(word)? });
                want_operand = false;
            }
            _ => return None,
        }
    }
    (!want_operand).then_some(terms)
}

fn operand(word: &str) -> Option<Operand> {
    if word.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
        return word.replace('_', "").parse().ok().map(Operand::Number);
    }
    let is_name = word.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    is_name.then(|| Operand::Name(word.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparisons_add_and_subtract() {
        let saved = BTreeMap::from([("after".to_owned(), 5000.0), ("before".to_owned(), 1000.0)]);
        let holds = |text| Comparison::parse(text).unwrap().holds(&saved);
        assert_eq!(holds("after <= before + 4000"), Some(true));
        assert_eq!(holds("after - before < 4_000"), Some(false));
        assert_eq!(holds("after == nobody"), None);
        for wrong in ["after", "after <=", "<= before", "a b <= c", "after <= before +"] {
            assert_eq!(Comparison::parse(wrong), None, "{wrong}");
        }
    }
}
