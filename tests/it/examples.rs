//! The shipped examples: nine suppliers, saved by four programs, come out as their stories say.

use crate::support::Sandbox;

#[test]
fn the_examples_come_out_as_their_stories_say() {
    let sandbox = Sandbox::new();
    sandbox.ok(&["assess", concat!(env!("CARGO_MANIFEST_DIR"), "/examples/suppliers"), "-o", "out"]);
    let json = sandbox.json("out/results.json");
    let mut lines = vec![json["ledger"].to_string()];
    for s in json["suppliers"].as_array().unwrap() {
        let text = |v: &serde_json::Value| v.as_str().unwrap_or("-").to_owned();
        let floors: Vec<String> = s["floors"].as_array().unwrap().iter().map(|f| text(&f["id"])).collect();
        lines.push(format!(
            "{} {} {} {} {} {} [{}]",
            text(&s["name"]),
            text(&s["questionnaire"]["form"]),
            text(&s["score"]["headline"]["shown"]),
            text(&s["score"]["best"]["shown"]),
            text(&s["priority"]),
            text(&s["signs"]["label"]),
            floors.join(" ")
        ));
    }
    insta::assert_snapshot!(lines.join("\n"));
}
