//! What templates render to.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::scan::has_markup;
use super::super::{Globals, RenderError, compile};
use super::{missing, render};
use crate::domain::time::Clock;

#[test]
fn renders_every_string_of_a_content_and_keeps_the_rest() {
    let content = json!({
        "title": "订单 ${orderId}",
        "plain": "no { markup } here, $5",
        "vertical": true,
        "count": 3,
        "none": null,
        "buttons": [{ "title": "{{ label | upcase }}", "url": "https://example.com/${order.id}" }, { "title": "x", "url": "y" }],
    });
    let compiled = compile(&content).unwrap();
    let data = Globals::new(&json!({ "orderId": "A-1", "label": "pay", "order": { "id": 7 } })).unwrap();
    let rendered = compiled.render(&data, &Clock::System).unwrap();
    assert_eq!(
        rendered,
        json!({
            "title": "订单 A-1",
            "plain": "no { markup } here, $5",
            "vertical": true,
            "count": 3,
            "none": null,
            "buttons": [{ "title": "PAY", "url": "https://example.com/7" }, { "title": "x", "url": "y" }],
        })
    );
    let keys: Vec<_> = rendered.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["title", "plain", "vertical", "count", "none", "buttons"]);
}

#[test]
fn dollar_braces_mean_an_output() {
    let data =
        json!({ "name": "李雷", "a": { "b": [10, { "c": "x" }], "d e": 1, "true": 2 }, "empty": "here", "price": 9.5 });
    for (template, expected) in [
        ("${name}", "李雷"),
        ("${ name }", "李雷"),
        ("${\n name\t}", "李雷"),
        ("😀${name}😀", "😀李雷😀"),
        ("${a.b[0]}", "10"),
        ("${a.b[1].c}", "x"),
        ("${a['d e']}", "1"),
        ("${a.true}", "2"),
        ("${empty}", "here"),
        ("$${price}", "$9.5"),
        ("${{ price }}", "$9.5"),
        ("${name}${name}", "李雷李雷"),
        ("${}", "${}"),
        ("${ }", "${ }"),
        ("${a b}", "${a b}"),
        ("${a | upcase}", "${a | upcase}"),
        ("${1}", "${1}"),
        ("${a.}", "${a.}"),
        ("${a[b]}", "${a[b]}"),
        ("${a .b}", "${a .b}"),
        ("${name", "${name"),
        ("${订单}", "${订单}"),
        ("${a[${name}]}", "${a[李雷]}"),
        ("{% raw %}${name} {{ name }} {% if %}{% endraw %}", "${name} {{ name }} {% if %}"),
        ("{{ '${name}' }}", "${name}"),
        ("{% comment %}${name} {% endcomment %}.", "."),
        ("{% if name == '${name}' %}yes{% else %}no{% endif %}", "no"),
    ] {
        assert_eq!(render(template, data.clone()).as_deref(), Ok(expected), "{template}");
    }
}

#[test]
fn values_print_as_in_liquid() {
    let data = json!({
        "whole": 12, "fraction": 12.5, "yes": true, "nothing": null, "list": ["a", 1, null], "big": 18446744073709551615_u64,
        "quoted": "\"a\\b\"\n</x>",
    });
    for (template, expected) in [
        ("${whole}", "12"),
        ("${fraction}", "12.5"),
        ("${yes}", "true"),
        ("[${nothing}]", "[]"),
        ("${list}", "a1"),
        ("${list.size}", "3"),
        ("${list.first}", "a"),
        ("${big}", "18446744073709551615"),
        ("${quoted}", "\"a\\b\"\n</x>"),
    ] {
        assert_eq!(render(template, data.clone()).as_deref(), Ok(expected), "{template}");
    }
}

