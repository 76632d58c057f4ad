mod migrations;

fn main() {
    migrations::NOTES.latest();
}
