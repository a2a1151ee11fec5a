//! A part of a variant's damage, to find the least that does harm.

/// More changes than this are not each named.
const NAMED: usize = 16;

/// The file with some of the bytes that are others in the damaged one, by their numbers, and what was done to it. The
/// number behind that of the last byte stands for another length.
pub(super) fn reduced(whole: &[u8], damaged: &[u8], kept: &[u64]) -> (Vec<u8>, String) {
    let mut bytes = whole.to_vec();
    let places = (0..whole.len().min(damaged.len())).filter(|at| whole[*at] != damaged[*at]);
    let places: Vec<usize> = places.collect();
    let is_kept = |number: usize| kept.contains(&(number as u64));
    let mut done = Vec::new();
    for (_, at) in places.iter().enumerate().filter(|(number, _)| is_kept(*number)) {
        bytes[*at] = damaged[*at];
        done.push(format!("x'{:02x}' written over x'{:02x}' at {at}", damaged[*at], whole[*at]));
    }
    if is_kept(places.len()) && damaged.len() != whole.len() {
        bytes.truncate(damaged.len());
        bytes.extend_from_slice(damaged.get(whole.len()..).unwrap_or_default());
        done.push(format!("{} bytes long and not {}", damaged.len(), whole.len()));
    }
    let more = done.len().saturating_sub(NAMED);
    done.truncate(NAMED);
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    (bytes, done.join(", ") + &more)
}

#[cfg(test)]
mod tests {
    use super::reduced;

    #[test]
    fn what_is_not_kept_is_as_it_was() {
        let of = |kept: &[u64]| reduced(b"abcd", b"aXYd!", kept);
        assert_eq!(of(&[1]), (b"abYd".to_vec(), "x'59' written over x'63' at 2".to_owned()));
        assert_eq!(of(&[2]), (b"abcd!".to_vec(), "5 bytes long and not 4".to_owned()));
        assert_eq!(of(&[0, 1, 2]).0, b"aXYd!");
        assert_eq!(of(&[7]), (b"abcd".to_vec(), String::new()));
        assert_eq!(reduced(b"abcd", b"Xb", &[0, 1]).0, b"Xb");
    }
}
