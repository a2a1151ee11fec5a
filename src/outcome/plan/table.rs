//! Plans up to 3.23: a table of select, order, FROM term and detail.

use std::sync::LazyLock;

use regex::Regex;

use super::{Node, Told, detail};

/// The plan of these rows.
pub(super) fn nodes(told: &[Told]) -> Vec<Node> {
    Table { told, placed: Vec::new() }.select(0)
}

struct Table<'a> {
    told: &'a [Told],
    /// The numbers of the subqueries of FROM clauses that have a node.
    placed: Vec<i64>,
}

impl<'a> Table<'a> {
    /// The lines of the SELECT with this number.
    fn select(&mut self, number: i64) -> Vec<Node> {
        let told = self.told;
        let lines: Vec<&Told> = told.iter().filter(|told| told.numbers[0] == number).collect();
        if lines.is_empty() {
            return vec![Node::leaf("SCAN CONSTANT ROW")];
        }
        self.lines(&lines, number)
    }

    fn lines(&mut self, lines: &[&Told], number: i64) -> Vec<Node> {
        // In a DELETE or an UPDATE the first subquery has the number of the statement, and its lines come last.
        if let Some(at) = lines.iter().position(|line| line.is_execution() && mentioned(line) == [0]) {
            let mut nodes = self.lines(&lines[..at], number);
            let of_subquery = self.lines(&lines[at + 1..], number);
            if !of_subquery.is_empty() {
                nodes.push(Node::new(detail::normal(&lines[at].detail), of_subquery));
            }
            return nodes;
        }
        let mut nodes = self.made(lines);
        // The searches of an OR by several indexes are of one loop.
        let is_one_loop = |a: &&Told, b: &&Told| {
            a.numbers == b.numbers && [a, b].iter().all(|told| told.detail.starts_with("SEARCH TABLE "))
        };
        for lines in lines.chunk_by(is_one_loop) {
            let mut of_loop: Vec<Node> = lines.iter().flat_map(|line| self.line(line, number)).collect();
            if lines.len() > 1 {
                of_loop = vec![Node::new("MULTI-INDEX OR", of_loop)];
            }
            nodes.append(&mut of_loop);
        }
        nodes
    }

    /// The subqueries that the FROM clause reads, in the order in which they are computed. Which of the two ways that
    /// is, as a co-routine or into a table, is not told.
    fn made(&mut self, lines: &[&Told]) -> Vec<Node> {
        let is_from = |line: &&&Told| line.detail.starts_with("SCAN ") || line.detail.starts_with("SEARCH ");
        let mut numbers: Vec<i64> = lines.iter().filter(is_from).flat_map(|line| mentioned(line)).collect();
        let place = |number: &i64| self.told.iter().position(|told| told.numbers[0] == *number);
        numbers.sort_by_key(|number| place(number).unwrap_or(usize::MAX));
        let is_new = |number: &i64| *number != 0 && !self.placed.contains(number);
        let mut new: Vec<i64> = numbers.into_iter().filter(is_new).collect();
        new.dedup();
        self.placed.extend(&new);
        new.into_iter().map(|number| Node::new("SUBQUERY", self.select(number))).collect()
    }

    fn line(&mut self, line: &Told, number: i64) -> Vec<Node> {
        let words = detail::normal(&line.detail);
        match (mentioned(line).as_slice(), line.detail.as_str()) {
            ([0, 0], _) => self.recursion(number),
            ([left, right], detail) => self.compound(*left, *right, detail),
            // A list of constants, which later versions do not mention.
            ([one], detail) if detail.starts_with("EXECUTE LIST ") && !self.is_told(*one) => Vec::new(),
            ([one], _) if line.is_execution() => vec![Node::new(words, self.select(*one))],
            _ => vec![Node::leaf(words)],
        }
    }

    /// Whether the SELECT with this number has lines of its own.
    fn is_told(&self, number: i64) -> bool {
        self.told.iter().any(|told| told.numbers[0] == number)
    }

    /// A compound of two SELECTs, of which the first may be one itself.
    fn compound(&mut self, left: i64, right: i64, detail: &str) -> Vec<Node> {
        let operator = detail.split(['(', ')']).nth(1).unwrap_or_default();
        let (left, right) = (self.select(left), self.select(right));
        if detail.contains(" USING TEMP B-TREE ") {
            return one_after_the_other(left, format!("{operator} USING TEMP B-TREE"), right);
        }
        let is_sorted = |nodes: &[Node]| nodes.iter().any(|node| node.detail.ends_with(" ORDER BY"));
        let is_merged = left.first().is_some_and(|node| node.detail.starts_with("MERGE "));
        if operator == "UNION ALL" && !is_merged && !is_sorted(&left) && !is_sorted(&right) {
            return one_after_the_other(left, operator.to_owned(), right);
        }
        let sides = vec![Node::new("LEFT", left), Node::new("RIGHT", right)];
        vec![Node::new(format!("MERGE ({operator})"), sides)]
    }

    /// A recursion: its parts have numbers that nothing mentions, and the recursive one has the last.
    fn recursion(&mut self, number: i64) -> Vec<Node> {
        let all: Vec<i64> = self.told.iter().flat_map(mentioned).collect();
        let is_part = |part: &i64| *part > number && !all.contains(part);
        let mut parts: Vec<i64> = self.told.iter().map(|told| told.numbers[0]).filter(is_part).collect();
        parts.sort_unstable();
        parts.dedup();
        let step = parts.pop().map(|part| self.select(part)).unwrap_or_default();
        let mut setup: Vec<Node> = parts.into_iter().flat_map(|part| self.select(part)).collect();
        if setup.is_empty() {
            setup.push(Node::leaf("SCAN CONSTANT ROW"));
        }
        vec![Node::new("SETUP", setup), Node::new("RECURSIVE STEP", step)]
    }
}

fn one_after_the_other(left: Vec<Node>, operator: String, right: Vec<Node>) -> Vec<Node> {
    let mut parts = match <[Node; 1]>::try_from(left) {
        Ok([Node { detail, children }]) if detail == "COMPOUND QUERY" => children,
        Ok([one]) => vec![Node::new("LEFT-MOST SUBQUERY", vec![one])],
        Err(several) => vec![Node::new("LEFT-MOST SUBQUERY", several)],
    };
    parts.push(Node::new(operator, right));
    vec![Node::new("COMPOUND QUERY", parts)]
}

static MENTION: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\bSUBQUER(?:Y|IES) (\d+)(?: AND (\d+))?").expect("a pattern of ours"));

/// The numbers of the SELECTs that a line mentions.
fn mentioned(told: &Told) -> Vec<i64> {
    let Some(found) = MENTION.captures(&told.detail) else { return Vec::new() };
    found.iter().skip(1).flatten().filter_map(|number| number.as_str().parse().ok()).collect()
}
