//! Expressions with more parts than some build allows.

use super::feature::feature;
use super::{Generator, Tree};

impl Generator {
    /// An expression with as many parts as some build allows and another does not.
    pub(super) fn deep(&mut self) -> Tree {
        let count = self.one_of(&[20, 40, 60, 90, 110, 126, 127, 128, 900, 999, 1000, 1001, 1100]);
        let (before, one, between, after) = self.one_of(&[
            ("(", "1", "", ")"),
            ("(SELECT ", "1", "", ")"),
            ("abs(", "1", "", ")"),
            ("max(", "1", ", 1", ")"),
            ("json_array(", "1", ", 1", ")"),
            ("printf('%d'", ", 1", ", 1", ")"),
            ("", "1", " + 1", ""),
            ("", "1", " AND 1", ""),
            ("", "1", " OR 0", ""),
            ("", "'a'", " || 'a'", ""),
            ("-", "1", "", ""),
            ("CASE WHEN 1 THEN ", "1", "", " END"),
            ("", "1", " UNION ALL SELECT 1", ""),
            ("", "1", ", 1", ""),
        ]);
        let times = |text: &str, is_nested: bool| text.repeat(if is_nested { count } else { 1 });
        let is_nested = between.is_empty();
        let (before, after) = (times(before, is_nested), times(after, is_nested));
        let text = format!("{before}{one}{}{after}", between.repeat(if is_nested { 0 } else { count }));
        let feature = feature(&format!("{}{between}", text.split_inclusive('(').next().unwrap_or_default()));
        Tree::fixed(format!("{feature} of {count}"), text, Vec::new())
    }
}
