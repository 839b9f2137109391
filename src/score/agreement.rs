//! How far people who rate the same things agree, exactly.
//!
//! Kappa is `1 − observed disagreement / disagreement by chance`. It has no value where chance leaves nothing to disagree
//! about, as when all ratings fall into one category: then the functions give `None`, never 0 or 1. Tables with the same
//! raw agreement can have very different kappas, so raw agreement is always shown beside it.
//!
//! Sources: Cohen 1960 and 1968 (two raters, weighted), Fleiss 1971 (any number of raters).

use crate::model::{Answer, AnswerKind, Exact, Item, SignState};

/// What a disagreement counts, by the distance of the two categories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weights {
    /// One, whatever the distance.
    Unweighted,
    /// The distance.
    Linear,
    /// The distance squared.
    Quadratic,
}

impl Weights {
    fn of(self, a: usize, b: usize) -> Exact {
        let distance = whole(a.abs_diff(b));
        match self {
            Self::Unweighted => {
                if a == b {
                    Exact::zero()
                } else {
                    Exact::one()
                }
            }
            Self::Linear => distance,
            Self::Quadratic => &distance * &distance,
        }
    }
}

fn whole(n: usize) -> Exact {
    Exact::whole(i64::try_from(n).unwrap_or(i64::MAX))
}

/// Steps that answers of all scales are brought to, so that questions with different answers can be taken together.
pub const STEPS: usize = 3;

/// The step of an answer: 0 for a grade of 0, 2 for a grade of 1, 1 for anything between. `None` where there is no answer.
pub fn step(item: &Item, answer: &Answer) -> Option<usize> {
    let (AnswerKind::Scale(scale), Answer::Option(id)) = (&item.kind, answer) else { return None };
    let grade = &scale.option(id)?.grade;
    Some(if grade.is_zero() {
        0
    } else if *grade == Exact::one() {
        2
    } else {
        1
    })
}

/// The step of a sign: "don't know" lies between absent and present.
pub fn sign_step(state: SignState) -> usize {
    match state {
        SignState::Absent => 0,
        SignState::Unknown => 1,
        SignState::Present => 2,
    }
}

/// Pairs of ratings as a square table: how often the first rater said the row and the second the column.
pub fn table(categories: usize, pairs: impl IntoIterator<Item = (usize, usize)>) -> Vec<Vec<usize>> {
    let mut table = vec![vec![0; categories]; categories];
    for (a, b) in pairs {
        if let Some(cell) = table.get_mut(a).and_then(|row| row.get_mut(b)) {
            *cell += 1;
        }
    }
    table
}

/// Share of equal ratings in a square table; `None` of none.
pub fn raw(table: &[Vec<usize>]) -> Option<Exact> {
    let total: usize = table.iter().flatten().sum();
    let equal: usize = table.iter().enumerate().filter_map(|(i, row)| row.get(i)).sum();
    (total > 0).then(|| &whole(equal) / &whole(total))
}

/// Cohen's kappa of two raters from a square table.
pub fn cohen(table: &[Vec<usize>], weights: Weights) -> Option<Exact> {
    let total: usize = table.iter().flatten().sum();
    let row = |i: usize| -> usize { table[i].iter().sum() };
    let column = |j: usize| -> usize { table.iter().map(|row| row[j]).sum() };
    let (mut observed, mut chance) = (Exact::zero(), Exact::zero());
    for (i, cells) in table.iter().enumerate() {
        for (j, n) in cells.iter().enumerate() {
            let weight = weights.of(i, j);
            observed = observed + &weight * &whole(*n);
            chance = chance + &weight * &(&whole(row(i)) * &whole(column(j)));
        }
    }
    (!chance.is_zero()).then(|| Exact::one() - &(&observed * &whole(total)) / &chance)
}