#[test]
fn a_missing_variable_is_an_error_with_its_name() {
    let data = json!({ "order": { "items": [{}], "none": null }, "x": 1 });
    for (template, name) in [
        ("${orderId}", "orderId"),
        ("{{ order.id }}", "order.id"),
        ("{{ order.none.id }}", "order.none.id"),
        ("{{ order.items[0].name }}", "order.items[0].name"),
        ("{{ order.items[3] }}", "order.items[3]"),
        ("{{ x.y }}", "x.y"),
        ("{{ order['id'] }}", "order.id"),
        ("{{ x | append: suffix }}", "suffix"),
        ("{{ x | default: other }}", "other"),
        ("{% if level > 3 %}{% endif %}", "level"),
        ("{% case level %}{% when 1 %}{% endcase %}", "level"),
        ("{% for item in things %}{% endfor %}", "things"),
        ("{% for item in order.items %}{{ item.name }}{% endfor %}", "item.name"),
        ("{% assign y = z %}", "z"),
        ("{% assign y = x %}{{ y.z }}", "y.z"),
        ("{{ emptyReason }}", "emptyReason"),
        ("{% capture c %}{{ inner }}{% endcapture %}", "inner"),
    ] {
        assert_eq!(missing(template, data.clone()), name, "{template}");
    }
    let error = render("${order.id}", data).unwrap_err();
    assert_eq!(error.to_string(), "missing variable `order.id` in content.text");
    assert_eq!(error.path(), "content.text");
}

#[test]
fn some_places_allow_a_variable_to_be_missing() {
    let data = json!({ "order": {}, "name": "x" });
    for (template, expected) in [
        ("{{ nick | default: 'you' }}", "you"),
        ("{{ order.note | default: '-' }}", "-"),
        ("{{ a.b.c | default: '-' }}", "-"),
        ("{{ nick | strip | default: 'you' }}", "you"),
        ("{{ name | default: 'you' }}", "x"),
        ("{{ emptyReason | default: 'r' }}", "r"),
        ("{% assign n = nick | default: 'you' %}{{ n }}", "you"),
        ("{% for i in (1..2) %}{{ i | default: 'z' }}{{ j | default: 'z' }}{% endfor %}", "1z2z"),
        ("{% if nick %}a{% else %}b{% endif %}", "b"),
        ("{% unless order.paid %}b{% endunless %}", "b"),
        ("{% if nick == nil %}b{% endif %}", "b"),
        ("{% if nil == nick %}b{% endif %}", "b"),
        ("{% if nick != blank and nick == 'x' %}a{% else %}b{% endif %}", "b"),
        ("{% if name and nick %}a{% else %}b{% endif %}", "b"),
    ] {
        assert_eq!(render(template, data.clone()).as_deref(), Ok(expected), "{template}");
    }
}

#[test]
fn names_that_begin_like_literals_are_names() {
    let data = json!({ "emptyReason": 1, "nilsson": 2, "trueAmount": 3, "falsehood": 4, "blank_page": 5, "_maybe_x": 6, "_plain_x": 7, "list": [1] });
    for (template, expected) in [
        ("{{ emptyReason }}${nilsson}{{trueAmount}}{{ falsehood }}{{ blank_page }}", "12345"),
        ("{{ _maybe_x }}{{ _plain_x }}", "67"),
        ("{% if emptyReason == 1 and trueAmount %}y{% endif %}", "y"),
        ("{% assign emptyText = 'e' %}{{ emptyText }}", "e"),
        ("{% capture nilText %}n{% endcapture %}{{ nilText }}", "n"),
        ("{% for nullable in list %}{{ nullable }}{% endfor %}", "1"),
        ("{% increment trueCount %}{% increment trueCount %}", "01"),
        ("{% for i in (emptyReason..nilsson) %}{{ i }}{% endfor %}", "12"),
        ("{{ true }}{{ nil }}{{ empty }}", "true"),
    ] {
        assert_eq!(render(template, data.clone()).as_deref(), Ok(expected), "{template}");
    }
}

