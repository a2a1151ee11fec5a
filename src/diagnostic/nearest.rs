//! Suggestions: which known word was most likely meant.

/// No word that somebody mistypes is longer, in bytes; comparing two words takes the product of their lengths.
const LONGEST: usize = 100;
/// Among more known words no suggestion is looked for: a file may name any number of handles.
const MOST: usize = 1000;

/// The word of `known` that `word` was most likely meant to be; `None` when none is similar enough.
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .take(MOST)
        .filter(|candidate| word.len().max(candidate.len()) <= LONGEST)
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), *candidate))
        // One letter of two is no evidence: `v4` is not meant to be `v1`.
        .filter(|(distance, candidate)| *distance <= candidate.len().max(word.len()) / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
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
}
