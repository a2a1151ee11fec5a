//! Suggestions: which known word was most likely meant.

/// No word that somebody mistypes is longer, in bytes; comparing two words takes the product of their lengths.
const LONGEST: usize = 100;
/// Among more known words no suggestion is looked for: a file may name any number of handles.
const MOST: usize = 1000;

/// The word of `known` that `word` was most likely meant to be; `None` when none is similar enough.
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let letters = word.chars().count();
    known
        .iter()
        .take(MOST)
        .filter(|candidate| word.len().max(candidate.len()) <= LONGEST)
        // As many letters as one word has more are wrong at least. It costs little to see that.
        .filter(|candidate| candidate.chars().count().abs_diff(letters) <= most_wrong(word, candidate))
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), *candidate))
        .filter(|(distance, candidate)| *distance <= most_wrong(word, candidate))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many letters may be wrong. One of two is no evidence: `v4` is not meant to be `v1`.
fn most_wrong(word: &str, candidate: &str) -> usize {
    candidate.len().max(word.len()) / 3
}

/// A suggestion where a word is none of `known`: the word that was most likely meant, else the three that are most like
/// it, of how many; nothing where nothing is known.
pub fn suggestion(word: &str, known: &[&str]) -> Option<String> {
    if let Some(near) = nearest(word, known) {
        return Some(format!("did you mean `{near}`?"));
    }
    // Names are short: of a long word the beginning is enough, and comparing all of it would take long.
    let word: String = word.chars().take(100).collect();
    let mut nearest: Vec<&str> = known.to_vec();
    nearest.sort_by_cached_key(|candidate| std::cmp::Reverse(similarity(&word, candidate)));
    let quoted: Vec<String> = nearest.iter().take(3).map(|near| format!("`{near}`")).collect();
    match quoted.as_slice() {
        [] => None,
        _ if known.len() <= 3 => Some(format!("there is {}", quoted.join(", "))),
        _ => Some(format!("the nearest of {} are {}", known.len(), quoted.join(", "))),
    }
}

/// In thousandths.
fn similarity(word: &str, candidate: &str) -> u32 {
    (strsim::jaro_winkler(word, candidate) * 1000.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_word_is_found_and_far_words_are_not() {
        assert_eq!(nearest("exce", &["exec", "query"]), Some("exec"));
        assert_eq!(nearest("frobnicate", &["exec", "query"]), None);
        let long = "a".repeat(LONGEST + 1);
        assert_eq!(nearest(&long, &[&long]), None);
    }

    #[test]
    fn of_many_names_the_three_nearest_are_shown() {
        let known = ["precision/round", "precision/sums", "memory-caps/knobs", "precision/printf"];
        assert_eq!(suggestion("precision/rond", &known).unwrap(), "did you mean `precision/round`?");
        let three = suggestion("precision/formatting", &known).unwrap();
        assert!(three.starts_with("the nearest of 4 are `precision/") && !three.contains("knobs"), "{three}");
        assert_eq!(suggestion("x", &known[..1]).unwrap(), "there is `precision/round`");
        assert_eq!(suggestion("x", &[]), None);
    }
}
