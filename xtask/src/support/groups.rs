//! Groups of builds with the same result.

/// The items with the same key, in the order of all items.
pub(crate) struct Group<'a, T> {
    /// At least one.
    pub members: Vec<&'a T>,
    /// Their indices among all items.
    places: Vec<usize>,
}

/// All items grouped by key, in the order of the first member of each group.
pub(crate) fn groups<'a, T, K: PartialEq>(all: &'a [T], key: impl Fn(&'a T) -> K) -> Vec<Group<'a, T>> {
    let mut groups: Vec<(K, Group<'a, T>)> = Vec::new();
    for (place, member) in all.iter().enumerate() {
        let key = key(member);
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, group)) => {
                group.members.push(member);
                group.places.push(place);
            }
            None => groups.push((key, Group { members: vec![member], places: vec![place] })),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

impl<'a, T> Group<'a, T> {
    /// The first member, which represents the group.
    pub(crate) fn first(&self) -> &'a T {
        self.members[0]
    }

    /// `3.13.0-rusqlite … 3.28.0-rusqlite (9), 3.43.0-rusqlite`: adjacent members are shown as ranges.
    pub(crate) fn ranges(&self, name: impl Fn(&'a T) -> &'a str) -> String {
        let names: Vec<&str> = self.members.iter().map(|member| name(member)).collect();
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for (at, place) in self.places.iter().enumerate() {
            match runs.last_mut() {
                Some((_, last)) if self.places[at - 1] + 1 == *place => *last = at,
                _ => runs.push((at, at)),
            }
        }
        let shown = runs.into_iter().map(|(first, last)| match last - first {
            0 => names[first].to_owned(),
            1 => format!("{}, {}", names[first], names[last]),
            between => format!("{} … {} ({})", names[first], names[last], between + 1),
        });
        shown.collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_shown_as_ranges() {
        let all = ["a", "b", "c", "D", "E", "f", "G", "h", "i"];
        let found = groups(&all, |name| name.chars().all(char::is_lowercase));
        let shown: Vec<String> = found.iter().map(|group| group.ranges(|name| name)).collect();
        assert_eq!(shown, ["a … c (3), f, h, i", "D, E, G"]);
        assert_eq!(*found[1].first(), "D");
    }
}
