//! The one conversion in a format of `mprintf`: a wrong type for it would be no error but a crash.

use crate::outcome::value::Value;

/// What type of argument a conversion takes (<https://sqlite.org/printf.html>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conversion {
    /// `%lld`, `%llx`, …: 64 bits
    Integer,
    /// `%f`, `%e`, `%g`, …
    Real,
    /// `%s`, `%q`, `%Q`, `%w`: a text or NULL
    Text,
}

impl Conversion {
    /// The conversion of a format that has exactly one.
    ///
    /// # Errors
    /// Says what is wrong with the format.
    pub fn of(format: &str) -> Result<Self, String> {
        let mut found = None;
        let mut rest = format;
        while let Some((_, after)) = rest.split_once('%') {
            if let Some(after) = after.strip_prefix('%') {
                rest = after;
                continue;
            }
            let spec = after.trim_start_matches(|c: char| "-+ #0,!.".contains(c) || c.is_ascii_digit());
            let (conversion, after) = Self::read(spec)?;
            if found.replace(conversion).is_some() {
                return Err(format!("`{format}` has more than one conversion"));
            }
            rest = after;
        }
        found.ok_or_else(|| format!("`{format}` has no conversion, such as %Q"))
    }

    /// What it shows, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Integer => "an integer",
            Self::Real => "a real",
            Self::Text => "a text or NULL",
        }
    }

    /// Whether it shows a value of this type.
    pub fn shows(self, value: &Value) -> bool {
        matches!(
            (self, value),
            (Self::Integer, Value::Integer(_))
                | (Self::Real, Value::Real(_))
                | (Self::Text, Value::Null | Value::Text(_))
        )
    }

    /// The letters of a conversion, and what follows them.
    fn read(spec: &str) -> Result<(Self, &str), String> {
        let (long, letter) = match spec.strip_prefix("ll") {
            Some(letter) => (true, letter),
            None => (false, spec),
        };
        let mut letters = letter.chars();
        let conversion = match (long, letters.next()) {
            (true, Some('d' | 'i' | 'u' | 'x' | 'X' | 'o')) => Self::Integer,
            (false, Some('d' | 'i' | 'u' | 'x' | 'X' | 'o')) => {
                return Err("integers have 64 bits here: write `ll` before the letter, as in %lld".to_owned());
            }
            (false, Some('f' | 'e' | 'E' | 'g' | 'G')) => Self::Real,
            (false, Some('s' | 'q' | 'Q' | 'w')) => Self::Text,
            _ => return Err(format!("`%{spec}` is none of %s %q %Q %w %lld %llu %llx %llo %f %e %g")),
        };
        Ok((conversion, letters.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_conversion_says_its_type() {
        assert_eq!(Conversion::of("a %Q b"), Ok(Conversion::Text));
        assert_eq!(Conversion::of("100%% %-5.3w"), Ok(Conversion::Text));
        assert_eq!(Conversion::of("%!.17g"), Ok(Conversion::Real));
        assert_eq!(Conversion::of("%,lld"), Ok(Conversion::Integer));
    }

    #[test]
    fn what_would_read_a_wrong_argument_is_refused() {
        for format in ["", "%%", "%d", "%ld", "%s %s", "%n", "%z", "%*d", "%", "%llf", "%é", "%p", "%c"] {
            assert!(Conversion::of(format).is_err(), "{format}");
        }
    }
}
