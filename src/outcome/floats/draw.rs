//! Draws doubles from a seed. The doubles of a seed are part of the contracts that name it, so they may never change.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::outcome::random::Random;

/// Which doubles are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DoubleClass {
    /// Any finite double, by its bits.
    Any,
    /// 1 to 15 digits with up to 6 behind the point: prices, coordinates, measurements.
    Everyday,
    /// 1 to 17 digits and an exponent from -290 to 290.
    Decimal,
    /// Decimals of up to 19 digits half-way between two doubles, or one unit of the last digit beside that.
    Halfway,
    /// Below 2.2e-308, where doubles have fewer bits.
    Subnormal,
    /// The 64 doubles on either side of each power of two from 2^52 to 2^65: 2^53 and 2^63 are among them.
    IntegerEdge,
}

/// A double, and digits that denote it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Drawn {
    /// The double nearest to the digits.
    pub double: f64,
    /// For decimal classes the digits as drawn, else the shortest that denote the double. Always with a point or an
    /// exponent, so that SQL reads a real.
    pub digits: String,
}

impl Drawn {
    /// The double nearest to the digits.
    pub(crate) fn of(digits: String) -> Self {
        let double = digits.parse().expect("digits as drawn are a number");
        Self { double, digits }
    }

    fn double(double: f64) -> Self {
        Self { double, digits: format!("{double:e}") }
    }
}

/// An infinite sequence of doubles of the class, the same for the same seed.
pub(crate) fn draw(seed: u64, class: DoubleClass) -> impl Iterator<Item = Drawn> {
    let mut random = Random::new(seed);
    std::iter::repeat_with(move || match class {
        DoubleClass::Any => any(&mut random),
        DoubleClass::Everyday => everyday(&mut random),
        DoubleClass::Decimal => decimal(&mut random),
        DoubleClass::Halfway => halfway(&mut random),
        DoubleClass::Subnormal => subnormal(&mut random),
        DoubleClass::IntegerEdge => integer_edge(&mut random),
    })
}

/// Uniform over the bit patterns of finite doubles.
fn any(random: &mut Random) -> Drawn {
    loop {
        let double = f64::from_bits(random.next());
        if double.is_finite() {
            return Drawn::double(double);
        }
    }
}

/// 1 to 15 digits, up to 6 of them behind the point.
fn everyday(random: &mut Random) -> Drawn {
    let digits = random.between(1, 15) as u32;
    let units = 1 + random.below(10_u64.pow(digits) - 1);
    let places = random.between(0, 6) as u32;
    Drawn::of(format!("{}{}", random.sign(), with_point(units, places)))
}

/// 1 to 17 digits and an exponent.
fn decimal(random: &mut Random) -> Drawn {
    let least = 10_u64.pow(random.between(0, 16) as u32);
    let digits = (least + random.below(9 * least)).to_string();
    let exponent = random.between(-290, 290);
    let (first, others) = digits.split_at(1);
    let point = if others.is_empty() { "" } else { "." };
    Drawn::of(format!("{}{first}{point}{others}e{exponent}", random.sign()))
}

/// At most 19 digits: a number of 54 bits whose last bit is set, so half-way between two doubles, times a power of two
/// from -3 to 9; or the decimal just above or below it.
fn halfway(random: &mut Random) -> Drawn {
    let odd = (1 << 53) + 1 + 2 * random.below(1 << 52);
    let power = random.between(-3, 9);
    // Dividing by two is multiplying by five and shifting the point.
    let (tie, places) = match u32::try_from(power) {
        Ok(power) => (odd << power, 0),
        Err(_) => (odd * 5_u64.pow(power.unsigned_abs()), power.unsigned_abs()),
    };
    let units = tie - 1 + random.below(3);
    Drawn::of(format!("{}{}", random.sign(), with_point(units, places)))
}

