//! The first sheet of `portfolio.xlsx`: what all suppliers come to, as tables with a chart beside each.

use rust_xlsxwriter::{
    Chart, ChartAxisCrossing, ChartFont, ChartFormat, ChartLine, ChartSolidFill, ChartType, Color,
    ConditionalFormat2ColorScale, Format, FormatAlign, Worksheet, XlsxError,
};

use super::say::Say;
use super::sheets::lines_of;
use super::totals::{Figures, HeatRow};
use super::workbook::{Looks, height};

/// Column of the charts, close to the right of the widest table.
const CHARTS: u16 = 7;
/// Columns a chart takes.
const WIDE: u16 = 8;
/// Width of the first column, in characters.
const FIRST: u16 = 32;
/// Width of the columns of numbers.
const NUMBER: u16 = 12;
/// Rows a chart takes.
const TALL: u32 = 15;
/// Fills of charts by priority, the most urgent first, then not enough answers.
const FILLS: [u32; 5] = [0x009A_3412, 0x00D9_7706, 0x00E3_B341, 0x000B_5563, 0x00A3_AFB8];

/// The sheet as it grows downward.
struct Page<'a> {
    say: Say<'a>,
    name: &'a str,
    sheet: Worksheet,
    looks: Looks,
    row: u32,
}

/// The overview of a run.
pub(super) fn sheet(say: Say<'_>, name: &str, date: &str, figures: &Figures) -> Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_name(name)?.set_screen_gridlines(false);
    sheet.set_column_width(0, FIRST)?;
    for column in 1..CHARTS {
        sheet.set_column_width(column, NUMBER)?;
    }
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_footer("&L&A&R&P / &N");
    sheet.set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3);
    let mut page = Page { say, name, sheet, looks: Looks::new(), row: 0 };
    page.head(date, figures)?;
    page.figures(figures)?;
    page.bands(figures)?;
    let breaks = [page.row];
    page.heat("heat-sector", "col-sector", &figures.sectors)?;
    page.heat("heat-country", "col-country", &figures.countries)?;
    let breaks = [breaks[0], page.row];
    page.lacks(figures)?;
    page.sheet.set_page_breaks(&breaks)?;
    let last = page.row.max(1);
    page.sheet.set_print_area(0, 0, last, CHARTS + WIDE - 1)?;
    Ok(page.sheet)
}

