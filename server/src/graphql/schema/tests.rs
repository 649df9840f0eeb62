//! The schema as a document: every name described, the limits wide enough for tools, the text stable.

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
use async_graphql::value;

use super::*;

/// Every name of the schema with whether it is described.
fn names() -> Vec<(String, bool)> {
    let mut names = Vec::new();
    for definition in parse_schema(sdl()).unwrap().definitions {
        let TypeSystemDefinition::Type(ty) = definition else { continue };
        let ty = ty.node;
        let name = ty.name.node;
        names.push((name.to_string(), ty.description.is_some()));
        let (fields, inputs, values) = match ty.kind {
            TypeKind::Object(object) => (object.fields, vec![], vec![]),
            TypeKind::Interface(interface) => (interface.fields, vec![], vec![]),
            TypeKind::InputObject(input) => (vec![], input.fields, vec![]),
            TypeKind::Enum(of) => (vec![], vec![], of.values),
            TypeKind::Scalar | TypeKind::Union(_) => continue,
        };
        for field in fields.into_iter().map(|field| field.node) {
            names.push((format!("{name}.{}", field.name.node), field.description.is_some()));
            for argument in field.arguments.into_iter().map(|argument| argument.node) {
                let path = format!("{name}.{}({})", field.name.node, argument.name.node);
                names.push((path, argument.description.is_some()));
            }
        }
        for input in inputs.into_iter().map(|input| input.node) {
            names.push((format!("{name}.{}", input.name.node), input.description.is_some()));
        }
        for value in values.into_iter().map(|value| value.node) {
            names.push((format!("{name}.{}", value.value.node), value.description.is_some()));
        }
    }
    names
}

#[test]
fn every_type_field_argument_and_value_is_described() {
    let names = names();
    let bare: Vec<_> = names.iter().filter(|(_, described)| !described).map(|(name, _)| name).collect();
    assert!(bare.is_empty(), "no description: {bare:?}");
    assert!(names.len() > 300, "only {} names were walked", names.len());
    for name in
        ["Node.id", "MessageConnection.nodes", "PageInfo.endCursor", "Upload", "Subscription.statusEvents(filter)"]
    {
        assert!(names.iter().any(|(own, _)| own == name), "{name} is missing");
    }
}

#[test]
fn the_text_is_stable_and_names_the_roots() {
    let text = sdl();
    assert_eq!(text, sdl());
    assert!(text.contains("schema {\n  query: Query\n  mutation: Mutation\n  subscription: Subscription\n}"));
    assert!(text.ends_with("}\n") && !text.contains('\t'));
}

/// What async-graphql finds wrong with a query, with none of Posthorn's services at hand.
async fn run(query: &str) -> Response {
    let mut response = builder().finish().execute(query).await;
    dress(&mut response, "r-1");
    response
}

fn code(response: &Response) -> Option<async_graphql::Value> {
    response.errors.first()?.extensions.as_ref()?.get("code").cloned()
}

/// Types nested as deep as the introspection query of graphql-js 16 has them.
fn introspection() -> String {
    let mut ty = "kind name".to_owned();
    for _ in 0..9 {
        ty = format!("kind name ofType {{ {ty} }}");
    }
    format!("{{ __schema {{ types {{ fields(includeDeprecated: true) {{ args {{ type {{ {ty} }} }} }} }} }} }}")
}

#[tokio::test]
async fn tools_may_read_the_whole_schema() {
    assert_eq!(run(&introspection()).await.errors, []);
}

#[tokio::test]
async fn what_is_nested_too_deep_or_asks_for_too_much_is_too_complex() {
    let mut deep = "id".to_owned();
    for _ in 0..MAX_DEPTH {
        deep = format!("ofType {{ {deep} }}");
    }
    let deep = run(&format!("{{ __type(name: \"A\") {{ {deep} }} }}")).await;
    assert_eq!(code(&deep), Some(value!("TOO_COMPLEX")));
    let page = "messages(first: 100) { nodes { id messageId status businessType createdAt tasks { id status channelType \
                retryCount resultMessage } timeline { at stage outcome detail } } pageInfo { hasNextPage endCursor } }";
    let fine = run(&format!("{{ {page} }}")).await;
    // It got as far as its resolver, which has no services here.
    assert_eq!(code(&fine), Some(value!("INTERNAL")));
    let everything = page.replace("timeline", "recipients { userId mobile email } timeline");
    let aliased: String = (0..4).map(|n| format!(" p{n}: {everything}")).collect();
    let much = run(&format!("{{ {aliased} }}")).await;
    assert_eq!(code(&much), Some(value!("TOO_COMPLEX")));
}

#[tokio::test]
async fn malformed_operations_are_bad_input() {
    for query in [
        "{ nothing }",
        "{ messages(first: \"x\") { nodes { id } } }",
        "mutation { sendMessage(input: {}) { success } }",
        "mutation { sendMessage(input: {businessType: \"A\", businessData: {}, extra: 1}) { success } }",
        "{ messages(filter: {createdFrom: \"yesterday\"}) { nodes { id } } }",
        "{ viewer { name ",
    ] {
        assert_eq!(code(&run(query).await), Some(value!("BAD_INPUT")), "{query}");
    }
}

#[tokio::test]
async fn unknown_fields_in_variables_are_bad_input() {
    let query = "mutation($input: SendMessageInput!) { sendMessage(input: $input) { success } }";
    let variables = serde_json::json!({"input": {"businessType": "A", "businessData": {}, "extra": 1}});
    let request = Request::new(query).variables(async_graphql::Variables::from_json(variables));
    let mut response = builder().finish().execute(request).await;
    dress(&mut response, "r-1");
    assert_eq!(code(&response), Some(value!("BAD_INPUT")));
}

#[test]
fn variables_that_may_be_absent_are_null() {
    let text = "query A($first: Int, $id: ID!, $after: String = \"x\") { viewer { name } } query B($n: Int!) { viewer { name } }";
    let mut request = Request::new(text).operation_name("A");
    request.variables = async_graphql::Variables::from_json(serde_json::json!({"given": 1}));
    set_absent_variables(&mut request);
    let variables = serde_json::to_value(&request.variables).unwrap();
    assert_eq!(variables, serde_json::json!({"given": 1, "first": null, "n": null}));
}

#[test]
fn the_kind_of_an_operation_is_that_of_the_one_chosen() {
    let kind = |text: &str, name: Option<&str>| {
        let mut request = Request::new(text);
        request.operation_name = name.map(str::to_owned);
        kind_of(&mut request)
    };
    let both = "query A { viewer { name } } mutation B { markRead(userId: \"u\") { count } }";
    assert_eq!(kind(both, Some("B")), Some(OperationType::Mutation));
    assert_eq!(kind(both, Some("A")), Some(OperationType::Query));
    assert_eq!(kind(both, Some("C")), None);
    assert_eq!(kind("subscription { statusEvents { at } }", None), Some(OperationType::Subscription));
    assert_eq!(kind("{", None), None);
}
