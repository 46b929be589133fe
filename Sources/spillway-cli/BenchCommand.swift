import Settings

/// `spillway bench`
struct BenchCommand: Sendable {
    let options: BenchOptions

    /// Carries the command out and answers with the exit code.
    func run() async throws(CommandFailure) -> Int32 {
        let output = BenchOutput(format: self.options.format)
        switch self.options.subject {
        case .bareLoop(let options): return try BareLoopCommand(options: options, settings: self.options.settings).run()
        case .pipeline(let options):
            return try PipelineBench(options: options, settings: self.options.settings, output: output).run()
        case .decisions(let datacenters, let seconds):
            return try DecisionsBench(datacenters: datacenters, seconds: seconds, output: output).run()
        case .view(let managers, let seconds):
            return try ViewBench(managers: managers, seconds: seconds, output: output).run()
        case .path(let datacenters, let jobs):
            return try PathBench(datacenters: datacenters, jobs: jobs, output: output).run()
        case .wait(let active, let seconds):
            return try WaitBench(active: active, seconds: seconds, output: output).run()
        }
    }
}

/// Figures, a line each.
struct BenchOutput: Sendable {
    let format: OutputFormat

    /// Prints a figure.
    ///
    /// - Parameter text: the same for people.
    func line(_ entries: [(String, SettingsTree)], text: @autoclosure () -> String) throws(CommandFailure) {
        switch self.format {
        case .json:
            try Console.result(SettingsTree.mapping(entries.map { SettingsTree.Entry($0.0, $0.1) }).json + "\n")
        case .text: try Console.result(text() + "\n")
        }
    }
}

extension Double {
    /// The number with so many decimals.
    func rounded(to decimals: Int) -> Double {
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        return (self * scale).rounded() / scale
    }

    /// The number as text with so many decimals.
    func text(_ decimals: Int) -> String {
        guard self.isFinite else { return "\(self)" }
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let whole = Int64((self * scale).rounded())
        guard decimals > 0 else { return "\(whole)" }
        let digits = String(whole.magnitude)
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        return (whole < 0 ? "-" : "") + padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }
}
