mod unlisted;

fn main() {}
