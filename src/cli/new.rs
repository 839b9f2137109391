//! `lygte new`: questionnaire workbooks.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::batch::{TRACKING, read_answers, write_new};
use crate::checklist::{Library, Selection};
use crate::error::Error;
use crate::model::{CountryCode, Dossier, Form, Id, Lang, Role};
use crate::questionnaire::{Invited, WriteOptions, read_suppliers, supplier_id, write};
use crate::report::{Recipient, cover, reminder, tracking};

use super::{
    Common, DONE, Outcome, Stop,
    render::{Console, count},
};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lygte new --sector cleaning --country DK --lang da --supplier \"Eksempel ApS\" -o q.xlsx
  lygte new --form short --sector cleaning --country DK --suppliers suppliers.csv -o out/
  lygte new --for assessor --answers returned/q.xlsx -o assess.xlsx
  lygte new --for observer --sector cleaning --country DK --supplier \"Eksempel ApS\" -o visit.xlsx

A list of suppliers has a column `name`, and may have id, country, sector, nace, lang, email. With one come
letters/: for each supplier a letter to send with the questionnaire and a reminder, in its language, and for each
language a sheet to keep track. Fill in what stands in [square brackets].")]
pub(super) struct NewArgs {
    /// Sector (may be given several times); `lygte list` names them
    #[arg(long, value_name = "SECTOR")]
    sector: Vec<String>,
    /// NACE code of the supplier, instead of a sector
    #[arg(long, value_name = "CODE")]
    nace: Vec<String>,
    /// Country where the work is done
    #[arg(long, value_name = "COUNTRY")]
    country: Option<String>,
    /// Language of the workbook [default: en, or the list's]
    #[arg(long, value_name = "TAG")]
    lang: Option<String>,
    /// Short (about 18 questions) or full [default: full]
    #[arg(long, value_enum)]
    form: Option<FormArg>,
    /// Who fills it in
    #[arg(long = "for", value_enum, default_value_t = RoleArg::Supplier, value_name = "ROLE")]
    role: RoleArg,
    /// Name of the supplier
    #[arg(long, value_name = "NAME", conflicts_with = "suppliers")]
    supplier: Option<String>,
    /// List of suppliers, .csv or .xlsx: one workbook for each
    #[arg(long, value_name = "FILE")]
    suppliers: Option<PathBuf>,
    /// The supplier's filled questionnaire, for an assessor's form
    #[arg(long, value_name = "FILE", conflicts_with = "suppliers")]
    answers: Option<PathBuf>,
    /// Workbook to write, or folder with --suppliers
    #[arg(long, short, value_name = "PATH")]
    output: PathBuf,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormArg {
    Short,
    Full,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum RoleArg {
    /// The supplier answers
    Supplier,
    /// An assessor notes findings and evidence
    Assessor,
    /// An observer notes signs; never for a supplier
    Observer,
}

impl RoleArg {
    fn role(self) -> Role {
        match self {
            Self::Supplier => Role::Supplier,
            Self::Assessor => Role::Assessor,
            Self::Observer => Role::Observer,
        }
    }
}

pub(super) fn run(args: &NewArgs, common: &Common, console: &Console) -> Outcome {
    if args.answers.is_some() && args.role != RoleArg::Assessor {
        return Err(Stop::Usage(
            "--answers goes with --for assessor: the supplier's answers stand in the assessor's form".to_owned(),
        ));
    }
    let (_, library) = super::library(common, console)?;
    let mut sectors = BTreeSet::new();
    for name in &args.sector {
        sectors.insert(super::known_sector(&library, name)?);
    }
    for code in &args.nace {
        sectors.extend(super::sectors_of_nace(&library, code)?);
    }
    let country = args.country.as_deref().map(|c| super::known_country(&library, c)).transpose()?;
    let lang = args.lang.as_deref().map(|l| super::known_lang(&library, l)).transpose()?;
    let defaults = Defaults {
        sectors: sectors.into_iter().collect(),
        country,
        lang,
        form: args.form.map(FormArg::form),
        role: args.role.role(),
    };

    if let Some(list) = &args.suppliers {
        return many(&library, &defaults, list, &args.output, console);
    }
    let written = if let Some(path) = &args.answers {
        let (dossier, selection) = read_answers(&library, path)?;
        from_answers(&library, &defaults, &dossier, &selection)?
    } else {
        let name = args.supplier.as_deref();
        let id = name.map(supplier_id);
        defaults.workbook(&library, id.as_deref(), name, None)?
    };
    write_new(&args.output, &written)?;
    console.note(&format!("wrote {}", args.output.display()));
    Ok(DONE)
}

impl FormArg {
    fn form(self) -> Form {
        match self {
            Self::Short => Form::Short,
            Self::Full => Form::Full,
        }
    }
}

/// What was said on the command line; a supplier list may say otherwise per supplier.
struct Defaults {
    sectors: Vec<Id>,
    country: Option<CountryCode>,
    lang: Option<Lang>,
    form: Option<Form>,
    role: Role,
}

impl Defaults {
    fn workbook(
        &self,
        library: &Library,
        id: Option<&str>,
        name: Option<&str>,
        answers: Option<(&Dossier, &Selection)>,
    ) -> Result<Vec<u8>, Stop> {
        let selection = Selection {
            questionnaire: answers.map_or_else(|| Id::new("guide"), |(_, s)| s.questionnaire.clone()),
            sectors: self.sectors.clone(),
            country: self.country.clone(),
            form: self.form.unwrap_or(Form::Full),
        };
        let questionnaire = library.compose(&selection)?;
        let lang = self.lang.clone().unwrap_or_else(Lang::english);
        let options = WriteOptions {
            role: self.role,
            lang: &lang,
            supplier_id: id,
            supplier_name: name,
            country: self.country.as_ref(),
            reference: &library.reference,
            answers: answers.map(|(d, _)| d),
        };
        Ok(write(&questionnaire, &options)?)
    }
}

fn from_answers(
    library: &Library,
    defaults: &Defaults,
    dossier: &Dossier,
    selection: &Selection,
) -> Result<Vec<u8>, Stop> {
    let own = Defaults {
        sectors: if defaults.sectors.is_empty() { selection.sectors.clone() } else { defaults.sectors.clone() },
        country: defaults.country.clone().or_else(|| selection.country.clone()),
        lang: Some(defaults.lang.clone().unwrap_or_else(|| dossier.lang.clone())),
        form: Some(defaults.form.unwrap_or(selection.form)),
        role: defaults.role,
    };
    own.workbook(library, Some(&dossier.id), Some(&dossier.name), Some((dossier, selection)))
}

fn many(library: &Library, defaults: &Defaults, list: &Path, folder: &Path, console: &Console) -> Outcome {
    let suppliers = read_suppliers(list)?;
    // The whole list is gone through before the first is written: a slip in row 40 leaves no 39 files behind. Workbooks are
    // let go one by one, for there may be many.
    let mut invited = Vec::new();
    for supplier in &suppliers {
        let own = own(library, defaults, supplier).map_err(|stop| in_list(stop, list, supplier))?;
        let name = format!("{}-{}.xlsx", supplier.id, defaults.role.id());
        invited.push((supplier, own, name));
    }
    let letters = match defaults.role {
        Role::Supplier => letters(library, &invited, folder)?,
        Role::Assessor | Role::Observer => Vec::new(),
    };
    let workbooks = invited.iter().map(|(_, _, name)| folder.join(name));
    if let Some(path) = workbooks.chain(letters.iter().map(|(path, _)| path.clone())).find(|path| path.exists()) {
        return Err(Error::Exists { path }.into());
    }
    for (supplier, own, name) in &invited {
        write_new(&folder.join(name), &own.workbook(library, Some(&supplier.id), Some(&supplier.name), None)?)?;
    }
    for (path, bytes) in &letters {
        write_new(path, bytes)?;
    }
    console.note(&format!("wrote {} to {}", count(invited.len(), "workbook"), folder.display()));
    if !letters.is_empty() {
        console.note(&format!("wrote letters and a sheet to keep track to {}", folder.join(LETTERS).display()));
    }
    Ok(DONE)
}

/// The folder of what goes with the questionnaires of a list.
const LETTERS: &str = "letters";

/// For each supplier a letter and a reminder in its language, and for each language a sheet that keeps track.
fn letters(
    library: &Library,
    invited: &[(&Invited, Defaults, String)],
    folder: &Path,
) -> Result<Vec<(PathBuf, Vec<u8>)>, Error> {
    let words = library.words.get("letters").cloned().unwrap_or_default();
    let english = Lang::english();
    let folder = folder.join(LETTERS);
    let mut out = Vec::new();
    let mut by_lang: BTreeMap<&Lang, Vec<Recipient<'_>>> = BTreeMap::new();
    for (supplier, own, file) in invited {
        let lang = own.lang.as_ref().unwrap_or(&english);
        let country = own.country.as_ref().and_then(|c| library.reference.countries.get(c));
        let to = Recipient {
            id: &supplier.id,
            name: &supplier.name,
            country: country.map(|c| c.name.get(lang)).unwrap_or_default(),
            email: supplier.email.as_deref().unwrap_or_default(),
            file,
            form: own.form.unwrap_or(Form::Full),
        };
        out.push((folder.join(format!("{}-letter.txt", to.id)), cover(&words, lang, &to).into_bytes()));
        out.push((folder.join(format!("{}-reminder.txt", to.id)), reminder(&words, lang, &to).into_bytes()));
        by_lang.entry(lang).or_default().push(to);
    }
    for (lang, suppliers) in by_lang {
        let path = folder.join(format!("{TRACKING}{lang}.xlsx"));
        out.push((path, tracking(&words, lang, &suppliers).workbook()?));
    }
    Ok(out)
}

fn own(library: &Library, defaults: &Defaults, supplier: &Invited) -> Result<Defaults, Stop> {
    let mut sectors = BTreeSet::new();
    for name in &supplier.sectors {
        sectors.insert(super::known_sector(library, name.as_str())?);
    }
    for code in &supplier.nace {
        sectors.extend(super::sectors_of_nace(library, code)?);
    }
    let country = supplier.country.as_ref().map(|c| super::known_country(library, c.as_str())).transpose()?;
    let lang = supplier.lang.as_ref().map(|l| super::known_lang(library, l.as_str())).transpose()?;
    Ok(Defaults {
        sectors: if sectors.is_empty() { defaults.sectors.clone() } else { sectors.into_iter().collect() },
        country: country.or_else(|| defaults.country.clone()),
        lang: lang.or_else(|| defaults.lang.clone()),
        form: defaults.form,
        role: defaults.role,
    })
}

fn in_list(stop: Stop, list: &Path, supplier: &Invited) -> Stop {
    match stop {
        Stop::Usage(problem) => Stop::Failed(Error::SupplierList {
            place: format!("{}, supplier {}", list.display(), supplier.id),
            problem,
        }),
        stop @ Stop::Failed(_) => stop,
    }
}
