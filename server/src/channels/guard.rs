//! Which addresses channels may reach: public ones, and the networks that the operator allows. Keeps a tenant's
//! settings from turning Posthorn against the network that it runs in.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use ipnet::IpNet;
use url::{Host, Url};

/// The setting that allows more, named in every refusal.
pub const SETTING: &str = "POSTHORN_TARGET_ALLOW";

/// Networks that channels may reach although they are not public.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TargetAllow(Vec<IpNet>);

/// An entry of the list that is neither a network nor an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a network such as 10.1.0.0/16 or an address such as 127.0.0.1")]
pub struct ParseTargetAllowError(String);

impl FromStr for TargetAllow {
    type Err = ParseTargetAllowError;

    /// Networks (CIDR) and single addresses, separated by commas; blanks and empty entries don't matter.
    fn from_str(text: &str) -> Result<Self, ParseTargetAllowError> {
        let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        let nets = entries.map(|entry| {
            entry
                .parse::<IpNet>()
                .or_else(|_| entry.parse::<IpAddr>().map(IpNet::from))
                .map_err(|_| ParseTargetAllowError(entry.to_owned()))
        });
        nets.collect::<Result<_, _>>().map(Self)
    }
}

impl std::fmt::Display for TargetAllow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let nets: Vec<_> = self.0.iter().map(IpNet::to_string).collect();
        f.write_str(&nets.join(","))
    }
}

impl TargetAllow {
    /// Whether nothing but public addresses may be reached.
    pub const fn lists_none(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the list names this address, in any of its spellings.
    pub fn lists(&self, address: IpAddr) -> bool {
        let inner = match address {
            IpAddr::V4(_) => None,
            IpAddr::V6(v6) => embedded(v6).map(IpAddr::V4),
        };
        self.0.iter().any(|net| net.contains(&address) || inner.is_some_and(|inner| net.contains(&inner)))
    }

    /// Why this address may not be reached; none where it may.
    pub fn refuses(&self, address: IpAddr) -> Option<&'static str> {
        special(address).filter(|_| !self.lists(address))
    }

    /// Why the host of `url` may not be reached, as far as it can be told before its name is resolved.
    pub fn refuses_host(&self, url: &Url) -> Option<&'static str> {
        literal(url).and_then(|address| self.refuses(address))
    }
}

/// The address that the host of `url` is, without asking a name server: a literal one, or `localhost`.
pub fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(v4) => Some(v4.into()),
        Host::Ipv6(v6) => Some(v6.into()),
        Host::Domain(name) => {
            name.trim_end_matches('.').eq_ignore_ascii_case("localhost").then_some(Ipv4Addr::LOCALHOST.into())
        }
    }
}

/// What makes an address other than a public unicast one; none for public ones. After the IANA special-purpose
/// address registries (RFC 6890 and its successors).
pub fn special(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(v4) => special_v4(v4),
        IpAddr::V6(v6) => special_v6(v6),
    }
}

fn special_v4(address: Ipv4Addr) -> Option<&'static str> {
    Some(match address.octets() {
        // The platform's own server in one big cloud; public by its number only.
        [169, 254, 169, 254] | [168, 63, 129, 16] | [100, 100, 100, 200] => "metadata",
        [0, ..] => "unspecified",
        [127, ..] => "loopback",
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => "private",
        [100, 64..=127, ..] => "shared (carrier-grade NAT)",
        [169, 254, ..] => "link-local",
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => "documentation",
        [192, 0, 0, _] | [192, 88, 99, _] => "protocol assignment",
        [198, 18 | 19, ..] => "benchmarking",
        [224..=239, ..] => "multicast",
        [255, 255, 255, 255] => "broadcast",
        [240..=255, ..] => "reserved",
        _ => return None,
    })
}

fn special_v6(address: Ipv6Addr) -> Option<&'static str> {
    if address == Ipv6Addr::LOCALHOST {
        return Some("loopback");
    }
    if address.is_unspecified() {
        return Some("unspecified");
    }
    if let Some(inner) = embedded(address) {
        return special_v4(inner);
    }
    Some(match address.segments() {
        [0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x0254] => "metadata",
        [0xfc00..=0xfdff, ..] => "unique-local",
        [0xfe80..=0xfebf, ..] => "link-local",
        [0xfec0..=0xfeff, ..] => "site-local",
        [0xff00..=0xffff, ..] => "multicast",
        [0x2001, 0x0db8, ..] | [0x3fff, 0..=0x0fff, ..] => "documentation",
        // 2001::/23 holds Teredo, benchmarking and ORCHID: nothing that serves HTTP.
        [0x2001, 0..=0x01ff, ..] => "protocol assignment",
        [0x0064, 0xff9b, 1, ..] => "private NAT64",
        // Global unicast is 2000::/3; the rest is unassigned, or discard-only and the like.
        [0x2000..=0x3fff, ..] => return None,
        _ => "reserved",
    })
}

