//! The files built into the program: checklists and templates.

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "checklists/"]
#[include = "*.yml"]
struct Checklists;

#[derive(RustEmbed)]
#[folder = "templates/"]
#[exclude = "*.md"]
struct Templates;

/// Which of the built-in folders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Folder {
    /// `checklists/`
    Checklists,
    /// `templates/`
    Templates,
}

/// Names of the files in a folder, with `/` as separator, in order.
pub fn list(folder: Folder) -> Vec<String> {
    let mut names: Vec<String> = match folder {
        Folder::Checklists => Checklists::iter().map(std::borrow::Cow::into_owned).collect(),
        Folder::Templates => Templates::iter().map(std::borrow::Cow::into_owned).collect(),
    };
    names.sort();
    names
}

/// The text of a built-in file.
pub fn text(folder: Folder, name: &str) -> Option<String> {
    let file = match folder {
        Folder::Checklists => Checklists::get(name),
        Folder::Templates => Templates::get(name),
    };
    file.and_then(|f| String::from_utf8(f.data.into_owned()).ok())
}
