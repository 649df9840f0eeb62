//! What compiles, where mistakes are, which variables are read.

use proptest::prelude::*;
use serde_json::json;

use super::super::{MAX_SOURCE, compile};
use super::{mistakes, variables};
use crate::domain::issue::IssueCode;

#[test]
fn mistakes_have_line_and_column_in_the_authors_text() {
    for (template, expected) in [
        ("{{ name", "line 1, column 1: `{{` is never closed with `}}`"),
        ("订单 {{ name", "line 1, column 4: `{{` is never closed with `}}`"),
        ("a\nb {{ @ }}", "line 2, column 6: unexpected `@`"),
        ("${a}${b}\n😀${c} {{ 订 }}", "line 2, column 10: unexpected `订`"),
        ("a\r\n{{ x | nosuch }}", "line 2, column 8: unknown filter `nosuch`"),
        ("{{ x |\n  nosuch: 1 }}", "line 2, column 3: unknown filter `nosuch`"),
        ("{{ a b }}", "line 1, column 6: unexpected `b`"),
        ("{{ }}", "line 1, column 4: expected a value"),
        ("{{ a. }}", "line 1, column 7: expected a name after `.`"),
        ("{{ 'a }}", "line 1, column 4: ' is never closed"),
        ("{{ 99999999999999999999 }}", "line 1, column 4: the number is too large"),
        ("{% nosuch %}", "line 1, column 1: unknown tag `nosuch`"),
        ("{% include 'x' %}", "line 1, column 1: unknown tag `include`"),
        ("{% render 'x' %}", "line 1, column 1: unknown tag `render`"),
        ("{% literal 'x' %}", "line 1, column 1: unknown tag `literal`"),
        ("{% %}", "line 1, column 1: expected the name of a tag"),
        ("{% if a %}\nb", "line 1, column 1: `if` is never closed with `endif`"),
        ("{% if a %}\n{% endfor %}{% endif %}", "line 2, column 1: `endfor` does not belong here: `if` is open"),
        ("{% endif %}", "line 1, column 1: `endif` closes nothing"),
        ("{% else %}", "line 1, column 1: `else` does not belong here"),
        ("{% if a %}{% else %}{% elsif b %}{% endif %}", "line 1, column 21: `elsif` after `else`"),
        ("{% if a == %}{% endif %}", "line 1, column 12: expected a value"),
        ("{% if a = 1 %}{% endif %}", "line 1, column 9: unexpected `=`"),
        ("{% for x of y %}{% endfor %}", "line 1, column 10: expected `in`"),
        ("{% for x in (1..) %}{% endfor %}", "line 1, column 17: expected a value, found `)`"),
        ("{% for x in y cols: 2 %}{% endfor %}", "line 1, column 15: unexpected `cols`"),
        ("{% assign x 1 %}", "line 1, column 13: expected `=`"),
        ("{% raw %}{{", "line 1, column 1: `raw` is never closed with `endraw`"),
        ("x{% comment %}", "line 1, column 2: `comment` is never closed with `endcomment`"),
        ("{% cycle g: %}", "line 1, column 13: expected a value"),
        ("${a}\n ${b}{{ a | append }}", "line 2, column 6: "),
        ("${a}{{ a | upcase: 1, 2 }}", "line 1, column 5: "),
        ("{% assign b = a | replace %}", "line 1, column 1: "),
    ] {
        let found = mistakes(template);
        assert_eq!(found.len(), 1, "{template}: {found:?}");
        assert!(found[0].starts_with(expected), "{template}: {found:?}");
        assert!(!found[0].contains('\n') && found[0].len() < 400, "{template}: {found:?}");
    }
}