/// Below 2^-1022: a fraction of 1 to 52 bits, all lengths equally likely.
fn subnormal(random: &mut Random) -> Drawn {
    let fraction = random.next() >> random.between(12, 63);
    let sign = random.below(2) << 63;
    Drawn::double(f64::from_bits(sign | fraction.max(1)))
}

/// A power of two from 2^52 to 2^65, or one of the 64 doubles on either side of it.
fn integer_edge(random: &mut Random) -> Drawn {
    let power = 2_f64.powi(random.between(52, 65)).to_bits();
    let sign = random.below(2) << 63;
    Drawn::double(f64::from_bits(sign | (power - 64 + random.below(129))))
}

/// `12345` with two places is `123.45`, with none `12345.0`.
fn with_point(units: u64, places: u32) -> String {
    let one = 10_u64.pow(places);
    let width = places.max(1) as usize;
    format!("{}.{:0width$}", units / one, units % one)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLASSES: [DoubleClass; 6] = [
        DoubleClass::Any,
        DoubleClass::Everyday,
        DoubleClass::Decimal,
        DoubleClass::Halfway,
        DoubleClass::Subnormal,
        DoubleClass::IntegerEdge,
    ];

    /// Recorded contracts name seeds, so these values may never change.
    #[test]
    fn what_a_seed_draws_is_fixed() {
        let drawn = CLASSES.map(|class| {
            let digits: Vec<String> = draw(7, class).take(3).map(|drawn| drawn.digits).collect();
            digits.join(" ")
        });
        assert_eq!(drawn, FIXED);
    }

    const FIXED: [&str; 6] = [
        "5.3876272295315975e172 5.795127825375815e-288 -1.648785870726407e186",
        "-0.016789 2494.315 -413.0",
        "-1.151094e233 3.2448837e-19 -4.71e-230",
        "-1564809184240840.126 13082433554301893.0 -40865962014844979.0",
        "-8.673999824138577e-309 1.546219535e-315 7.9439544423e-314",
        "1.4411518807585754e17 1.1529215046068429e18 2.8823037615171024e17",
    ];

    #[test]
    fn digits_mean_their_double_and_are_a_real_in_sql() {
        for drawn in CLASSES.into_iter().flat_map(|class| draw(1, class).take(500)) {
            assert_eq!(drawn.digits.parse(), Ok(drawn.double));
            assert!(drawn.digits.contains(['.', 'e']), "{}", drawn.digits);
            assert!(drawn.double.is_finite());
        }
    }

    #[test]
    fn each_class_is_what_it_says() {
        let all = |class, is: fn(&Drawn) -> bool| draw(2, class).take(2000).all(|drawn| is(&drawn));
        assert!(all(DoubleClass::Subnormal, |drawn| drawn.double.is_subnormal()));
        assert!(all(DoubleClass::Everyday, |drawn| drawn.double.abs() < 1e15));
        assert!(all(DoubleClass::IntegerEdge, |drawn| (4e15..4e19).contains(&drawn.double.abs())));
        let significant = |drawn: &Drawn| drawn.digits.chars().filter(char::is_ascii_digit).count();
        assert!(all(DoubleClass::Everyday, |drawn| drawn.digits.len() <= 18));
        assert!(draw(2, DoubleClass::Halfway).take(2000).all(|drawn| significant(&drawn) <= 20));
    }

    #[test]
    fn a_third_of_the_halfway_cases_are_ties() {
        let whole =
            |drawn: &Drawn| drawn.digits.trim_start_matches('-').strip_suffix(".0")?.parse::<i128>().ok();
        let is_tie = |units: &i128| {
            let nearest = *units as f64;
            let gap = nearest.next_up() as i128 - nearest as i128;
            (units - nearest as i128).abs() * 2 == gap
        };
        let drawn: Vec<i128> =
            draw(3, DoubleClass::Halfway).take(900).filter_map(|drawn| whole(&drawn)).collect();
        let ties = drawn.iter().filter(|units| is_tie(units)).count();
        assert!((28..=38).contains(&(100 * ties / drawn.len())), "{ties} of {}", drawn.len());
    }
}
