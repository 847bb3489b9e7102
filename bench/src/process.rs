//! What the server's process and the machine spend, as Linux counts it; nothing is known elsewhere.

use std::time::Duration;

use serde::Serialize;

/// Ticks per second in `/proc`: 100 for every program on Linux, whatever the kernel's own clock does.
const TICKS: f64 = 100.0;

/// Memory of a process in MB (10⁶ bytes).
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Memory {
    /// Its share of every page that it uses, shared ones divided among their users.
    pub pss: f64,
    /// All pages in memory, mapped files included.
    pub rss: f64,
    /// Most of that since it began.
    pub peak_rss: f64,
}

/// Memory of a process now.
pub fn memory(pid: u32) -> Option<Memory> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let shares = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    let megabytes = |text: &str, key: &str| Some(kibibytes(text, key)? * 1024.0 / 1e6);
    Some(Memory {
        pss: megabytes(&shares, "Pss:")?,
        rss: megabytes(&status, "VmRSS:")?,
        peak_rss: megabytes(&status, "VmHWM:")?,
    })
}

/// Most memory that a process has had since it began, in MB; cheap enough to ask often.
pub fn peak_memory(pid: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    Some(kibibytes(&status, "VmHWM:")? * 1024.0 / 1e6)
}

fn kibibytes(text: &str, key: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix(key))?.split_whitespace().next()?.parse().ok()
}

/// Processor time that a process has taken so far.
pub fn processor_time(pid: u32) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    spent(&stat)
}

fn spent(stat: &str) -> Option<Duration> {
    // The name of the program stands in brackets and may hold anything; user and system time are 12 and 13 after it.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let user: f64 = fields.next()?.parse().ok()?;
    let system: f64 = fields.next()?.parse().ok()?;
    Some(Duration::from_secs_f64((user + system) / TICKS))
}

/// Processor time that the whole machine has taken so far, other guests of the same hardware included.
pub fn machine_time() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/stat").ok()?;
    busy(stat.lines().next()?)
}

fn busy(line: &str) -> Option<Duration> {
    let ticks: Vec<f64> =
        line.strip_prefix("cpu ")?.split_whitespace().map_while(|field| field.parse().ok()).collect();
    let [user, nice, system, _idle, _waiting, interrupts, soft_interrupts, stolen, ..] = ticks.as_slice()
    else {
        return None;
    };
    Some(Duration::from_secs_f64((user + nice + system + interrupts + soft_interrupts + stolen) / TICKS))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{busy, kibibytes, memory, processor_time, spent};

    #[test]
    fn reads_what_linux_writes() {
        let stat = "42 (a) (b) S 1 42 42 0 -1 4194304 100 0 0 0 150 50 7 7 20 0 3 0 99 1000 10";
        assert_eq!(spent(stat), Some(Duration::from_secs(2)));
        assert_eq!(busy("cpu  100 0 50 9999 1 0 25 25 0 0"), Some(Duration::from_secs(2)));
        assert_eq!(busy("intr 1"), None);
        assert_eq!(kibibytes("Rss: 9 kB\nPss:  2048 kB\n", "Pss:"), Some(2048.0));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn knows_this_process() {
        let own = std::process::id();
        assert!(memory(own).expect("Linux").peak_rss > 0.0);
        assert!(processor_time(own).is_some());
    }
}
