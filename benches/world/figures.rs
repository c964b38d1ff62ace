//! What was measured, each figure with its bound, and as a column of a table.

/// What a figure must not pass.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Bound {
    None,
    Most(f64),
    Least(f64),
}

/// One figure.
#[derive(Debug)]
struct Figure {
    what: String,
    value: f64,
    unit: &'static str,
    bound: Bound,
}

/// All figures of a run, in the order in which they were taken.
#[derive(Debug, Default)]
pub(crate) struct Figures(Vec<Figure>);

impl Figures {
    /// Prints a figure and keeps it for the table.
    pub(crate) fn take(
        &mut self,
        what: impl Into<String>,
        (value, unit): (f64, &'static str),
        bound: Bound,
    ) {
        let figure = Figure {
            what: what.into(),
            value,
            unit,
            bound,
        };
        println!(
            "  {:>12}  {} {}{}",
            number(value),
            figure.unit,
            figure.what,
            figure.verdict()
        );
        self.0.push(figure);
    }

    /// The table of docs/performance.md, with one column of measured values.
    pub(crate) fn print_table(&self, column: &str) {
        println!("\n| what | bound | {column} |\n| --- | --- | --- |");
        for figure in &self.0 {
            let value = number(figure.value);
            println!(
                "| {} | {} | {value} {} |",
                figure.what,
                figure.bound(),
                figure.unit
            );
        }
    }
}

impl Figure {
    fn bound(&self) -> String {
        match self.bound {
            Bound::None => "–".to_owned(),
            Bound::Most(most) => format!("{} {}", number(most), self.unit),
            Bound::Least(least) => format!("at least {} {}", number(least), self.unit),
        }
    }

    fn verdict(&self) -> String {
        let holds = match self.bound {
            Bound::None => return String::new(),
            Bound::Most(most) => self.value <= most,
            Bound::Least(least) => self.value >= least,
        };
        let verdict = if holds { "" } else { "  ** not held **" };
        format!(" (bound {}){verdict}", self.bound())
    }
}

/// Three digits that count.
fn number(value: f64) -> String {
    match value.abs() {
        100.0.. => format!("{value:.0}"),
        10.0..100.0 => format!("{value:.1}"),
        1.0..10.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}