/// Chance that two raters, picked at random, gave the same rating to the same thing: of the things that at least two
/// rated, the mean. Each row holds how many raters chose each category.
pub fn any_two(counts: &[Vec<usize>]) -> Option<Exact> {
    let shares: Vec<Exact> = counts.iter().filter_map(|row| equal_pairs(row)).collect();
    let n = shares.len();
    (n > 0).then(|| &shares.into_iter().sum::<Exact>() / &whole(n))
}

/// Share of pairs of raters that agree on one thing.
fn equal_pairs(row: &[usize]) -> Option<Exact> {
    let n: usize = row.iter().sum();
    let pairs = |n: usize| n * n.saturating_sub(1);
    let equal: usize = row.iter().map(|k| pairs(*k)).sum();
    (n > 1).then(|| &whole(equal) / &whole(pairs(n)))
}

/// Fleiss' kappa. Each row is one thing that was rated and holds how many raters chose each category; all rows have the
/// same number of ratings, two or more, else there is no value.
pub fn fleiss(counts: &[Vec<usize>]) -> Option<Exact> {
    let raters: usize = counts.first()?.iter().sum();
    if counts.iter().any(|row| row.iter().sum::<usize>() != raters) {
        return None;
    }
    let total = whole(raters * counts.len());
    let categories = counts.iter().map(Vec::len).max().unwrap_or_default();
    let share = |j: usize| {
        let n: usize = counts.iter().filter_map(|row| row.get(j)).sum();
        &whole(n) / &total
    };
    let chance: Exact = (0..categories).map(|j| &share(j) * &share(j)).sum();
    let left = Exact::one() - chance.clone();
    let observed = any_two(counts)?;
    (!left.is_zero()).then(|| &(observed - chance) / &left)
}

/// The mean of the kappas of all pairs of raters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairwise {
    /// The mean over the pairs whose kappa has a value.
    pub mean: Option<Exact>,
    /// Number of those pairs.
    pub defined: usize,
    /// Number of pairs without a value: all ratings in one category, or nothing that both rated.
    pub undefined: usize,
}