#[test]
fn tags_and_blocks_work() {
    let data =
        json!({ "items": [{ "n": "a", "p": 2 }, { "n": "b", "p": 3 }], "level": "vip", "o": { "k": "v" }, "none": [] });
    for (template, expected) in [
        (
            "{% for i in items %}{{ forloop.index }}{{ i.n }}{% unless forloop.last %},{% endunless %}{% endfor %}",
            "1a,2b",
        ),
        ("{% for i in items reversed %}{{ i.n }}{{ forloop.rindex0 }}{% endfor %}", "b1a0"),
        ("{% for i in (1..5) limit: 2 offset: 1 %}{{ i }}{% endfor %}", "23"),
        ("{% for i in (1..3) offset: 2 limit: 9 %}{{ i }}{% endfor %}", "3"),
        ("{% for i in (3..1) %}{{ i }}{% else %}none{% endfor %}", "none"),
        ("{% for i in none %}{{ i }}{% else %}none{% endfor %}", "none"),
        ("{% for p in o %}{{ p[0] }}={{ p[1] }}{% endfor %}", "k=v"),
        (
            "{% for i in (1..9) %}{% if i == 3 %}{% break %}{% endif %}{% if i == 1 %}{% continue %}{% endif %}{{ i }}{% endfor %}",
            "2",
        ),
        (
            "{% for a in (1..2) %}{% for b in (1..2) %}{{ forloop.parentloop.index }}{{ b }} {% endfor %}{% endfor %}",
            "11 12 21 22 ",
        ),
        (
            "{% tablerow i in items cols: 1 %}{{ i.n }}{{ tablerowloop.col }}{% endtablerow %}",
            "<tr class=\"row1\"><td class=\"col1\">a1</td></tr><tr class=\"row2\"><td class=\"col1\">b1</td></tr>",
        ),
        (
            "{% tablerow i in (1..3) cols: 2 %}{{ i }}{% endtablerow %}",
            "<tr class=\"row1\"><td class=\"col1\">1</td><td class=\"col2\">2</td></tr><tr class=\"row2\"><td class=\"col1\">3</td></tr>",
        ),
        ("{% case level %}{% when 'a', 'b' %}1{% when 'x' or 'vip' %}2{% else %}3{% endcase %}", "2"),
        ("{% if level == 'a' %}1{% elsif level contains 'ip' %}2{% else %}3{% endif %}", "2"),
        ("{% assign t = items | map: 'p' | join: '+' %}{{ t }}", "2+3"),
        ("{% capture c %}<{{ level }}>{% endcapture %}{{ c }}{{ c }}", "<vip><vip>"),
        ("{% for i in (1..4) %}{% cycle 'a', 'b' %}{% endfor %}", "abab"),
        ("{% for i in (1..3) %}{% cycle g: 1, 2 %}{% endfor %}", "121"),
        ("{% increment c %}{% increment c %}{{ c }}{% decrement d %}", "012-1"),
        ("{% for i in (1..4) %}{% ifchanged %}{{ i | divided_by: 2 }}{% endifchanged %}{% endfor %}", "012"),
        ("{% comment %} {% if %} {% comment %}{% endcomment %} {{ {% endcomment %}x", "x"),
        ("{% raw %}\"'{{{% endraw %}", "\"'{{"),
        ("a  {{- level -}}  b", "avipb"),
        ("a \n{%- if level -%} b {%- endif -%}\n c", "abc"),
        ("a {%- comment -%} x {%- endcomment -%} b", "ab"),
        ("a {%- raw -%} x {%- endraw -%} b", "axb"),
        ("a {% raw %} x {% endraw %}{{- level }}", "a  x vip"),
        ("{{\tlevel\t|\tupcase\t}}", "VIP"),
        ("{{ items | size }}{{ items.size }}{{ level | slice: 0, 2 }}", "22vi"),
        ("{{ '2024-05-06 07:08:09 +0800' | date: '%Y/%m/%d %H:%M' }}", "2024/05/06 07:08"),
        (
            "{{ 'a-b' | split: '-' | join: ' ' | capitalize }}{{ 7 | modulo: 4 }}{{ -3 | abs }}{{ 2 | times: 2.5 }}",
            "A b335",
        ),
        ("{{ 'a&b' | escape }}{{ '中 文' | url_encode }}", "a&amp;b%E4%B8%AD%20%E6%96%87"),
        ("{{ items[0]['n'] }}{{ items[-1].n }}{% assign k = 'k' %}{{ o[k] }}", "abv"),
    ] {
        assert_eq!(render(template, data.clone()).as_deref(), Ok(expected), "{template}");
    }
}

