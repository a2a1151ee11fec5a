//! Workers that wait for the next case, as many as a system bears.

use std::collections::VecDeque;

use super::pool::Kind;

/// More idle workers than this are ended: each holds a MiB and three descriptors, of which systems allow 1,024.
const MOST_IDLE: usize = 256;

/// More idle workers with a program of another language than this are ended: an interpreter holds tens of MiB.
const MOST_PROGRAMS: usize = 12;

/// Idle workers, the one that was last used at the end. When there are too many, those go that nobody has used for longest:
/// cells come by builds, and what the builds before have left would fill all places.
pub(super) struct Idle<W>(VecDeque<(Kind, W)>);

impl<W> Default for Idle<W> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<W> Idle<W> {
    /// Takes the worker of this kind that was last used.
    pub(super) fn take(&mut self, kind: &Kind) -> Option<W> {
        let at = self.0.iter().rposition(|(of, _)| of == kind)?;
        self.0.remove(at).map(|(_, worker)| worker)
    }

    /// Keeps a worker, and returns those that have to go for it.
    #[must_use]
    pub(super) fn keep(&mut self, kind: Kind, worker: W) -> Vec<W> {
        self.0.push_back((kind, worker));
        let programs = self.excess(MOST_PROGRAMS, |kind| kind.2.is_some());
        programs.into_iter().chain(self.excess(MOST_IDLE, |_| true)).collect()
    }

    /// Takes out what is more than `most` of these workers.
    fn excess(&mut self, most: usize, is_meant: impl Fn(&Kind) -> bool) -> Vec<W> {
        let count = self.0.iter().filter(|(kind, _)| is_meant(kind)).count();
        let oldest = |idle: &mut VecDeque<(Kind, W)>| {
            let at = idle.iter().position(|(kind, _)| is_meant(kind))?;
            idle.remove(at).map(|(_, worker)| worker)
        };
        (most..count).filter_map(|_| oldest(&mut self.0)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::pool::Service;
    use super::*;

    fn kind(build: usize, program: bool) -> Kind {
        (build.to_string(), Service::Shared, program.then(|| "go".parse().unwrap()))
    }

    #[test]
    fn a_worker_serves_its_kind_again_and_the_last_used_one_first() {
        let mut idle = Idle::default();
        for (build, program, worker) in [(1, false, "a"), (1, true, "b"), (1, false, "c"), (2, false, "d")] {
            assert!(idle.keep(kind(build, program), worker).is_empty());
        }
        assert_eq!(idle.take(&kind(1, false)), Some("c"));
        assert_eq!(idle.take(&kind(1, false)), Some("a"));
        assert_eq!(idle.take(&kind(1, false)), None);
        assert_eq!(idle.take(&kind(1, true)), Some("b"));
    }

    #[test]
    fn workers_of_builds_that_are_done_make_room_for_those_of_the_next() {
        let mut idle = Idle::default();
        for build in 0..MOST_IDLE {
            assert!(idle.keep(kind(build, false), build).is_empty());
        }
        // It is used again, so the next one is the oldest.
        let first = idle.take(&kind(0, false)).unwrap();
        assert!(idle.keep(kind(0, false), first).is_empty());
        assert_eq!(idle.keep(kind(MOST_IDLE, false), MOST_IDLE), [1]);
        assert_eq!(idle.take(&kind(MOST_IDLE, false)), Some(MOST_IDLE), "a new build's worker stays");
        assert_eq!(idle.take(&kind(0, false)), Some(0));
    }

    #[test]
    fn of_programs_fewer_are_kept() {
        let mut idle = Idle::default();
        assert!(idle.keep(kind(0, false), 100).is_empty());
        for build in 0..MOST_PROGRAMS {
            assert!(idle.keep(kind(build, true), build).is_empty());
        }
        assert_eq!(idle.keep(kind(MOST_PROGRAMS, true), MOST_PROGRAMS), [0]);
        assert_eq!(
            idle.take(&kind(0, false)),
            Some(100),
            "a worker without a program goes for none with one"
        );
    }
}
