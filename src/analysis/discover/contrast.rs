//! What differs between two results, where all of them would be too long to read.

use crate::outcome::shown::parts;

/// As much as is shown of what two texts have in common before they differ.
const CONTEXT: usize = 16;

/// `was → is` where each has at most so many characters. Else of lists of rows those that only one of them has, and of other
/// texts what begins shortly before they differ.
pub fn contrast(was: &str, is: &str, most: usize) -> String {
    let fits = |text: &str| text.chars().nth(most).is_none();
    if fits(was) && fits(is) {
        return format!("{was} → {is}");
    }
    let (old, new) = (rows(was), rows(is));
    let (gone, come) = (without(&old, &new), without(&new, &old));
    let is_of_lists = old.len() + new.len() > 2 && (gone.len() < old.len() || come.len() < new.len());
    match (gone.as_slice(), come.as_slice()) {
        ([gone], [come]) if is_of_lists => texts(gone, come, most),
        ([], []) => format!("{was} → the same in another order"),
        _ if is_of_lists => {
            let part = |word: &str, rows: &[&str]| {
                (!rows.is_empty()).then(|| format!("{word} {}", listed(rows, most)))
            };
            [part("without", &gone), part("with", &come)].into_iter().flatten().collect::<Vec<_>>().join("; ")
        }
        _ => texts(was, is, most),
    }
}

/// Two texts from shortly before they differ.
fn texts(was: &str, is: &str, most: usize) -> String {
    let same = was.chars().zip(is.chars()).take_while(|(was, is)| was == is).count();
    let from = |text: &str| {
        let is_all = text.chars().nth(most).is_none();
        let first = if is_all { 0 } else { same.saturating_sub(CONTEXT) };
        let (begin, end) = (
            if first > 0 { "…" } else { "" },
            if text.chars().nth(first + most).is_some() { "…" } else { "" },
        );
        format!("{begin}{}{end}", text.chars().skip(first).take(most).collect::<String>())
    };
    format!("{} → {}", from(was), from(is))
}

/// As many rows as have room, and how many there are beside them.
fn listed(rows: &[&str], most: usize) -> String {
    let (mut shown, mut room) = (Vec::new(), most);
    for row in rows {
        let size = row.chars().count() + 2;
        if size > room && !shown.is_empty() {
            break;
        }
        shown.push(if size > most {
            row.chars().take(most).chain(['…']).collect()
        } else {
            (*row).to_owned()
        });
        room = room.saturating_sub(size);
    }
    let more = rows.len() - shown.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    shown.join(", ") + &more
}

/// The rows of one list that another one has not, each as often as it is there more often.
fn without<'a>(rows: &[&'a str], other: &[&str]) -> Vec<&'a str> {
    let mut other = other.to_vec();
    let is_alone = |row: &&&str| match other.iter().position(|it| it == *row) {
        Some(at) => {
            other.swap_remove(at);
            false
        }
        None => true,
    };
    rows.iter().filter(is_alone).copied().collect()
}

fn rows(shown: &str) -> Vec<&str> {
    if shown == NO_ROWS { Vec::new() } else { parts(shown) }
}

/// What stands for a result without rows.
const NO_ROWS: &str = "no rows";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_short_is_shown_whole() {
        assert_eq!(contrast("1", "\"a\"", 10), "1 → \"a\"");
    }

    #[test]
    fn of_long_lists_the_rows_are_shown_that_only_one_has() {
        let of = |was: &str, is: &str| contrast(was, is, 20);
        let long = "(\"abs\", 1), (\"a, (b\", 2), (\"c\", 3)";
        assert_eq!(of(long, "(\"abs\", 1), (\"c\", 3)"), "without (\"a, (b\", 2)");
        assert_eq!(
            of(long, "(\"abs\", 1), (\"d\", 0), (\"e\", 0), (\"f\", 0)"),
            "without (\"a, (b\", 2) and 1 more; with (\"d\", 0), (\"e\", 0) and 1 more"
        );
        assert_eq!(of(long, "(\"abs\", 1), (\"a, (b\", 2), (\"c\", 4)"), "(\"c\", 3) → (\"c\", 4)");
        assert_eq!(of("1, 1, 1, 2, 3, 4, 5, 6", "1, 1, 2, 3, 4, 5, 6, 6"), "1 → 6");
    }

    #[test]
    fn of_long_texts_the_place_is_shown_where_they_differ() {
        let text = |end: &str| format!("\"{}{end}\"", "ab".repeat(30));
        assert_eq!(contrast(&text("1"), &text("2"), 20), "…abababababababab1\" → …abababababababab2\"");
        assert_eq!(contrast(&text("1"), "NULL", 8), "\"abababa… → NULL");
    }

    #[test]
    fn where_nothing_is_left_of_a_list_it_is_shown_as_far_as_there_is_room() {
        assert_eq!(
            contrast("\"one\", \"two\", \"three\", \"four\"", "no rows", 10),
            "\"one\", \"tw… → no rows"
        );
    }
}
