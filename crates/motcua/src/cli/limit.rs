//! How many of a list are printed.

/// How many, at least one: a list of none would look as if there were nothing.
pub(super) fn at_least_one(text: &str) -> Result<u32, String> {
    match text.parse::<u32>() {
        Ok(0) => Err("it must be at least 1".to_owned()),
        Ok(count) => Ok(count),
        Err(error) => Err(format!("{error}; use a number from 1 on")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_no_number_to_list() {
        assert_eq!([at_least_one("1"), at_least_one("500")], [Ok(1), Ok(500)]);
        assert_eq!(at_least_one("0"), Err("it must be at least 1".to_owned()));
        for text in ["", "-1", "many", "4294967296"] {
            assert!(at_least_one(text).is_err_and(|why| why.contains("from 1 on")), "{text}");
        }
    }
}
