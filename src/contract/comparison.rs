//! What `compare` says.

use std::collections::BTreeMap;

use super::expect::Operator;

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
