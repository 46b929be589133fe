import Glibc

extension Registry {
    /// Declares the customary `process_…` families and reads them from `/proc` at each scrape.
    public func collectProcessMetrics() throws(MetricsError) {
        let cpu = try self.floatCounter(
            "process_cpu_seconds_total", help: "Total user and system CPU time spent in seconds.")
        let resident = try self.gauge("process_resident_memory_bytes", help: "Resident memory size in bytes.")
        let virtual = try self.gauge("process_virtual_memory_bytes", help: "Virtual memory size in bytes.")
        let openFiles = try self.gauge("process_open_fds", help: "Number of open file descriptors.")
        let maximumFiles = try self.gauge("process_max_fds", help: "Maximum number of open file descriptors.")
        let threads = try self.gauge("process_threads", help: "Number of OS threads in the process.")
        let start = try self.gauge(
            "process_start_time_seconds", help: "Start time of the process since unix epoch in seconds.")
        let bootTime = ProcessStatus.bootTime()
        self.collect {
            if let status = ProcessStatus.current() {
                cpu.raise(to: status.cpuSeconds)
                resident.set(status.residentBytes)
                virtual.set(status.virtualBytes)
                threads.set(status.threads)
                if let bootTime { start.set(bootTime + status.startSeconds) }
            }
            if let count = ProcessStatus.openFiles() { openFiles.set(count) }
            if let limit = ProcessStatus.maximumFiles() { maximumFiles.set(limit) }
        }
    }
}

/// What Linux says about this process.
struct ProcessStatus {
    var cpuSeconds: Double
    var residentBytes: Double
    var virtualBytes: Double
    var threads: Double
    /// Since the machine started.
    var startSeconds: Double

    /// Reads `/proc/self/stat`: fields by number as in proc(5), counted after the name, which may hold spaces.
    init?(stat: String, ticksPerSecond: Double, pageSize: Double) {
        guard let end = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[end...].split(separator: " ").dropFirst().map { Double($0) ?? 0 }
        guard fields.count >= 22 else { return nil }
        func field(_ number: Int) -> Double { fields[number - 3] }
        self.cpuSeconds = (field(14) + field(15)) / ticksPerSecond
        self.threads = field(20)
        self.startSeconds = field(22) / ticksPerSecond
        self.virtualBytes = field(23)
        self.residentBytes = field(24) * pageSize
    }

    static func current() -> ProcessStatus? {
        let ticksPerSecond = Double(sysconf(Int32(_SC_CLK_TCK)))
        let pageSize = Double(sysconf(Int32(_SC_PAGESIZE)))
        guard let stat = contents(of: "/proc/self/stat"), ticksPerSecond > 0 else { return nil }
        return ProcessStatus(stat: stat, ticksPerSecond: ticksPerSecond, pageSize: pageSize)
    }

    /// When the machine started, in seconds since 1970.
    static func bootTime() -> Double? {
        contents(of: "/proc/stat")?.split(separator: "\n").first { $0.hasPrefix("btime ") }
            .flatMap { Double($0.dropFirst("btime ".count)) }
    }

    /// How many descriptors are open, without the one that counts them.
    static func openFiles() -> Int? {
        guard let folder = unsafe opendir("/proc/self/fd") else { return nil }
        defer { unsafe closedir(folder) }
        var count = -3
        while unsafe readdir(folder) != nil { count += 1 }
        return count
    }

    /// How many descriptors may be open; infinity where there is no limit.
    static func maximumFiles() -> Double? {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return limit.rlim_cur == rlim_t.max ? .infinity : Double(limit.rlim_cur)
    }

    /// Reads a file of `/proc`, which has no size to ask for.
    private static func contents(of path: String) -> String? {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while bytes.count < 1 << 20 {
            let count = unsafe read(file, &chunk, chunk.count)
            guard count >= 0 else { return nil }
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
