//! JSON values as the flat bytes that `native/value_stream.h` describes.

use serde_json::{Map, Number, Value};

/// Numbers become doubles, as in Luau.
pub fn encode(value: &Value) -> Vec<u8> {
    let mut stream = Vec::new();
    write(value, &mut stream);
    stream
}

fn write(value: &Value, stream: &mut Vec<u8>) {
    match value {
        Value::Null => stream.push(b'z'),
        Value::Bool(false) => stream.push(b'f'),
        Value::Bool(true) => stream.push(b't'),
        Value::Number(number) => {
            stream.push(b'd');
            stream.extend(number.as_f64().unwrap_or(f64::NAN).to_ne_bytes());
        }
        Value::String(text) => {
            stream.push(b's');
            write_text(text, stream);
        }
        Value::Array(items) => {
            stream.push(b'[');
            write_size(items.len(), stream);
            items.iter().for_each(|item| write(item, stream));
        }
        Value::Object(members) => {
            stream.push(b'{');
            write_size(members.len(), stream);
            for (key, member) in members {
                write_text(key, stream);
                write(member, stream);
            }
        }
    }
}

fn write_text(text: &str, stream: &mut Vec<u8>) {
    write_size(text.len(), stream);
    stream.extend(text.as_bytes());
}

fn write_size(size: usize, stream: &mut Vec<u8>) {
    let size = u32::try_from(size).expect("a request of more than 4 GiB cannot have been read");
    stream.extend(size.to_ne_bytes());
}

/// The value, or what JSON cannot hold in it.
pub fn decode(stream: &[u8]) -> Result<Value, String> {
    Reader { rest: stream }.value()
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn value(&mut self) -> Result<Value, String> {
        Ok(match self.take(1)?[0] {
            b'z' => Value::Null,
            b'f' => Value::Bool(false),
            b't' => Value::Bool(true),
            b'd' => number(f64::from_ne_bytes(self.array()?)),
            b's' => Value::String(self.text()?.to_owned()),
            b'[' => {
                let count = self.size()?;
                Value::Array((0..count).map(|_| self.value()).collect::<Result<_, _>>()?)
            }
            b'{' => {
                let count = self.size()?;
                let mut members = Map::new();
                for _ in 0..count {
                    let key = self.text()?.to_owned();
                    members.insert(key, self.value()?);
                }
                Value::Object(members)
            }
            tag => return Err(format!("the value stream has the unknown tag {tag}")),
        })
    }

    fn take(&mut self, size: usize) -> Result<&'a [u8], String> {
        let (taken, rest) = self.rest.split_at_checked(size).ok_or("the value stream ends too early")?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let mut bytes = [0; N];
        bytes.copy_from_slice(self.take(N)?);
        Ok(bytes)
    }

    fn size(&mut self) -> Result<usize, String> {
        Ok(u32::from_ne_bytes(self.array()?) as usize)
    }

    fn text(&mut self) -> Result<&'a str, String> {
        let size = self.size()?;
        let bytes = self.take(size)?;
        std::str::from_utf8(bytes).map_err(|_| {
            let start: String = String::from_utf8_lossy(bytes).chars().take(40).collect();
            format!("the text {start:?} is not UTF-8, which JSON must be")
        })
    }
}

/// 3 stays 3, not 3.0.
fn number(value: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() < EXACT {
        return Value::Number((value as i64).into());
    }
    Number::from_f64(value).map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn gives_back_what_it_was_given() {
        let value =
            json!({ "list": [1, -2.5, true, null, "ü"], "empty": [], "deep": { "a": { "b": false } } });
        assert_eq!(decode(&encode(&value)), Ok(value));
    }

    #[test]
    fn refuses_what_is_cut_off_or_no_text() {
        let stream = encode(&json!(["night"]));
        assert!(decode(&stream[..stream.len() - 1]).unwrap_err().contains("too early"));
        assert!(decode(b"s\x01\0\0\0\xff").unwrap_err().contains("not UTF-8"));
    }
}
