//! Hostile templates end soon and small.

use std::fmt::Write;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::json;

use super::super::{Globals, RenderError, compile};
use super::render;
use crate::domain::time::Clock;

/// What a template may take in a debug build on a busy machine; the limits are counted, not timed.
const PATIENCE: Duration = Duration::from_secs(10);

fn assert_cut_off(template: &str) {
    let started = Instant::now();
    let data = json!({ "s": "abc".repeat(30_000), "list": (0..5_000).collect::<Vec<_>>(), "x": 1 });
    let result = render(template, data);
    let shown = &template[..template.floor_char_boundary(120)];
    match result {
        Err(RenderError::TooLarge { .. }) => {}
        Ok(text) => panic!("{shown} rendered {} bytes", text.len()),
        Err(other) => panic!("{shown}: {other}"),
    }
    assert!(started.elapsed() < PATIENCE, "{shown} took {:?}", started.elapsed());
}

#[test]
fn loops_are_cut_off() {
    for template in [
        "{% for i in (1..1000000000) %}{% endfor %}",
        "{% for i in (-9000000000000000..900000000000000000) %}{% endfor %}",
        "{% tablerow i in (1..1000000000) %}{% endtablerow %}",
        "{% for i in (1..100001) %}{% endfor %}",
        "{% for i in (1..50000) %}{% for j in (1..50000) %}{% endfor %}{% endfor %}",
        "{% for i in (1..1000) %}{% for j in (1..1000) %}{% endfor %}{% endfor %}",
        "{% for i in list %}{% for j in list %}{% endfor %}{% endfor %}",
        "{% for i in (1..99) %}{% for j in (1..99) %}{% for k in (1..99) %}{{ k }}{% endfor %}{% endfor %}{% endfor %}",
        "{% for i in (1..90000) %}{% if s == s %}{% endif %}{% endfor %}",
        "{% for i in (1..90000) %}{% if s contains 'x' %}{% endif %}{% endfor %}",
        "{% for i in (1..90000) %}{% assign y = s | upcase %}{% endfor %}",
        "{% for i in (1..90000) %}{% assign y = s | size %}{% endfor %}",
        "{% for i in (1..90000) %}{% assign y = list | sort %}{% endfor %}",
        "{% for i in (1..90000) %}{% case s %}{% when 'a' %}{% endcase %}{% endfor %}",
        "{% for i in (1..90000) %}{% capture y %}{{ s }}{% endcapture %}{% endfor %}",
        "{% for i in (1..90000) %}{{ 'now' | date: '%s' | date: '%s' }}{{ x }}{{ x }}{% endfor %}",
    ] {
        assert_cut_off(template);
    }
}

#[test]
fn bodies_that_write_nothing_still_cost() {
    let repeated =
        |part: &str| format!("{{% for i in (1..100000) %}}{}{{% endfor %}}", part.repeat(60_000 / part.len()));
    for part in [
        "{{''}}",
        "{%if 1%}{%endif%}",
        "{{x|abs}}",
        "{%assign y=1%}",
        "{%case 1%}{%endcase%}",
        "{%for j in (1..0)%}{%endfor%}",
        "{%capture y%}{%endcapture%}",
        "{%ifchanged%}{%endifchanged%}",
        "{%cycle ''%}",
    ] {
        assert_cut_off(&repeated(part));
    }
    let whens = "{%when 2%}".repeat(5_000);
    assert_cut_off(&format!("{{% for i in (1..100000) %}}{{% case 1 %}}{whens}{{% endcase %}}{{% endfor %}}"));
    let terms = " and 1 == 1".repeat(60);
    assert_cut_off(&format!("{{% for i in (1..100000) %}}{{% if 1 == 1{terms} %}}{{% endif %}}{{% endfor %}}"));
}

