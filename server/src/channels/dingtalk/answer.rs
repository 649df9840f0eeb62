//! The errcodes of a DingTalk robot.

use super::super::errcode::{Meaning, THROTTLE_SECONDS};

/// What a code means, with the words that came with it; none for a code that is not in the list.
pub fn meaning(code: i64, words: &str) -> Option<Meaning> {
    Some(match code {
        -1 => Meaning::Retry,
        310_000 => security(words),
        // "Token is not exist", or an expired session; in some lists a rate limit, so its words decide.
        300_001 if too_fast(words) => Meaning::Throttle(THROTTLE_SECONDS),
        130_101 | 410_100 | 302_033 => Meaning::Throttle(THROTTLE_SECONDS),
        // The token is unknown, the robot is gone or switched off, the group is dissolved.
        300_001 | 300_005 | 400_101 | 400_102 | 400_106 | 400_013 => Meaning::Config,
        // Unknown msgtype, parameters missing, not a POST, not JSON, unsafe content, too long.
        400_105 | 40_035 | 43_002 | 43_004 | 430_101..=430_104 | 460_101 | 101_002 => Meaning::BadMessage,
        _ => return None,
    })
}

/// One code for all of the robot's security settings: a keyword is missing from this message, or every message of this
/// config fails by its time, signature or sender's address. The old words are English, the new ones Chinese.
fn security(words: &str) -> Meaning {
    let words = words.to_lowercase();
    if words.contains("keyword") || words.contains("关键词") { Meaning::BadMessage } else { Meaning::Config }
}

/// "exceed" alone would not do: it also occurs where a message is too long.
fn too_fast(words: &str) -> bool {
    words.contains("too fast") || words.contains('快')
}

#[cfg(test)]
mod tests {
    use super::super::super::errcode::{answer, outcome};
    use super::*;

    fn named(code: i64, words: &str) -> &'static str {
        let body = serde_json::json!({"errcode": code, "errmsg": words}).to_string();
        outcome(&answer(200, &body), meaning, str::to_owned).name()
    }

    #[test]
    fn each_code_of_the_table_is_known() {
        for (code, words, name) in [
            (0, "ok", "OK"),
            (-1, "系统繁忙", "RETRY"),
            (130_101, "send too fast, exceed 20 times per minute", "THROTTLE"),
            (410_100, "发送速度太快而限流", "THROTTLE"),
            (302_033, "send too fast", "THROTTLE"),
            (300_005, "token is not exist", "CONFIG"),
            (300_001, "token is not exist", "CONFIG"),
            (300_001, "session 不存在", "CONFIG"),
            (300_001, "send too fast", "THROTTLE"),
            (300_001, "发送太快", "THROTTLE"),
            (400_101, "access_token不存在", "CONFIG"),
            (400_102, "机器人已停用", "CONFIG"),
            (400_106, "机器人不存在", "CONFIG"),
            (400_013, "群已被解散", "CONFIG"),
            (400_105, "不支持的消息类型", "BAD_MSG"),
            (40_035, "缺少参数 access_token", "BAD_MSG"),
            (43_002, "需要POST请求", "BAD_MSG"),
            (43_004, "Content-Type", "BAD_MSG"),
            (430_101, "不安全的外链", "BAD_MSG"),
            (430_102, "不合适的文本", "BAD_MSG"),
            (430_103, "不合适的图片", "BAD_MSG"),
            (430_104, "不合适的内容", "BAD_MSG"),
            (460_101, "message too long, exceed 20000 bytes", "BAD_MSG"),
            (101_002, "message is too long", "BAD_MSG"),
            (987_654, "something new", "BAD_MSG"),
        ] {
            assert_eq!(named(code, words), name, "{code} {words}");
        }
    }

    #[test]
    fn the_security_code_has_four_meanings_in_two_languages() {
        let more = "more: [https://ding-doc.dingtalk.com/doc#/serverapi2/qf2nxq]";
        for (words, name) in [
            ("keywords not in content, ", "BAD_MSG"),
            ("invalid timestamp, ", "CONFIG"),
            ("sign not match, ", "CONFIG"),
            ("ip 1.2.3.4 not in whitelist, ", "CONFIG"),
        ] {
            assert_eq!(named(310_000, &format!("{words}{more}")), name, "{words}");
        }
        let keyword =
            "description:关键词不匹配;solution:请联系群管理员查看此机器人的关键词，并在发送的信息中包含此关键词;";
        let sign = "description:机器人发送签名不匹配;solution:请确认签名和生成签名的时间戳必须都放在调用的网址中;link:https://a";
        let address = "description:来源IP不在白名单中;";
        assert_eq!(named(310_000, keyword), "BAD_MSG");
        assert_eq!(named(310_000, sign), "CONFIG");
        assert_eq!(named(310_000, address), "CONFIG");
    }
}
