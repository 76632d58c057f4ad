//! Who the server runs as, and what that user can reach.
//!
//! PostgreSQL refuses to run as root ("must be run under an unprivileged user account", manual, "The PostgreSQL
//! User Account"), so for root everything that touches a cluster runs as `postgres`, or else as `nobody`.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, lchown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Error;
use super::error::Error::{File, Program};

/// The user of this process, and the user its servers run as where that is another one.
#[derive(Debug, Clone)]
pub(super) struct Account {
    user: u32,
    server: Option<Server>,
}

/// The unprivileged user a server of root's runs as.
#[derive(Debug, Clone)]
struct Server {
    name: String,
    uid: u32,
    gid: u32,
}

impl Account {
    /// Asks the system who we are, and as root for the user to be instead.
    ///
    /// `id` is asked instead of reading /etc/passwd, because it also knows users kept elsewhere (LDAP, macOS).
    pub(super) fn current() -> Result<Self, Error> {
        let user = id(&["-u"])?.ok_or(Error::NoAccount)?;
        if user != 0 {
            return Ok(Self { user, server: None });
        }
        for name in ["postgres", "nobody"] {
            if let (Some(uid), Some(gid)) = (id(&["-u", name])?, id(&["-g", name])?) {
                let server = Some(Server { name: name.to_owned(), uid, gid });
                return Ok(Self { user, server });
            }
        }
        Err(Error::NoAccount)
    }

    /// The same, but running the server as the owner of a cluster that exists: `nobody` stays `nobody`, although
    /// the machine has a user `postgres` by now.
    pub(super) fn of_owner(&self, data: &Path) -> Self {
        let mut account = self.clone();
        if let (Some(server), Ok(owner)) = (&mut account.server, fs::metadata(data))
            && owner.uid() != 0
            && owner.uid() != server.uid
        {
            *server = Server { name: format!("user {}", owner.uid()), uid: owner.uid(), gid: owner.gid() };
        }
        account
    }

    /// True where the program runs as root and the server as somebody else.
    pub(super) fn is_root(&self) -> bool {
        self.server.is_some()
    }

    /// The user id of this process.
    pub(super) fn user(&self) -> u32 {
        self.user
    }

    /// A short name for the pair of users, for folders that several users' programs put side by side.
    pub(super) fn tag(&self) -> String {
        match &self.server {
            Some(server) => format!("{}-{}", self.user, server.uid),
            None => self.user.to_string(),
        }
    }

    /// A command that runs as the server's user, knows nothing of the caller's `PG*` variables, and speaks English,
    /// so that its messages can be understood by us too.
    pub(super) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os() {
            if name.as_encoded_bytes().starts_with(b"PG") {
                command.env_remove(name);
            }
        }
        // The caller's folder may be closed to the server's user, and PostgreSQL's programs ask for it.
        command.env("LC_ALL", "C").current_dir("/").stdin(Stdio::null());
        if let Some(server) = &self.server {
            command.gid(server.gid).uid(server.uid);
        }
        command
    }

    /// Makes the server's user the owner. `lchown` does not follow links, so root cannot be led elsewhere.
    pub(super) fn give(&self, path: &Path) -> Result<(), Error> {
        match &self.server {
            Some(server) => lchown(path, Some(server.uid), Some(server.gid)).map_err(|why| File {
                action: "change the owner of",
                path: path.to_owned(),
                why,
            }),
            None => Ok(()),
        }
    }

    /// The first folder on the way to `folder` (itself included) that the server's user may not search.
    pub(super) fn blocked(&self, folder: &Path) -> Option<PathBuf> {
        let server = self.server.as_ref()?;
        // What does not exist yet will be made by us; what exists is judged where it really is.
        let real = folder.ancestors().find_map(|path| path.canonicalize().ok())?;
        let closed = |path: &&Path| {
            let Ok(meta) = fs::metadata(path) else {
                return true;
            };
            let mode = meta.permissions().mode();
            let needed = if meta.uid() == server.uid {
                0o100
            } else if meta.gid() == server.gid {
                0o010
            } else {
                0o001
            };
            mode & needed == 0
        };
        real.ancestors().filter(closed).last().map(Path::to_owned)
    }

    /// Fails where the server's user cannot reach `folder`; `variable` is what moves it elsewhere.
    pub(super) fn reach(&self, folder: &Path, variable: &'static str) -> Result<(), Error> {
        match (&self.server, self.blocked(folder)) {
            (Some(server), Some(blocked)) => {
                Err(Error::OutOfReach { folder: folder.to_owned(), blocked, account: server.name.clone(), variable })
            }
            _ => Ok(()),
        }
    }
}

/// What `id` answers: a number, or nothing where there is no such user.
fn id(arguments: &[&str]) -> Result<Option<u32>, Error> {
    let output = Command::new("id").args(arguments).output().map_err(|why| Program { program: "id".into(), why })?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> Account {
        let server = Server { name: "nobody".into(), uid: 65534, gid: 65534 };
        Account { user: 0, server: Some(server) }
    }

    #[test]
    fn a_closed_parent_is_named() {
        let top = tempfile::tempdir().unwrap();
        fs::set_permissions(top.path(), PermissionsExt::from_mode(0o755)).unwrap();
        let closed = top.path().join("closed");
        fs::create_dir_all(closed.join("inner")).unwrap();
        fs::set_permissions(&closed, PermissionsExt::from_mode(0o700)).unwrap();
        let closed = closed.canonicalize().unwrap();
        assert_eq!(root().blocked(&closed.join("inner")), Some(closed.clone()));
        assert_eq!(root().blocked(&closed.join("not/made/yet")), Some(closed.clone()));
        assert_eq!(root().blocked(top.path()), None);
        let message = root().reach(&closed.join("inner"), "TMPDIR").unwrap_err().to_string();
        assert!(message.starts_with("the server runs as `nobody`"), "{message}");
    }

    #[test]
    fn nothing_is_closed_to_oneself() {
        let account = Account { user: 1000, server: None };
        assert_eq!(account.blocked(Path::new("/root")), None);
        assert_eq!(account.tag(), "1000");
        assert_eq!(root().tag(), "0-65534");
    }

    #[test]
    fn the_caller_has_an_account() {
        let account = Account::current().unwrap();
        assert_eq!(account.is_root(), account.user() == 0);
    }
}
