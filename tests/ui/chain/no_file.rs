mod unwritten;

fn main() {}
