//! Numbers as people read them.

/// The word that goes with a number.
pub fn plural<'a>(n: usize, one: &'a str, many: &'a str) -> &'a str {
    if n == 1 { one } else { many }
}

/// A number and the word that goes with it: `1 build`, `1,722 builds`.
pub fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{} {}", thousands(n as i64), plural(n, one, many))
}

/// A whole number with its thousands apart: `12,500`.
pub fn thousands(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let grouped: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    format!("{}{}", if n < 0 { "-" } else { "" }, grouped.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(thousands(-1_234_567), "-1,234,567");
        assert_eq!(thousands(999), "999");
        assert_eq!(counted(1_722, "case", "cases"), "1,722 cases");
        assert_eq!(counted(1, "case", "cases"), "1 case");
    }
}
