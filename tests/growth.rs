//! The detector of growth on made-up series: leaks that it must see, and everything else that it must not take for
//! one. The seeds are fixed, so what it sees below what it promises is on record too.

use sqlite_contracts::contract::Contract;
use sqlite_contracts::engine::Engine;
use sqlite_contracts::outcome::growth::Sampler;
use sqlite_contracts::project::Project;
use sqlite_contracts::record::report::Verdict;
use sqlite_contracts::worker::WorkerProgram;

const ITERATIONS: u64 = 10_000;
/// Programs of each habit.
const SERIES: u64 = 40;

/// Numbers that look random and are the same every time (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.next() % (most - least + 1)
    }
}

/// What a healthy program's memory does while it works.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Habit {
    /// Nothing at all.
    Constant,
    /// One block at the beginning.
    EarlyStep,
    /// A schema that is loaded late.
    LateStep,
    /// A cache that fills once, at any time, page by page.
    FillsOnce,
    /// A cache that grows and is emptied, ten times or more.
    SawTooth,
    /// Blocks that come and go from one iteration to the next.
    Jitter,
    /// The last three at once.
    Everything,
}

const HABITS: [Habit; 7] = [
    Habit::Constant,
    Habit::EarlyStep,
    Habit::LateStep,
    Habit::FillsOnce,
    Habit::SawTooth,
    Habit::Jitter,
    Habit::Everything,
];

/// A program with a habit. What it does not do is zero.
struct Program {
    /// From this iteration on …
    fill_begin: u64,
    /// … within so many …
    fill_duration: u64,
    /// … it takes so many blocks of so many bytes, and keeps them.
    fill: (u64, u64),
    /// It takes so many bytes in every iteration, and gives them back every so many.
    tooth: u64,
    period: u64,
    phase: u64,
    /// It holds up to so many bytes more, or not.
    jitter: u64,
    random: Random,
}

impl Program {
    fn new(habit: Habit, seed: u64) -> Self {
        let mut random = Random(seed);
        let mut own = Random(random.next());
        let is = |habits: &[Habit]| habits.contains(&habit) || habit == Habit::Everything;
        let (fill_begin, fill_duration, fill) = match habit {
            Habit::EarlyStep => (random.between(1, 100), 1, (1, random.between(64, 1 << 20))),
            Habit::LateStep => (random.between(1_000, 9_500), 1, (1, random.between(64, 1 << 20))),
            _ if is(&[Habit::FillsOnce]) => {
                (random.between(0, 6_000), random.between(10, 3_000), (random.between(2, 500), 4096))
            }
            _ => (0, 1, (0, 0)),
        };
        let period = random.between(20, ITERATIONS / 10);
        let tooth = if is(&[Habit::SawTooth]) { random.between(16, 512) } else { 0 };
        let jitter = if is(&[Habit::Jitter]) { 8 << random.between(3, 8) } else { 0 };
        let phase = own.between(0, period);
        Self { fill_begin, fill_duration, fill, tooth, period, phase, jitter, random: own }
    }

    /// The bytes that it holds after so many iterations.
    fn held(&mut self, iteration: u64) -> u64 {
        let filled = iteration.saturating_sub(self.fill_begin).min(self.fill_duration);
        let (blocks, size) = self.fill;
        let tooth = (iteration + self.phase) % self.period * self.tooth;
        let jitter = if self.jitter > 0 { self.random.between(0, self.jitter) & !7 } else { 0 };
        filled * blocks / self.fill_duration * size + tooth + jitter
    }
}

/// A block that is lost every so many iterations.
#[derive(Debug, Clone, Copy)]
struct Leak {
    block: u64,
    every: u64,
}

impl Leak {
    /// Whether the leak shows beside what the program does. No habit alone hides one. A cache that is emptied does
    /// under jitter: the leak shows only where the cache is empty, and there it must stand out from the jitter, again
    /// and again.
    fn shows_in(self, program: &Program) -> bool {
        let lost_in_a_quarter = ITERATIONS / 4 / self.every * self.block;
        let mixed = program.tooth > 0 && program.jitter > 0;
        let often = self.every <= 500 && program.period <= ITERATIONS / 40;
        !mixed || (often && lost_in_a_quarter > 8 * program.jitter)
    }
}

/// The growth of a program with a leak, per 1,000 iterations.
fn slope(mut program: Program, leak: Leak) -> f64 {
    let mut sampler = Sampler::new(ITERATIONS);
    let phase = program.phase % leak.every;
    for iteration in 0..=ITERATIONS {
        let lost = (iteration + phase) / leak.every * leak.block;
        let held = 100_000 + program.held(iteration) + lost;
        if sampler.is_due(iteration) {
            sampler.add(iteration, held as f64);
        }
    }
    sampler.finish().slope
}

const NO_LEAK: Leak = Leak { block: 0, every: 1 };

#[test]
fn no_false_alarm() {
    for (habit, seed) in programs() {
        assert_eq!(slope(Program::new(habit, seed), NO_LEAK), 0.0, "{habit:?} {seed}");
    }
}

fn programs() -> impl Iterator<Item = (Habit, u64)> {
    HABITS.into_iter().flat_map(|habit| (0..SERIES).map(move |seed| (habit, seed)))
}

