//! The plan of a half day, and the modules with their paths.
//!
//! Modules, minutes and paths are a proposal: nobody has published those of the Nordic project of 2016 to 2018.

/// What is done in the room: id of its words, minutes.
pub(super) const PLAN: [(&str, u16); 12] = [
    ("welcome", 10),
    ("why", 15),
    ("what", 20),
    ("signs", 20),
    ("break", 10),
    ("read", 15),
    ("answer", 15),
    ("groups", 25),
    ("grade", 15),
    ("debrief", 20),
    ("act", 10),
    ("home", 5),
];

/// Modules: id, minutes.
pub(super) const MODULES: [(&str, u16); 12] = [
    ("0", 15),
    ("1", 25),
    ("2", 30),
    ("3", 40),
    ("4", 35),
    ("5", 45),
    ("6", 45),
    ("7", 25),
    ("8", 25),
    ("9", 30),
    ("s", 15),
    ("c", 15),
];

/// Who takes which modules: id of its words, modules.
pub(super) const PATHS: [(&str, &[&str]); 5] = [
    ("buyer", &["0", "1", "3", "5", "7", "s"]),
    ("hr", &["0", "1", "2", "4", "7", "c"]),
    ("site", &["0", "1", "2", "7", "s", "c"]),
    ("auditor", &["1", "2", "3", "6", "7", "8"]),
    ("public", &["1", "3", "5", "7", "9", "c"]),
];

/// Minutes of a path.
pub(super) fn minutes(modules: &[&str]) -> u16 {
    MODULES.iter().filter(|(id, _)| modules.contains(id)).map(|(_, minutes)| minutes).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_half_day_is_180_minutes_with_two_breaks_and_no_stretch_over_an_hour_and_a_half() {
        assert_eq!(PLAN.iter().map(|(_, minutes)| minutes).sum::<u16>(), 180);
        let mut stretch = 0;
        for (id, minutes) in PLAN {
            stretch = if matches!(id, "break" | "grade") { 0 } else { stretch + minutes };
            assert!(stretch <= 90, "{id}");
        }
    }

    #[test]
    fn paths_name_modules_that_there_are() {
        for (path, modules) in PATHS {
            assert!(modules.iter().all(|m| MODULES.iter().any(|(id, _)| id == m)), "{path}");
        }
        assert_eq!(minutes(&["0", "1", "2", "7"]), 95);
    }
}