#[test]
fn what_one_string_assigns_stays_in_it() {
    let compiled = compile(&json!(["{% assign x = 1 %}{{ x }}", "{{ x }}"])).unwrap();
    assert_eq!(compiled.variables(), ["x"]);
    let error = compiled.render(&Globals::default(), &Clock::System).unwrap_err();
    assert_eq!(error, RenderError::MissingVariable { path: "content.1".into(), name: "x".into() });
}

#[test]
fn a_filter_that_cannot_work_on_its_input_fails_without_showing_it() {
    let data = json!({ "secret": "s3cr3t\ncause=s3cr3t", "list": [1], "o": { "k": "s3cr3t" } });
    for (template, expected) in [
        ("{{ secret | plus: 1 }}", "invalid argument: Number expected in filter `plus : 1`"),
        ("{{ 1 | divided_by: 0 }}", "invalid argument: Can't divide by zero in filter `divided_by : 0`"),
        (
            "{{ 9000000000000000 | times: 9000000000000000 }}",
            "the number is too large in filter `times : 9000000000000000`",
        ),
        ("{{ list[o] }}", "an index must be a text or a number"),
        (
            "{% assign emptyX = secret %}{{ emptyX | times: emptyX }}",
            "invalid argument: Number expected in filter `times : emptyX`",
        ),
        ("{% for c in secret %}{% endfor %}", "cannot loop over a string"),
    ] {
        let error = render(template, data.clone()).unwrap_err();
        assert!(!error.to_string().contains("s3cr3t"), "{error}");
        assert_eq!(error, RenderError::Failed { path: "content.text".into(), message: expected.into() }, "{template}");
    }
}

#[test]
fn a_filter_that_panics_fails_alone() {
    // The length overflows in the filter's arithmetic, which a build may or may not check.
    match render("{{ 'abc' | slice: 1, x }}", json!({ "x": i64::MAX })) {
        Ok(text) => assert_eq!(text, "bc"),
        Err(error) => {
            assert_eq!(error.to_string(), "the template in content.text failed: a filter could not handle its input")
        }
    }
}

#[test]
fn extras_hide_business_data() {
    let mut data = Globals::new(&json!({ "a": 1, "b": 2 })).unwrap();
    data.set("a", &json!({ "x": "extra" }));
    let rendered = compile(&json!("${a.x}${b}")).unwrap().render(&data, &Clock::System);
    assert_eq!(rendered, Ok(json!("extra2")));
    assert!(Globals::new(&json!([1])).is_err());
    assert!(Globals::new(&Value::Null).is_ok());
}

#[test]
fn compiled_contents_can_be_shared_between_threads() {
    let compiled = compile(&json!("{% for i in (1..3) %}{{ i }}${x}{% endfor %}")).unwrap();
    let data = Globals::new(&json!({ "x": "-" })).unwrap();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(|| compiled.clone().render(&data, &Clock::System))).collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), Ok(json!("1-2-3-")));
        }
    });
}

proptest! {
    /// Text that holds no markup is nobody's business.
    #[test]
    fn text_without_markup_is_kept(
        text in "\\PC{0,40}[ \t\r\n\"'{}$%\\-|a中😀]{0,20}\\PC{0,20}".prop_filter("markup", |text| !has_markup(text)),
    ) {
        prop_assert_eq!(render(&text, json!({})).unwrap(), text);
    }

    /// Neither is text around markup, nor what the data says.
    #[test]
    fn text_around_markup_and_values_are_kept(
        before in "[ \t\r\n\"'}%\\-|a中😀]{0,30}",
        value in "\\PC{0,20}[\n\"'{}$%\\-|a中😀]{0,20}",
        after in "[ \t\r\n\"'}%\\-|a中😀]{0,30}",
    ) {
        prop_assert_eq!(render(&format!("{before}${{x}}{after}"), json!({ "x": value }))?, format!("{before}{value}{after}"));
    }
}