#[test]
fn all_mistakes_of_all_strings_are_reported() {
    let issues = compile(&json!({
        "text": "{{ a b }}\n{{ c | nosuch }}{% if %}",
        "buttons": [{ "title": "{{", "url": "fine ${x}" }],
    }))
    .unwrap_err();
    let found: Vec<_> = issues.iter().map(|issue| (issue.path.join("."), issue.code, issue.message.as_str())).collect();
    assert_eq!(
        found,
        [
            ("content.text".to_owned(), IssueCode::TemplateSyntax, "line 1, column 6: unexpected `b`"),
            ("content.text".to_owned(), IssueCode::TemplateSyntax, "line 2, column 8: unknown filter `nosuch`"),
            (
                "content.text".to_owned(),
                IssueCode::TemplateSyntax,
                "line 2, column 17: `if` is never closed with `endif`"
            ),
            ("content.text".to_owned(), IssueCode::TemplateSyntax, "line 2, column 23: expected a value"),
            (
                "content.buttons.0.title".to_owned(),
                IssueCode::TemplateSyntax,
                "line 1, column 1: `{{` is never closed with `}}`"
            ),
        ]
    );
}

#[test]
fn variables_are_the_paths_read_from_business_data() {
    for (template, expected) in [
        ("no markup", &[][..]),
        ("${b}{{ a }}${b}", &["a", "b"]),
        (
            "${order.id} {{ order.items[0].name }} {{ order['note'] }}",
            &["order.id", "order.items[0].name", "order.note"],
        ),
        ("{{ a[b.c].d }}", &["a", "b.c"]),
        (
            "{% for i in order.items limit: n %}{{ i.name }}{{ forloop.index }}{{ i }}{{ x }}{% endfor %}{{ i }}",
            &["i", "n", "order.items", "x"],
        ),
        ("{% assign t = a | append: b %}{{ t }}", &["a", "b"]),
        ("{{ t }}{% assign t = 1 %}{{ t.x }}", &["t"]),
        ("{% capture c %}{{ x }}{% endcapture %}{{ c }}", &["x"]),
        ("{% increment n %}{{ n }}", &[]),
        (
            "{% if a and b == 'c' or d contains e %}{% elsif f %}{% endif %}{% unless g %}{% endunless %}",
            &["a", "b", "d", "e", "f", "g"],
        ),
        ("{% case a %}{% when b, 'c' or d %}{% endcase %}", &["a", "b", "d"]),
        ("{% cycle g: a, 'b' %}{% cycle c, d %}", &["a", "c", "d"]),
        ("{% tablerow i in (a..b) cols: c %}{{ tablerowloop.col }}{% endtablerow %}", &["a", "b", "c"]),
        ("{{ x | default: y }}{{ emptyReason }}{{ nil }}{{ true }}{{ 'str' }}{{ 1.5 }}", &["emptyReason", "x", "y"]),
        ("{% raw %}{{ a }}{% endraw %}{% comment %}{{ b }}{% endcomment %}${not a path}", &[]),
    ] {
        assert_eq!(variables(template), expected, "{template}");
    }
}

#[test]
fn too_long_sources_are_refused_but_not_long_plain_text() {
    let long = "x".repeat(MAX_SOURCE);
    let issues = compile(&json!({ "text": format!("{long}${{a}}") })).unwrap_err();
    assert_eq!((issues[0].code, issues.len()), (IssueCode::TooLong, 1));
    let image = "A".repeat(3 << 20);
    assert!(compile(&json!({ "base64": image })).is_ok());
    let many = vec![format!("${{a}}{}", &long[..60_000]); 5];
    assert_eq!(compile(&json!(many)).unwrap_err()[0].path, ["content", "4"]);
}