/// Kappa of each pair of raters over what both rated, and the mean. `ratings[rater][thing]`.
pub fn pairwise(ratings: &[Vec<Option<usize>>], categories: usize, weights: Weights) -> Pairwise {
    let mut values = Vec::new();
    let mut undefined = 0;
    for (i, first) in ratings.iter().enumerate() {
        for second in &ratings[i + 1..] {
            let both = first.iter().zip(second).filter_map(|(a, b)| Some(((*a)?, (*b)?)));
            match cohen(&table(categories, both), weights) {
                Some(kappa) => values.push(kappa),
                None => undefined += 1,
            }
        }
    }
    let defined = values.len();
    let mean = (defined > 0).then(|| &values.into_iter().sum::<Exact>() / &whole(defined));
    Pairwise { mean, defined, undefined }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        text.parse().unwrap()
    }

    fn rows(table: &[&[usize]]) -> Vec<Vec<usize>> {
        table.iter().map(|row| row.to_vec()).collect()
    }

    #[test]
    fn two_raters_have_the_exact_values_of_the_specification() {
        let two = |table: &[&[usize]]| cohen(&rows(table), Weights::Unweighted);
        assert_eq!(two(&[&[20, 5], &[10, 15]]), Some(exact("2/5")));
        assert_eq!(two(&[&[45, 15], &[25, 15]]), Some(exact("3/23")));
        assert_eq!(two(&[&[25, 35], &[5, 35]]), Some(exact("7/27")));
        // The same raw agreement, and kappas that differ by a factor of two.
        assert_eq!(raw(&rows(&[&[45, 15], &[25, 15]])), Some(exact("3/5")));
        assert_eq!(raw(&rows(&[&[25, 35], &[5, 35]])), Some(exact("3/5")));
        let three = rows(&[&[10, 2, 0], &[3, 8, 2], &[0, 1, 4]]);
        assert_eq!(cohen(&three, Weights::Quadratic), Some(exact("371/491")));
        // Of two categories all weights are one.
        let table = rows(&[&[20, 5], &[10, 15]]);
        assert_eq!(cohen(&table, Weights::Linear), cohen(&table, Weights::Quadratic));
    }

    #[test]
    fn fleiss_and_the_weighted_kappas_are_those_of_statsmodels() {
        // statsmodels 0.15.0: `fleiss_kappa` and `cohens_kappa(wt=…)`, as printed.
        let near = |found: Option<Exact>, printed: &str| {
            let gap = (found.unwrap() - exact(printed)).abs();
            assert!(gap < exact("0.000000000001"), "{printed}");
        };
        let textbook = rows(&[
            &[0, 0, 0, 0, 14],
            &[0, 2, 6, 4, 2],
            &[0, 0, 3, 5, 6],
            &[0, 3, 9, 2, 0],
            &[2, 2, 8, 1, 1],
            &[7, 7, 0, 0, 0],
            &[3, 2, 6, 3, 0],
            &[2, 5, 3, 2, 2],
            &[6, 5, 2, 1, 0],
            &[0, 2, 2, 3, 7],
        ]);
        near(fleiss(&textbook), "0.20993070442195522");
        near(fleiss(&rows(&[&[3, 0], &[2, 1], &[0, 3], &[1, 2]])), "0.3333333333333333");
        near(fleiss(&rows(&[&[1, 1], &[1, 1], &[1, 1]])), "-1.0");
        let thirty = rows(&[&[12, 10, 8], &[30, 0, 0], &[5, 20, 5], &[1, 1, 28], &[17, 3, 10]]);
        near(fleiss(&thirty), "0.40929452617677936");
        let three = rows(&[&[10, 2, 0], &[3, 8, 2], &[0, 1, 4]]);
        near(cohen(&three, Weights::Unweighted), "0.5796847635726794");
        near(cohen(&three, Weights::Linear), "0.6610169491525424");
        near(cohen(&three, Weights::Quadratic), "0.7556008146639511");
    }

    #[test]
    fn where_chance_leaves_nothing_to_disagree_about_there_is_no_value() {
        assert_eq!(cohen(&rows(&[&[7, 0], &[0, 0]]), Weights::Unweighted), None, "all in one category");
        assert_eq!(cohen(&rows(&[&[0, 0], &[0, 0]]), Weights::Linear), None, "nothing rated");
        assert_eq!(raw(&rows(&[&[0, 0], &[0, 0]])), None);
        assert_eq!(fleiss(&rows(&[&[3, 0], &[3, 0]])), None, "all in one category");
        assert_eq!(fleiss(&rows(&[&[3, 0], &[1, 1]])), None, "not the same number of raters");
        assert_eq!(fleiss(&rows(&[&[1, 0], &[0, 1]])), None, "one rater");
        assert_eq!(fleiss(&[]), None);
        // But two raters who always choose apart from each other do disagree: that is a value.
        assert_eq!(cohen(&rows(&[&[0, 3], &[0, 0]]), Weights::Unweighted), Some(Exact::zero()));
    }

    #[test]
    fn the_mean_of_pairs_counts_what_has_no_value_apart() {
        let ratings: Vec<Vec<Option<usize>>> = vec![
            vec![Some(0), Some(1), Some(0), Some(1)],
            vec![Some(0), Some(1), Some(1), Some(1)],
            vec![None, None, None, Some(1)],
        ];
        // First and second: table [[1,1],[0,2]], observed 3/4, by chance 1/2. The third shares one thing with each.
        let found = pairwise(&ratings, 2, Weights::Quadratic);
        assert_eq!(found, Pairwise { mean: Some(exact("1/2")), defined: 1, undefined: 2 });
        assert_eq!(any_two(&rows(&[&[2, 0], &[1, 1], &[1, 0]])), Some(exact("1/2")), "one rating alone is left out");
    }
}
