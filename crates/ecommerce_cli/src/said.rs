//! What a program repeats of what others told it: the operating system, and stores.

/// What a failing disk answers; std has no kind for it.
const EIO: i32 = 5;
/// No descriptor left, in this process or in the system.
const EMFILE: i32 = 24;
const ENFILE: i32 = 23;

/// The Spanish phrase for what the operating system answered; its own words where there is none.
pub fn os_error(e: &std::io::Error) -> String {
    use std::io::ErrorKind as K;
    match e.kind() {
        K::NotFound => "no existe".to_owned(),
        K::PermissionDenied => "sin permiso".to_owned(),
        K::StorageFull => "disco lleno".to_owned(),
        K::QuotaExceeded => "cuota de disco agotada".to_owned(),
        K::ReadOnlyFilesystem => "sistema de archivos de solo lectura".to_owned(),
        _ => match e.raw_os_error() {
            Some(EIO) => "error de entrada y salida del disco".to_owned(),
            Some(EMFILE | ENFILE) => {
                "demasiados archivos abiertos: suba el límite (ulimit -n)".to_owned()
            }
            _ => e.to_string(),
        },
    }
}

/// What a store said, as far as it is ours to repeat: of an answer in XML or HTML its code and its message. S3 sends back
/// the access key and the text that it signed, and an error is the first thing that people paste into a chat.
pub fn without_echo(text: &str) -> String {
    let begins = ["<?xml", "<Error", "<!DOCTYPE", "<html"];
    let Some(start) = begins.iter().filter_map(|b| text.find(b)).min() else {
        return text.to_owned();
    };
    let (before, answer) = text.split_at(start);
    let element = |open: &str, close: &str| {
        let (_, rest) = answer.split_once(open)?;
        rest.split_once(close).map(|(inside, _)| inside)
    };
    let code = element("<Code>", "</Code>");
    let said = [code, element("<Message>", "</Message>")];
    let said: Vec<&str> = said.into_iter().flatten().collect();
    format!("{before}{}", said.join(": "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_what_s3_answers_the_code_and_the_message_are_left() {
        let answer = "403 Forbidden: <?xml version=\"1.0\"?><Error><Code>SignatureDoesNotMatch</Code>\
            <Message>check your key</Message><AWSAccessKeyId>AKIA1</AWSAccessKeyId></Error>";
        assert_eq!(
            without_echo(answer),
            "403 Forbidden: SignatureDoesNotMatch: check your key"
        );
        assert_eq!(without_echo("x: <Error><AWSAccessKeyId>AKIA1"), "x: ");
        assert_eq!(without_echo("a < b"), "a < b");
    }
}
