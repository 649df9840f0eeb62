//! The rules of the house that the compiler does not keep: which places may use which crate, and which folder which. The order
//! of the folders is read from the map in ARCHITECTURE.md, so that the map stays true.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use regex::Regex;

/// Crates, the places below `src` that may name them, and why nobody else.
const CRATES: [(&str, &[&str], &str); 7] = [
    ("diesel", &["store"], "what is stored how is said in one place, for both databases"),
    // `cli/bench` asks PostgreSQL what its server has cost.
    ("tokio_postgres", &["store", "cli/bench"], "the same"),
    ("fred", &["redis", "bus/redis", "limits/redis.rs", "queue/redis"], "each of these has a twin in memory"),
    ("apalis", &["queue", "workers"], "the rest knows lanes and jobs"),
    // `cli/send` calls the server that its user names, `cli/bench` measures this machine: neither is told where to by a tenant.
    (
        "reqwest",
        &["channels/http.rs", "traces", "cli/send", "cli/bench"],
        "what tenants name is called through the guard alone",
    ),
    ("rand", &["domain/chance.rs"], "the source of random numbers is passed in, and secrets have one place"),
    ("liquid", &["templates"], "templates run with our budget only"),
];

/// Uses of a folder that stands further down in the map, and why.
const EXCEPTIONS: [(&str, &str, &str); 1] =
    [("rest", "http", "handlers need the server's state and its keys, the route table names the handlers")];

/// A source file: its path below `src`, and its code without comments and tests.
struct Source {
    path: String,
    code: String,
}

impl Source {
    /// The folder of the map that it belongs to.
    fn folder(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    fn within(&self, places: &[&str]) -> bool {
        places.iter().any(|place| self.path == *place || self.path.starts_with(&format!("{place}/")))
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Everything but tests, which may look behind the scenes, and the two files that name all folders.
fn sources() -> Vec<Source> {
    let (mut sources, mut folders) = (Vec::new(), vec![root()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if ["tests", "tests.rs", "testing.rs", "layers.rs", "lib.rs", "main.rs"].contains(&name.as_str()) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if name.ends_with(".rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
                let code =
                    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
                let path = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
                sources.push(Source { path, code });
            }
        }
    }
    assert!(sources.len() > 100, "only {} files were found", sources.len());
    sources
}

/// The folders in the order of the map.
fn map() -> Vec<String> {
    let text = std::fs::read_to_string(root().join("../../ARCHITECTURE.md")).unwrap();
    let (_, after) = text.split_once("## The map of `server/src`").unwrap();
    let table = after.lines().skip_while(|line| !line.starts_with("| `")).take_while(|line| line.starts_with("| `"));
    let names = table.flat_map(|line| line.split('|').nth(1).unwrap_or_default().split(','));
    names.map(|name| name.trim().trim_matches('`').trim_end_matches(".rs").to_owned()).collect()
}

#[test]
fn crates_are_used_where_they_belong() {
    let sources = sources();
    let mut broken = Vec::new();
    for (name, places, why) in CRATES {
        let used = Regex::new(&format!(r"\b(use )?{name}(_\w+)?(::|;)")).unwrap();
        let users: Vec<&Source> = sources.iter().filter(|source| used.is_match(&source.code)).collect();
        let strangers = users.iter().filter(|source| !source.within(places));
        broken.extend(strangers.map(|source| format!("{} uses {name}: {why}", source.path)));
        for place in places {
            assert!(users.iter().any(|source| source.within(&[place])), "{place} no longer uses {name}");
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn a_folder_uses_only_those_above_it_in_the_map() {
    let (sources, map) = (sources(), map());
    let place = |name: &str| map.iter().position(|folder| folder == name);
    let named = Regex::new(r"\bcrate::(\w+)").unwrap();
    let (mut broken, mut excepted) = (BTreeSet::new(), BTreeSet::new());
    for source in &sources {
        let folder = source.folder();
        let own = place(folder).unwrap_or_else(|| panic!("{folder} is not in the map"));
        for found in named.captures_iter(&source.code) {
            let used = &found[1];
            let other = place(used).unwrap_or_else(|| panic!("{}: {used} is not in the map", source.path));
            if other <= own {
                continue;
            }
            match EXCEPTIONS.iter().find(|(by, of, _)| (*by, *of) == (folder, used)) {
                Some((by, of, _)) => drop(excepted.insert((*by, *of))),
                None => drop(broken.insert(format!("{} uses {used}", source.path))),
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
    for (by, of, _) in EXCEPTIONS {
        assert!(excepted.contains(&(by, of)), "{by} no longer uses {of}");
    }
    let there: BTreeSet<&str> = sources.iter().map(Source::folder).collect();
    for folder in &map {
        assert!(there.contains(folder.as_str()), "{folder} is in the map and not in the house");
    }
}
