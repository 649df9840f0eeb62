//! Limits of content: in UTF-8 bytes, as DingTalk and WeCom count.

use super::BodyError;

/// `text`, when it is at most `limit` bytes and not blank. `field` is the provider's name for it.
pub fn filled<'a>(channel: &str, field: &str, text: &'a str, limit: usize) -> Result<&'a str, BodyError> {
    if text.trim().is_empty() {
        return Err(BodyError::unfit(format!("{field} rendered to nothing, and {channel} needs it")));
    }
    within(channel, field, text, limit)
}

/// `text`, when it is at most `limit` bytes.
pub fn within<'a>(channel: &str, field: &str, text: &'a str, limit: usize) -> Result<&'a str, BodyError> {
    if text.len() > limit {
        return Err(BodyError::too_large(format!(
            "{field} is {} bytes, and {channel} takes at most {limit}",
            text.len()
        )));
    }
    Ok(text)
}

/// Fails when `count` things are more than `limit`.
pub fn at_most(channel: &str, field: &str, count: usize, limit: usize) -> Result<(), BodyError> {
    if count > limit {
        return Err(BodyError::too_large(format!("{field} has {count} entries, and {channel} takes at most {limit}")));
    }
    Ok(())
}

/// The longest beginning of `text` that is at most `bytes` long and ends between two characters.
pub fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::vectors::vector;
    use super::*;
    use crate::domain::code::ErrorCode;

    #[test]
    fn lengths_and_cuts_are_those_of_the_vector() {
        let vector = vector("utf8_byte_lengths");
        let rows = vector["expected"].as_array().unwrap();
        assert_eq!(rows.len(), 3);
        for row in rows {
            let text = row["text"].as_str().unwrap();
            let bytes = usize::try_from(row["bytes"].as_u64().unwrap()).unwrap();
            assert!(within("X", "f", text, bytes).is_ok());
            assert!(within("X", "f", text, bytes - 1).is_err());
            let (key, expected) = row.as_object().unwrap().iter().find(|(key, _)| key.starts_with("cut_to_")).unwrap();
            let limit = key.trim_start_matches("cut_to_").trim_end_matches("_bytes").parse().unwrap();
            assert_eq!(cut(text, limit), expected.as_str().unwrap());
        }
    }

    #[test]
    fn an_error_names_the_field_its_size_and_the_limit() {
        let error = within("DINGTALK", "text.content", "你好", 5).unwrap_err();
        assert_eq!(error.code, ErrorCode::ContentTooLarge);
        assert_eq!(error.message, "text.content is 6 bytes, and DINGTALK takes at most 5");
        assert_eq!(filled("X", "f", " \n", 5).unwrap_err().code, ErrorCode::TemplateRenderError);
    }

    proptest! {
        #[test]
        fn a_cut_is_a_beginning_and_misses_less_than_one_character(text in "\\PC{0,40}", bytes in 0usize..80) {
            let cut = cut(&text, bytes);
            prop_assert!(text.starts_with(cut) && cut.len() <= bytes);
            prop_assert!(cut.len() == text.len() || cut.len() + 4 > bytes);
        }
    }
}