#[test]
fn nesting_is_limited_before_any_parser_recurses() {
    let nested = |count: usize| format!("{}x{}", "{% if a %}".repeat(count), "{% endif %}".repeat(count));
    assert!(compile(&json!(nested(48))).is_ok());
    for template in [
        nested(49),
        nested(3000),
        format!("{{% if a %}}{}{{% endif %}}", "{% elsif a %}".repeat(3000)),
        format!("{{{{ a{} }}}}", "[a".repeat(20_000)),
        format!("{{{{ a{}{} }}}}", "[a".repeat(10_000), "]".repeat(10_000)),
        format!("{{{{ a{} }}}}", ".size".repeat(10_000)),
        format!("{{{{ a{} }}}}", "[0]".repeat(10_000)),
        format!("{{% if a {} %}}{{% endif %}}", "and a ".repeat(9_000)),
        "{{ ".repeat(20_000),
        "{{ @ }}".repeat(9_000),
        "{{ a | append }}".repeat(4_000),
        "{% for".repeat(10_000),
        "{% if a %}".repeat(6_000),
        "${a[".repeat(10_000),
        format!("{{% raw %}}{}", "{{ a[".repeat(10_000)),
    ] {
        let found = mistakes(&template);
        // Unclosed `${` is text.
        assert_eq!(found.is_empty(), template.starts_with("${"), "{}: {found:?}", &template[..40]);
        assert!(found.len() <= 20, "{}", found.len());
    }
    // Raw text may hold anything.
    let raw = format!("{{% raw %}}{}{{% endraw %}}", "{{ a[".repeat(10_000));
    assert_eq!(super::render(&raw, json!({})).unwrap().len(), 50_000);
    let spaces = format!("${{a}}{}${{a}}", " \n".repeat(30_000));
    assert_eq!(super::render(&spaces, json!({ "a": 1 })).unwrap().len(), 60_002);
}

proptest! {
    /// Whatever stands before it, with any number of `${}`, a mistake is found at its place.
    #[test]
    fn dollar_braces_keep_lines_and_columns(
        parts in prop::collection::vec(prop_oneof![
            Just("${a}"), Just("${ a.b }"), Just("订单"), Just("😀"), Just("\n"), Just("\r\n"), Just("{{ a }}"), Just("text "),
            Just("{% if a %}b{% endif %}"), Just("{% raw %}${x}\n{% endraw %}"), Just("${emptyA}"), Just("{{ a | default: 1 }}"),
        ], 0..12),
    ) {
        let before = parts.concat();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let faulty = [("{{ a", 0), ("{{ @ }}", 3), ("{{ a | nosuch }}", 7), ("{{ a | append }}", 0), ("{% nosuch %}", 0)];
        for (mistake, offset) in faulty {
            let found = mistakes(&format!("{before}{mistake}"));
            prop_assert_eq!(found.len(), 1);
            let place = format!("line {line}, column {}: ", column + offset);
            prop_assert!(found[0].starts_with(&place), "{:?} {}", found, place);
        }
    }

    /// Compiling never panics and says something about what it refuses.
    #[test]
    fn any_text_compiles_or_is_refused(
        parts in prop::collection::vec(prop_oneof![
            Just("{{"), Just("}}"), Just("{%"), Just("%}"), Just("-"), Just("${"), Just("}"), Just("\""), Just("'"), Just("["), Just("]"),
            Just("("), Just(")"), Just(".."), Just("."), Just("|"), Just(":"), Just(","), Just("="), Just("=="), Just(" "), Just("\n"),
            Just("a"), Just("empty"), Just("if"), Just("endif"), Just("for x in "), Just("endfor"), Just("else"), Just("raw"), Just("endraw"),
            Just("assign"), Just("default"), Just("append"), Just("split"), Just("1"), Just("1.5"), Just("中"), Just("case"), Just("when"),
            Just("cycle"), Just("comment"), Just("endcomment"), Just("{% if a %}"), Just("{% endif %}"), Just("{{ a "),
        ], 0..30),
    ) {
        let template = parts.concat();
        if let Err(issues) = compile(&json!(template)) {
            prop_assert!(!issues.is_empty());
            prop_assert!(issues.iter().all(|issue| issue.message.starts_with("line ")));
            prop_assert!(!issues.iter().any(|issue| issue.message.contains("not a valid template")), "{:?}", issues);
        }
    }
}
