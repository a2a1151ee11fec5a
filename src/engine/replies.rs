//! What a worker says on its standard output, waited for with a deadline.

use std::process::ChildStdout;
use std::time::{Duration, Instant};

use crate::system::TimedReader;
use crate::worker::protocol::{Reply, after_greeting};

/// The replies of one worker.
pub(super) struct Replies {
    output: TimedReader,
    has_greeted: bool,
    /// What has come and is no whole reply yet.
    begun: Vec<u8>,
}

/// What came within the time given.
#[derive(Debug, PartialEq)]
pub(super) enum Answer {
    Reply(Reply),
    /// Something that is no reply, and why.
    Garbled(String),
    /// The output has ended.
    End,
    /// No whole reply yet.
    None,
}

impl Replies {
    pub(super) fn of(output: ChildStdout) -> Self {
        Self { output: TimedReader::new(output), has_greeted: false, begun: Vec::new() }
    }

    /// The next reply. What dies while it speaks has not replied.
    pub(super) fn next(&mut self, within: Duration) -> Answer {
        let until = Instant::now() + within;
        loop {
            match self.take() {
                Answer::None => {}
                answer => return answer,
            }
            match self.output.read(until.saturating_duration_since(Instant::now())) {
                Ok(Some(more)) if more.is_empty() => return Answer::End,
                Ok(Some(more)) => self.begun.extend(more),
                Ok(None) => return Answer::None,
                Err(error) => return Answer::Garbled(error.to_string()),
            }
        }
    }

    fn take(&mut self) -> Answer {
        if !self.has_greeted {
            let Some(rest) = after_greeting(&self.begun) else { return Answer::None };
            self.begun = rest.to_vec();
            self.has_greeted = true;
        }
        whole_reply(&mut self.begun)
    }
}

/// Takes a reply from the beginning of these bytes, if a whole one is there.
fn whole_reply(bytes: &mut Vec<u8>) -> Answer {
    let mut rest = bytes.as_slice();
    match ciborium::from_reader::<Reply, _>(&mut rest) {
        Ok(reply) => {
            let used = bytes.len() - rest.len();
            bytes.drain(..used);
            Answer::Reply(reply)
        }
        Err(ciborium::de::Error::Io(_)) => Answer::None,
        Err(error) => Answer::Garbled(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_are_told_apart_and_half_a_one_waits() {
        let mut bytes = Vec::new();
        ciborium::into_writer(&Reply::Ready, &mut bytes).unwrap();
        ciborium::into_writer(&Reply::Unloadable("no".to_owned()), &mut bytes).unwrap();
        let last = bytes.pop().unwrap();
        assert_eq!(whole_reply(&mut bytes), Answer::Reply(Reply::Ready));
        let half = bytes.clone();
        assert_eq!(whole_reply(&mut bytes), Answer::None);
        assert_eq!(bytes, half);
        bytes.push(last);
        assert_eq!(whole_reply(&mut bytes), Answer::Reply(Reply::Unloadable("no".to_owned())));
        assert_eq!(whole_reply(&mut bytes), Answer::None);
    }

    #[test]
    fn what_is_no_reply_is_garbled() {
        assert!(matches!(whole_reply(&mut b"SQLite says hello".to_vec()), Answer::Garbled(_)));
    }
}