impl Page<'_> {
    fn head(&mut self, date: &str, figures: &Figures) -> Result<(), XlsxError> {
        let title = Format::new().set_bold().set_font_size(16);
        let note = Format::new().set_text_wrap().set_align(FormatAlign::Top).set_font_color(Color::RGB(0x004B_5865));
        self.sheet.write_string_with_format(0, 0, self.say.t("portfolio"), &title)?;
        self.sheet.write_string(1, 0, self.say.date(date))?;
        self.row = 2;
        let mut notes = vec![format!("{} {}", self.say.t("confidential"), self.say.t("confidential-portfolio"))];
        notes.push(self.say.t("whom-first"));
        if figures.draft {
            notes.push(self.say.t("draft-language"));
        }
        for text in notes {
            self.sheet.merge_range(self.row, 0, self.row, CHARTS - 1, &text, &note)?;
            self.sheet.set_row_height(self.row, height(lines_of(&text, FIRST + NUMBER * (CHARTS - 1))))?;
            self.row += 1;
        }
        self.row += 1;
        Ok(())
    }

    fn title(&mut self, word: &str) -> Result<(), XlsxError> {
        let bold = Format::new().set_bold().set_font_size(12);
        self.sheet.write_string_with_format(self.row, 0, self.say.t(word), &bold)?;
        self.row += 1;
        Ok(())
    }

    /// Titles of numbers stand at the right edge, as the numbers do.
    fn heads(&mut self, titles: &[String]) -> Result<(), XlsxError> {
        let right = self.looks.head.clone().set_align(FormatAlign::Right).set_indent(1);
        for (column, title) in (0u16..).zip(titles) {
            let look = if column == 0 { &self.looks.head } else { &right };
            self.sheet.write_string_with_format(self.row, column, title, look)?;
        }
        let lines = titles.iter().skip(1).map(|title| lines_of(title, NUMBER)).max().unwrap_or(1);
        self.sheet.set_row_height(self.row, height(lines))?;
        self.row += 1;
        Ok(())
    }

    fn number(&mut self, column: u16, n: usize) -> Result<(), XlsxError> {
        let n = u32::try_from(n).unwrap_or(u32::MAX);
        self.sheet.write_number_with_format(self.row, column, n, &self.looks.count)?;
        Ok(())
    }

    /// At the right edge like the numbers: at the left one it would run together with the count beside it.
    fn share(&mut self, column: u16, share: &str) -> Result<(), XlsxError> {
        let right = Format::new().set_align(FormatAlign::Top).set_align(FormatAlign::Right).set_indent(1);
        self.sheet.write_string_with_format(self.row, column, share, &right)?;
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), XlsxError> {
        let wrap = Format::new().set_text_wrap().set_align(FormatAlign::Top);
        self.sheet.write_string_with_format(self.row, 0, text, &wrap)?;
        self.sheet.set_row_height(self.row, height(lines_of(text, FIRST)))?;
        Ok(())
    }

    /// Leaves room for a chart that is taller than its table.
    fn after_chart(&mut self, top: u32) {
        self.row = self.row.max(top + TALL) + 1;
    }

    fn figures(&mut self, figures: &Figures) -> Result<(), XlsxError> {
        self.title("figures-title")?;
        let say = self.say;
        let mut counts = vec![(say.t("figure-suppliers"), figures.suppliers), (say.t("figure-enough"), figures.enough)];
        if let Some(response) = &figures.response {
            counts.push((say.t("figure-invited"), response.invited));
            counts.push((say.t("figure-answered"), response.answered));
        }
        for (name, n) in counts {
            self.text(&name)?;
            self.number(1, n)?;
            self.row += 1;
        }
        self.text(&say.t("response-title"))?;
        match &figures.response {
            Some(response) => self.share(1, &response.share)?,
            // Words, which go on over the empty cells to the right.
            None => {
                self.sheet.write_string(self.row, 1, say.t("response-unknown"))?;
            }
        }
        self.row += 1;
        for share in &figures.vouched {
            self.text(&say.fill("figure-vouched", &[("who", &share.name)]))?;
            self.share(1, &share.share)?;
            self.row += 1;
        }
        self.row += 1;
        Ok(())
    }

    fn bands(&mut self, figures: &Figures) -> Result<(), XlsxError> {
        let top = self.row;
        self.title("distribution-title")?;
        let say = self.say;
        self.heads(&["col-follow", "col-suppliers", "col-share-of", "col-at-best"].map(|w| say.t(w)))?;
        let first = self.row;
        for band in &figures.bands {
            self.text(&band.name)?;
            self.number(1, band.count)?;
            self.share(2, &band.share)?;
            self.number(3, band.best)?;
            self.row += 1;
        }
        let last = self.row - 1;
        let mut chart = Chart::new(ChartType::Column);
        let series = chart.add_series();
        series.set_categories((self.name, first, 0, last, 0)).set_values((self.name, first, 1, last, 1));
        series.set_name(say.t("col-suppliers").as_str()).set_point_colors(&FILLS.map(Color::RGB)).set_gap(60);
        let most = figures.bands.iter().map(|b| b.count).max().unwrap_or(0);
        if most <= 10 {
            chart.y_axis().set_major_unit(1);
        }
        self.place(chart, "distribution-title", top, None)
    }

    fn heat(&mut self, title: &str, head: &str, rows: &[HeatRow]) -> Result<(), XlsxError> {
        if rows.is_empty() {
            return Ok(());
        }
        let (top, say) = (self.row, self.say);
        self.title(title)?;
        let mut heads = vec![say.t(head)];
        heads.extend(super::totals::COLUMNS.map(|b| b.map_or_else(|| say.t("few-title"), |b| say.band(b))));
        heads.push(say.t("col-all"));
        self.heads(&heads)?;
        let head = self.row - 1;
        for row in rows {
            self.text(&row.name)?;
            for (column, cell) in (1u16..).zip(&row.cells) {
                self.number(column, cell.count)?;
            }
            self.number(6, row.total)?;
            self.row += 1;
        }
        let last = self.row - 1;
        let scale = ConditionalFormat2ColorScale::new()
            .set_minimum_color(Color::White)
            .set_maximum_color(Color::RGB(0x005F_A1A9));
        self.sheet.add_conditional_format(head + 1, 1, last, 5, &scale)?;
        // A chart of very many countries would be of no use: the first are the ones with the most suppliers.
        let last = last.min(head + 12);
        let mut chart = Chart::new(ChartType::BarStacked);
        for (column, rgb) in (1u16..).zip(FILLS) {
            let series = chart.add_series();
            series.set_name((self.name, head, column));
            series.set_categories((self.name, head + 1, 0, last, 0)).set_values((
                self.name,
                head + 1,
                column,
                last,
                column,
            ));
            series
                .set_format(ChartFormat::new().set_solid_fill(ChartSolidFill::new().set_color(Color::RGB(rgb))))
                .set_gap(50);
        }
        let most = rows.iter().map(|r| r.total).max().unwrap_or(0);
        self.place(chart, title, top, Some(most))
    }

    fn lacks(&mut self, figures: &Figures) -> Result<(), XlsxError> {
        if figures.lacks.is_empty() {
            return Ok(());
        }
        let (top, say) = (self.row, self.say);
        self.title("lacks-title")?;
        self.heads(
            &["col-question", "col-weak", "col-no-answer", "col-applies", "col-share-of", "col-number"]
                .map(|w| say.t(w)),
        )?;
        let head = self.row - 1;
        for lack in &figures.lacks {
            self.text(&format!("{} {}", lack.number, lack.question))?;
            self.number(1, lack.weak)?;
            self.number(2, lack.open)?;
            self.number(3, lack.applies)?;
            self.share(4, &lack.share)?;
            self.share(5, &lack.number)?;
            self.row += 1;
        }
        let last = self.row - 1;
        let mut chart = Chart::new(ChartType::BarStacked);
        for (column, rgb) in [(1u16, FILLS[1]), (2, FILLS[4])] {
            let series = chart.add_series();
            series.set_name((self.name, head, column));
            series.set_categories((self.name, head + 1, 5, last, 5)).set_values((
                self.name,
                head + 1,
                column,
                last,
                column,
            ));
            series
                .set_format(ChartFormat::new().set_solid_fill(ChartSolidFill::new().set_color(Color::RGB(rgb))))
                .set_gap(50);
        }
        let most = figures.lacks.iter().map(|l| l.weak + l.open).max().unwrap_or(0);
        self.place(chart, "lacks-title", top, Some(most))
    }

    /// Puts a chart beside its table; `bars`: the longest of its bars, where it lies on its side.
    fn place(&mut self, mut chart: Chart, title: &str, top: u32, bars: Option<usize>) -> Result<(), XlsxError> {
        let name = self.say.t(title);
        chart.title().set_name(name.as_str()).set_font(ChartFont::new().set_size(11).set_bold());
        chart.set_alt_text(self.say.fill("chart-alt", &[("title", &name)])).set_width(490).set_height(285);
        let mut faint = ChartLine::new();
        faint.set_color(Color::RGB(0x00D5_DCE2));
        if let Some(most) = bars {
            // The first row of the table stands on top of the chart, too.
            chart.y_axis().set_reverse().set_crossing(ChartAxisCrossing::Max);
            chart.x_axis().set_major_gridlines_line(&faint);
            if most <= 10 {
                chart.x_axis().set_major_unit(1);
            }
            chart.legend().set_position(rust_xlsxwriter::ChartLegendPosition::Bottom);
        } else {
            chart.y_axis().set_major_gridlines_line(&faint);
            chart.legend().set_hidden();
        }
        // Within its rows, so that none of it falls on the page before.
        self.sheet.insert_chart_with_offset(top, CHARTS, &chart, 14, 4)?;
        self.after_chart(top);
        Ok(())
    }
}