#[test]
fn growth_is_cut_off() {
    let mut doubling = "{% assign a = 'aaaaaaaaaaaaaaaa' %}".to_owned();
    let mut lists = "{% assign a = 'a,b,c,d' | split: ',' %}".to_owned();
    let mut captures = "{% assign a = 'aaaaaaaaaaaaaaaa' %}".to_owned();
    let mut replaces = "{% assign a = 'aa' %}".to_owned();
    for _ in 0..64 {
        doubling.push_str("{% assign a = a | append: a %}");
        lists.push_str("{% assign a = a | concat: a %}");
        captures.push_str("{% capture a %}{{ a }}{{ a }}{% endcapture %}");
        replaces.push_str("{% assign a = a | replace: 'a', a %}");
    }
    for template in [&doubling, &lists, &captures, &replaces] {
        assert_cut_off(template);
    }
    for template in [
        "{% assign a = s | split: '' | join: s %}",
        "{% assign a = s | replace: 'a', s %}",
        "{% assign a = s | replace: '', s %}",
        "{% assign a = s | split: '' %}",
        "{% assign a = list | join: s %}",
        "{% assign a = list | uniq | uniq | uniq | uniq %}{% for i in (1..9) %}{% assign a = list | uniq %}{% endfor %}",
        "{% for i in (1..90000) %}{{ s }}{% endfor %}",
        "{% for i in (1..90000) %}{% capture a %}{{ a | default: '' }}{{ i }}{% endcapture %}{% endfor %}",
        "{% for i in (1..90000) %}0123456789abcdef{% endfor %}",
        "{% assign f = '%999d' %}{% for i in (1..90000) %}{% assign f = f | append: '%999d' %}{% assign y = 'now' | date: f %}{% endfor %}",
    ] {
        assert_cut_off(template);
    }
    // Built up piece by piece, as authors do: only what is held at a time counts.
    let sum = "{% assign a = '' %}{% for i in (1..400) %}{% assign a = a | append: i | append: '. line of text ' %}{% endfor %}{{ a }}";
    assert_eq!(render(sum, json!({})).map(|text| text.len()), Ok(400 * 15 + 9 + 90 * 2 + 301 * 3));
    let error = render("{{ 'now' | date: '%999999999Y' }}", json!({})).unwrap_err();
    assert!(matches!(error, RenderError::Failed { .. }), "{error}");
    // A template of a legal size whose output is not.
    let data = json!({ "s": "x".repeat(600_000) });
    assert!(matches!(render("${s}${s}", data.clone()), Err(RenderError::TooLarge { .. })));
    assert_eq!(render("${s}", data).map(|text| text.len()), Ok(600_000));
}

#[test]
fn the_limits_hold_for_a_content_as_a_whole() {
    let compiled = compile(&json!(vec!["{% for i in (1..30000) %}{% endfor %}"; 4])).unwrap();
    let error = compiled.render(&Globals::default(), &Clock::System).unwrap_err();
    assert_eq!(error, RenderError::TooLarge { path: "content.3".into(), what: "its loops exceed 100,000 iterations" });
    assert_eq!(error.to_string(), "the template in content.3 was cut off: its loops exceed 100,000 iterations");
}

#[test]
fn large_but_ordinary_templates_pass() {
    let items: Vec<_> = (0..2_000).map(|n| json!({ "name": format!("商品 {n}"), "price": n })).collect();
    let template = "{% for i in items %}{{ forloop.index }}. {{ i.name | escape }} ¥{{ i.price | times: 2 | round: 2 }}\n{% endfor %}";
    let text = render(template, json!({ "items": items })).unwrap();
    assert_eq!(text.lines().count(), 2_000);
    assert!(text.starts_with("1. 商品 0 ¥0\n"));
}

#[test]
fn the_deepest_allowed_nesting_renders() {
    let opens: String = (0..48).fold(String::new(), |mut text, n| {
        let _ = write!(text, "{{% for i{n} in (1..1) %}}");
        text
    });
    let template = format!("{opens}{{{{ i47 }}}}{}", "{% endfor %}".repeat(48));
    assert_eq!(render(&template, json!({})).as_deref(), Ok("1"));
    let missing = format!("{opens}{{{{ gone }}}}{}", "{% endfor %}".repeat(48));
    assert_eq!(super::missing(&missing, json!({})), "gone");
}