#[test]
fn every_leak_of_a_block_in_a_thousand_iterations_is_seen() {
    for block in [64, 1_024, 65_536] {
        for every in [1_000, 500, 100, 1] {
            let leak = Leak { block, every };
            for (habit, seed) in programs() {
                let program = Program::new(habit, seed);
                if leak.shows_in(&program) {
                    assert!(slope(program, leak) >= 1.0, "{leak:?} {habit:?} {seed}");
                }
            }
        }
    }
}

/// Of so many programs of each habit, how many leaks of so many bytes every so many iterations are seen.
const SEEN: &str = "\
of 40 seen         0 B/1     16 B/1000     64 B/1000     64 B/2000     64 B/4000  65536 B/1000
Constant               0            40            40            40             0            40
EarlyStep              0            40            40             1             0            40
LateStep               0            40            40             6             0            40
FillsOnce              0            40            40             2             0            40
SawTooth               0            40            40            40             0            40
Jitter                 0            40            40            40             0            40
Everything             0             0             3             0             0            27
";

#[test]
fn what_is_seen_of_smaller_and_hidden_leaks() {
    let leaks = [(0, 1), (16, 1_000), (64, 1_000), (64, 2_000), (64, 4_000), (65_536, 1_000)];
    let heads = leaks.map(|(block, every)| format!("{:>14}", format!("{block} B/{every}")));
    let mut table = format!("of {SERIES} seen{}\n", heads.concat());
    for habit in HABITS {
        let seen = leaks.map(|(block, every)| {
            let grows = |seed: &u64| slope(Program::new(habit, *seed), Leak { block, every }) >= 1.0;
            format!("{:>14}", (0..SERIES).filter(grows).count())
        });
        table += &format!("{:10}{}\n", format!("{habit:?}"), seen.concat());
    }
    assert_eq!(table, SEEN);
}

#[test]
fn the_slope_is_that_of_the_leak() {
    let leak = Leak { block: 1_024, every: 10 };
    for habit in [Habit::Constant, Habit::EarlyStep, Habit::SawTooth] {
        for seed in 0..SERIES {
            let slope = slope(Program::new(habit, seed), leak);
            assert!((95_000.0..125_000.0).contains(&slope), "{habit:?} {seed}: {slope}");
        }
    }
}

/// Programs on a real SQLite: one forgets a statement in a thousand, the others only fill what is theirs.
const ON_SQLITE: &str = r#"
title: Growth on a real SQLite
why: What is made up may be made up wrong.
cases:
  - name: one-statement-in-a-thousand-never-finalized
    steps:
      - open: ":memory:"
      - repeat:
          times: 10000
          steps:
            - prepare: SELECT ?1
            - finalize:
            - {prepare: {sql: SELECT ?1, stmt: forgotten}, every: 1000}
            - {bind: {stmt: forgotten, values: [{text: x, times: 2000}]}, every: 1000}
        expect: ">= 1_500"
  - name: the-same-in-the-statements-own-counter
    steps:
      - open: ":memory:"
      - repeat:
          times: 10000
          measure: {db_status: {counter: stmt_used}}
          steps:
            - prepare: SELECT ?1
            - finalize:
            - {prepare: {sql: SELECT ?1, stmt: forgotten}, every: 1000}
        expect: "> 0"
  - name: a-statement-cache-that-fills-once
    driver: rusqlite
    steps:
      - open: ":memory:"
      - repeat:
          times: 3000
          steps:
            - prepare: {sql: "SELECT ?1", cached: true}
            - finalize:
            - {prepare: {sql: "SELECT ?1, ?2", stmt: second, cached: true}, every: 300}
            - {finalize: second, every: 300}
            - {prepare: {sql: "SELECT ?1, ?2, ?3", stmt: third, cached: true}, every: 1400}
            - {finalize: third, every: 1400}
        expect: flat
  - name: a-page-cache-that-fills-once
    steps:
      - open: big.db
      - exec: >-
          PRAGMA cache_size = 500; CREATE TABLE t(a);
          WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)
          INSERT INTO t SELECT zeroblob(4000) FROM n
      - close:
      - open: big.db
      - exec: PRAGMA cache_size = 500
      - prepare: SELECT a IS NULL FROM t
      - repeat:
          times: 3000
          steps:
            - {step: , expect: {one_of: [ROW, DONE]}}
        expect: flat
  - name: a-schema-that-is-loaded-late
    steps:
      - open: a.db
      - exec: CREATE TABLE t(a, b, c); CREATE TABLE u(a, b, c); CREATE INDEX i ON t(a, b)
      - open: {path: a.db, db: late}
      - repeat:
          times: 5000
          steps:
            - prepare: SELECT a FROM t
            - finalize:
            - {exec: {sql: SELECT a FROM t, db: late}, every: 3000}
        expect: flat
"#;

#[test]
fn on_a_real_sqlite() {
    let repository = Project::at(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("growth.yaml");
    std::fs::write(&file, ON_SQLITE).unwrap();
    let contract = Contract::load(&repository, &file).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let worker = WorkerProgram::new(env!("CARGO_BIN_EXE_sqlite-contracts-worker"));
    let engine = Engine::new(&repository, worker, Box::new(())).unwrap();
    let build = engine.builds().get("3.54.1-rusqlite").unwrap();
    for report in engine.run(&contract, build).unwrap().cases {
        assert_eq!(report.verdict, Verdict::Holds, "{report:#?}");
    }
}
