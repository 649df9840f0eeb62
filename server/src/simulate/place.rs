//! Which requests a script or a question is about: a path by whole segments, and query pairs that must be there.

use url::form_urlencoded;

/// A path prefix, with query pairs or without, e.g. `/dingtalk` or `/dingtalk/robot/send?access_token=T`.
///
/// `/webhook/a` covers `/webhook/a` and `/webhook/a/b`, never `/webhook/ab`; `/` covers everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    path: String,
    pairs: Vec<(String, String)>,
}

impl Place {
    /// Reads `text`; it must begin with a slash.
    pub fn parse(text: &str) -> Result<Self, String> {
        if !text.starts_with('/') {
            return Err(format!("`path` must begin with a slash, not be `{text}`"));
        }
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        Ok(Self { path: path.trim_end_matches('/').to_owned(), pairs: parse_query(query) })
    }

    pub fn covers(&self, path: &str, query: &[(String, String)]) -> bool {
        self.covers_path(path) && self.pairs.iter().all(|pair| query.contains(pair))
    }

    /// Whether the path alone fits, whatever the query.
    pub fn covers_path(&self, path: &str) -> bool {
        path.strip_prefix(self.path.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Whether everything that `other` covers is covered by this one too.
    pub fn contains(&self, other: &Self) -> bool {
        self.covers(&other.path, &other.pairs)
    }

    pub fn names_query(&self) -> bool {
        !self.pairs.is_empty()
    }

    /// The longer, the more it decides.
    pub fn weight(&self) -> (usize, usize) {
        (self.path.len(), self.pairs.len())
    }
}

/// The pairs of a query string, decoded: a `+` that was not encoded becomes a blank, as it does at the providers.
pub fn parse_query(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_segments_decide() {
        let place = Place::parse("/webhook/a").unwrap();
        assert!(place.covers("/webhook/a", &[]));
        assert!(place.covers("/webhook/a/b", &[]));
        assert!(!place.covers("/webhook/ab", &[]));
        assert!(Place::parse("/").unwrap().covers("/webhook/ab", &[]));
        assert!(Place::parse("webhook").is_err());
    }

    #[test]
    fn query_pairs_must_all_be_there() {
        let place = Place::parse("/dingtalk/robot/send?access_token=T").unwrap();
        assert!(place.covers("/dingtalk/robot/send", &parse_query("timestamp=1&access_token=T&sign=a%2Bb")));
        assert!(!place.covers("/dingtalk/robot/send", &parse_query("access_token=T2")));
        assert!(Place::parse("/dingtalk").unwrap().contains(&place));
        assert!(!place.contains(&Place::parse("/dingtalk").unwrap()));
    }

    #[test]
    fn an_unencoded_plus_is_a_blank() {
        assert_eq!(parse_query("sign=a+b%2B"), [("sign".to_owned(), "a b+".to_owned())]);
    }
}
