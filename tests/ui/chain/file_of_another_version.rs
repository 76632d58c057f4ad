mod misnamed;

fn main() {}