/// Templates of a small grammar of loops, growth and filters.
fn hostile() -> impl Strategy<Value = String> {
    let value =
        prop_oneof![Just("a"), Just("s"), Just("list"), Just("i"), Just("x"), Just("'zz'"), Just("7"), Just("nope")];
    let filter = prop_oneof![
        Just("append: a"),
        Just("prepend: s"),
        Just("replace: 'a', a"),
        Just("replace: '', s"),
        Just("split: ''"),
        Just("join: a"),
        Just("concat: a"),
        Just("times: 99999"),
        Just("plus: x"),
        Just("uniq"),
        Just("sort"),
        Just("sort_natural"),
        Just("reverse"),
        Just("slice: -3, 9"),
        Just("default: a"),
        Just("date: '%999Y'"),
        Just("upcase"),
        Just("escape"),
        Just("url_encode"),
        Just("truncate: 5, a"),
        Just("size"),
        Just("map: 'k'"),
        Just("newline_to_br"),
        Just("abs"),
        Just("divided_by: 0"),
        Just("strip_html"),
        Just("where: 'k', a"),
        Just("first"),
        Just("last"),
    ];
    let chain = (value.clone(), prop::collection::vec(filter, 0..4)).prop_map(|(value, filters)| {
        filters.into_iter().fold(value.to_owned(), |chain, filter| format!("{chain} | {filter}"))
    });
    let leaf = prop_oneof![
        chain.clone().prop_map(|chain| format!("{{{{ {chain} }}}}")),
        chain.prop_map(|chain| format!("{{% assign a = {chain} %}}")),
        Just("text ".to_owned()),
        Just("{% break %}".to_owned()),
        Just("{% increment n %}".to_owned()),
        Just("{% cycle 'a', s %}".to_owned()),
    ];
    let tree = leaf.prop_recursive(4, 40, 5, move |inner| {
        let body = prop::collection::vec(inner, 1..5).prop_map(|parts| parts.concat());
        prop_oneof![
            body.clone().prop_map(|body| format!("{{% for i in (1..1000000) %}}{body}{{% endfor %}}")),
            (1..2_000_u32, body.clone()).prop_map(|(n, body)| format!("{{% for i in (1..{n}) %}}{body}{{% endfor %}}")),
            body.clone().prop_map(|body| format!("{{% for i in list %}}{body}{{% endfor %}}")),
            body.clone().prop_map(|body| format!("{{% tablerow i in list cols: 3 %}}{body}{{% endtablerow %}}")),
            body.clone().prop_map(|body| format!("{{% capture a %}}{body}{{% endcapture %}}")),
            body.clone().prop_map(|body| format!("{{% ifchanged %}}{body}{{% endifchanged %}}")),
            (value.clone(), body.clone())
                .prop_map(|(value, body)| format!("{{% if {value} != nil %}}{body}{{% endif %}}")),
            body,
        ]
    });
    prop::collection::vec(tree, 1..4).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever they try, they end: with a bounded output or an error.
    #[test]
    fn hostile_templates_end(template in hostile()) {
        let data = json!({ "a": "aaaa", "s": "abc <b> \n".repeat(2_000), "list": (0..500).collect::<Vec<_>>(), "x": i64::MAX });
        let compiled = compile(&json!(template)).map_err(|issues| TestCaseError::fail(format!("{issues:?}")))?;
        let started = Instant::now();
        if let Ok(text) = compiled.render(&Globals::new(&data).unwrap(), &Clock::System) {
            prop_assert!(text.as_str().is_some_and(|text| text.len() <= 1 << 20));
        }
        prop_assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
    }
}

#[test]
fn what_is_not_brief_is_given_up_and_not_tried_again_at_once() {
    let of = |turns: u32| Globals::new(&json!({ "turns": turns })).unwrap();
    let content = json!({ "text": "{% for i in (1..turns) %}{{ i }}{% endfor %}" });
    let compiled = compile(&content).unwrap();
    let briefly = |data| compiled.render_briefly(&data, &Clock::System);
    let whole = |turns| Some(compiled.render(&of(turns), &Clock::System));
    // As brief as most: the same as rendering it whole.
    assert_eq!(briefly(of(10)), whole(10));
    assert_eq!(briefly(of(20_000)), None);
    assert_eq!(briefly(of(10)), None);
    assert!(whole(20_000).is_some_and(|rendered| rendered.is_ok()));
    let refused = (1..1000).take_while(|_| briefly(of(10)).is_none()).count();
    assert_eq!(refused, 99);
    assert_eq!(briefly(of(10)), whole(10));
    // Another limit ends it in the same way, however much is left to do.
    assert_eq!(briefly(of(100_001)), whole(100_001));
    let missing = Globals::new(&json!({})).unwrap();
    assert_eq!(briefly(missing.clone()), Some(compiled.render(&missing, &Clock::System)));
}