/// The IPv4 address that an IPv6 one stands for: mapped, compatible, NAT64 (64:ff9b::/96) and 6to4 forms.
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let (high, low) = match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x0064, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => (high, low),
        [0, 0, 0, 0, 0, 0, high, low] if address != Ipv6Addr::LOCALHOST => (high, low),
        _ => return None,
    };
    Some(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn allow(text: &str) -> TargetAllow {
        text.parse().unwrap()
    }

    #[test]
    fn addresses_that_are_not_public_are_told_apart() {
        for (address, class) in [
            ("127.0.0.1", "loopback"),
            ("127.255.255.254", "loopback"),
            ("0.0.0.0", "unspecified"),
            ("0.1.2.3", "unspecified"),
            ("10.0.0.1", "private"),
            ("172.16.0.1", "private"),
            ("172.31.255.255", "private"),
            ("192.168.1.1", "private"),
            ("100.64.0.1", "shared (carrier-grade NAT)"),
            ("100.127.255.255", "shared (carrier-grade NAT)"),
            ("169.254.1.1", "link-local"),
            ("169.254.169.254", "metadata"),
            ("100.100.100.200", "metadata"),
            ("168.63.129.16", "metadata"),
            ("192.0.0.192", "protocol assignment"),
            ("192.0.2.1", "documentation"),
            ("198.51.100.7", "documentation"),
            ("203.0.113.7", "documentation"),
            ("198.19.0.1", "benchmarking"),
            ("224.0.0.1", "multicast"),
            ("239.255.255.250", "multicast"),
            ("240.0.0.1", "reserved"),
            ("255.255.255.255", "broadcast"),
            ("::", "unspecified"),
            ("::1", "loopback"),
            ("::127.0.0.1", "loopback"),
            ("::ffff:127.0.0.1", "loopback"),
            ("::ffff:a9fe:a9fe", "metadata"),
            ("::ffff:0:10.0.0.1", "private"),
            ("64:ff9b::192.168.0.1", "private"),
            ("64:ff9b::169.254.169.254", "metadata"),
            ("64:ff9b:1::8.8.8.8", "private NAT64"),
            ("2002:0a00:0001::1", "private"),
            ("2001:0:1234::1", "protocol assignment"),
            ("fd00:ec2::254", "metadata"),
            ("fc00::1", "unique-local"),
            ("fdff::1", "unique-local"),
            ("fe80::1", "link-local"),
            ("fec0::1", "site-local"),
            ("ff02::1", "multicast"),
            ("2001:db8::1", "documentation"),
            ("3fff:fff::1", "documentation"),
            ("100::1", "reserved"),
            ("5f00::1", "reserved"),
        ] {
            assert_eq!(special(address.parse().unwrap()), Some(class), "{address}");
        }
    }

    #[test]
    fn public_addresses_pass() {
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.17.0.1",
            "223.255.255.255",
            "2606:4700:4700::1111",
            "2001:4860:4860::8888",
            "64:ff9b::8.8.8.8",
            "::ffff:8.8.8.8",
        ] {
            assert_eq!(special(address.parse().unwrap()), None, "{address}");
        }
    }

    #[test]
    fn odd_spellings_of_a_host_are_seen_through() {
        for url in [
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://127.1/",
            "http://127。0。0。1/",
            "http://[::ffff:7f00:1]/",
            "http://[0:0:0:0:0:0:0:1]/",
            "http://LOCALHOST/",
            "http://localhost./",
            "http://%6cocalhost/",
        ] {
            assert_eq!(allow("").refuses_host(&Url::parse(url).unwrap()), Some("loopback"), "{url}");
        }
        assert_eq!(allow("").refuses_host(&Url::parse("https://example.com/").unwrap()), None);
    }

    #[test]
    fn what_the_operator_lists_may_be_reached() {
        let listed = allow(" 127.0.0.1 ,10.1.0.0/16,, fd12::/16");
        assert_eq!(listed.to_string(), "127.0.0.1/32,10.1.0.0/16,fd12::/16");
        for address in ["127.0.0.1", "10.1.255.255", "fd12::9", "::ffff:10.1.0.1", "64:ff9b::10.1.0.1"] {
            assert_eq!(listed.refuses(address.parse().unwrap()), None, "{address}");
        }
        for address in ["127.0.0.2", "10.2.0.1", "fd13::1", "::1"] {
            assert!(listed.refuses(address.parse().unwrap()).is_some(), "{address}");
        }
        assert_eq!(allow(" ").0, []);
    }

    #[test]
    fn a_wrong_entry_is_named() {
        let error = "10.0.0.0/8,intranet".parse::<TargetAllow>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "`intranet` is not a network such as 10.1.0.0/16 or an address such as 127.0.0.1"
        );
        assert!("10.0.0.0/33".parse::<TargetAllow>().is_err());
    }

    proptest! {
        #[test]
        fn an_embedded_address_is_judged_like_itself(bits: u32) {
            let inner = Ipv4Addr::from(bits);
            let segments = [(bits >> 16) as u16, bits as u16];
            let nat64 = Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, segments[0], segments[1]);
            prop_assert_eq!(special(inner.to_ipv6_mapped().into()), special(inner.into()));
            prop_assert_eq!(special(nat64.into()), special(inner.into()));
        }
    }
}
